"""What keeps an inversion from beginning, as findings on the case."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from anticline.component import Case, Finding
from anticline.component.units import size_text
from anticline.errors import BadInput
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.hdf5 import finished, require_space
from anticline_solvers.inversion import bounding
from anticline_solvers.inversion.beginning import bounded

BYTES, ARRAYS = 8, 16
"""Of a cell's value; arrays of a state beside the pairs, at most."""

NO_BOUNDS = "cg takes no bounds; take lbfgs, or leave it out"
OPTIONAL = ("lower", "upper", "mask", "reference", "velocity")
BOUNDS = ("minimum_velocity_m_s", "maximum_velocity_m_s", "largest_change")


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the inversion from beginning."""
    findings = _readable(case)
    if findings:
        return findings
    findings = [case.finding(key, text) for key, text in _settings_faults(case)]
    findings += _outputs(case)
    grid = model.read_grid(case.inputs["model"])
    findings += [case.finding(key, text) for key, text in _grids(case, grid)]
    if not findings:
        findings += [case.finding(key, text) for key, text in _bounds_faults(case)]
    return findings


def _readable(case: Case) -> list[Finding]:
    """Find inputs that are no models, or hold values that are none of theirs."""
    findings: list[Finding] = []
    for name, path in case.inputs.items():
        try:
            if fault := _value_fault(name, path, case.parameters["parameter"]):
                findings.append(case.finding(f"inputs.{name}", f"{path}: {fault}"))
        except BadInput as error:
            findings += error.findings
    return findings


def _value_fault(name: str, path: Path, parameter: str) -> str | None:
    """Say what is wrong with the values of an input; BadInput where it has none."""
    if name == "mask":
        model.summary(path, "mask")
        return None
    if name == "velocity" or parameter != "perturbation":
        return model.velocity_fault(path)
    bad = model.summary(path)["nan"]
    return f"'vp' has {bad:,} values that are not finite" if bad else None


def _settings_faults(case: Case) -> Iterator[tuple[str, str]]:
    yield from _cg_faults(case)
    yield from _perturbation_faults(case)
    p, axes = case.parameters, len(model.read_grid(case.inputs["model"]).shape)
    for name in ("smoothing_m", "tikhonov_axes"):
        if p[name] is not None and len(p[name]) not in (1, axes):
            text = f"{name}: {len(p[name])} numbers found, one or {axes} are needed"
            yield f"parameters.{name}", text
    if p["smoothing_wavelengths"] is not None:
        if p["frequency_hz"] is None:
            text = "frequency_hz is missing: of the wavelength of smoothing_wavelengths"
            yield "parameters.frequency_hz", text
        if p["smoothing_m"] is not None:
            text = "smoothing_m and smoothing_wavelengths are given; give one"
            yield "parameters.smoothing_m", text


def _cg_faults(case: Case) -> Iterator[tuple[str, str]]:
    """Find what cg does not do, and what it alone does."""
    p = case.parameters
    if p["method"] != "cg":
        if p["damping"] > 0:
            yield "parameters.damping", f"damping is of cg, method is {p['method']}"
        return
    for name in BOUNDS:
        if p[name] is not None:
            yield f"parameters.{name}", f"{name}: {NO_BOUNDS}"
    for name in ("lower", "upper"):
        if name in case.inputs:
            yield f"inputs.{name}", f"{name}: {NO_BOUNDS}"
    if p["total_variation"] > 0:
        text = "total_variation: cg takes quadratic terms"
        yield "parameters.total_variation", text
    if p["subsets"]:
        yield "parameters.subsets", "subsets: cg needs all shots each time"


def _perturbation_faults(case: Case) -> Iterator[tuple[str, str]]:
    """Find what needs velocities, where a perturbation alone is given."""
    p = case.parameters
    if p["parameter"] != "perturbation":
        return
    for name in BOUNDS if p["method"] != "cg" else ():
        if p[name] is not None:
            text = f"{name}: bounds of a perturbation are the inputs lower and upper"
            yield f"parameters.{name}", text
    for name in ("water_velocity_m_s", "salt_velocity_m_s", "smoothing_wavelengths"):
        if p[name] is not None and "velocity" not in case.inputs:
            text = f"{name} needs the input velocity, the model that is perturbed"
            yield f"parameters.{name}", text


def _grids(case: Case, grid: Grid) -> Iterator[tuple[str, str]]:
    for name in OPTIONAL:
        if name in case.inputs:
            other = model.read_grid(case.inputs[name])
            if not grid.agrees_with(other):
                text = f"is on {other}, the start on {grid}; resample one of them"
                yield f"inputs.{name}", text
    needed = BYTES * math.prod(grid.shape) * (2 * case.parameters["memory"] + ARRAYS)
    free = free_bytes()
    if needed > free:
        text = (
            f"{math.prod(grid.shape):,} cells take {size_text(needed)} and this "
            f"machine has {size_text(free)} free; remember fewer pairs (memory)"
        )
        yield "inputs.model", text


def _outputs(case: Case) -> list[Finding]:
    """Find outputs of another case, and a disk that cannot hold them."""
    findings: list[Finding] = []
    for path in case.outputs.values():
        try:
            finished(path, case.fingerprint())
        except BadInput as error:
            findings += error.findings
    cells = math.prod(model.read_grid(case.inputs["model"]).shape)
    lack = require_space(case.outputs["state"], cells * BYTES * ARRAYS)
    return findings + ([case.finding("outputs.state", lack.text)] if lack else [])


def _bounds_faults(case: Case) -> Iterator[tuple[str, str]]:
    """Find bounds that leave nothing, and a start that they exclude."""
    grid, start, found = bounded(case)
    text = bounding.crossed_text(found, grid)
    if text is None and not case.parameters["clip_start"]:
        text = bounding.excluded_text(found, start, grid)
    if text is not None:
        yield _key_of_bounds(case), text
    if bool((found.lower == found.upper).all()):
        yield "parameters", "every cell is fixed; loosen the masks or the bounds"


def _key_of_bounds(case: Case) -> str:
    for name in ("lower", "upper"):
        if name in case.inputs:
            return f"inputs.{name}"
    return "parameters.minimum_velocity_m_s"
