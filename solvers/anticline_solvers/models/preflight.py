"""What keeps a model file from being worked on, as findings on the case."""

from __future__ import annotations

from anticline.component import Case, Finding
from anticline.component.units import size_text
from anticline.errors import BadInput
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished, require_space

FLOAT32 = 4


def model_faults(case: Case, name: str = "model") -> list[Finding]:
    """Find an unreadable model, and values of its fields that are not positive."""
    path = case.inputs[name]
    try:
        return [
            case.finding(f"inputs.{name}", f"{path}: {fault}")
            for field in model.fields_of(path)
            if (fault := model.velocity_fault(path, field))
        ]
    except BadInput as error:
        return list(error.findings)


def output_faults(case: Case, name: str, cells: int, fields: int) -> list[Finding]:
    """Find an output of another case, and a disk that cannot hold the new one."""
    path = case.outputs[name]
    try:
        if finished(path, case.fingerprint()):
            return []
    except BadInput as error:
        return list(error.findings)
    lack = require_space(path, cells * fields * FLOAT32)
    return [case.finding(f"outputs.{name}", lack.text)] if lack else []


def in_memory(case: Case, bytes_per_cell: float, name: str = "model") -> list[Finding]:
    """Find a model that does not fit this machine's free memory."""
    try:
        grid = model.read_grid(case.inputs[name])
    except BadInput:
        return []  # model_faults tells
    return memory_faults(case, grid.shape, bytes_per_cell, f"inputs.{name}")


def memory_faults(
    case: Case, shape: tuple[int, ...], bytes_per_cell: float, key: str
) -> list[Finding]:
    """Find a grid that does not fit this machine's free memory."""
    needed = bytes_per_cell
    for n in shape:
        needed *= n
    free = free_bytes()
    if needed <= free:
        return []
    text = (
        f"{' x '.join(map(str, shape))} cells take {size_text(needed)} and this "
        f"machine has {size_text(free)} free; take a coarser grid or a larger machine"
    )
    return [case.finding(key, text)]
