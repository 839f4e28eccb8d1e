"""A SEG-Y file that a case writes: its parameters, its identity, its headers.

The textual header carries the case's fingerprint, so that a file of another case is
refused and one of this case is not written again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.formats.hdf5 import require_space
from anticline_solvers.formats.segy import text
from anticline_solvers.formats.segy.binary import ORDERS, TEXT_BYTES
from anticline_solvers.formats.segy.samples import WRITTEN
from anticline_solvers.formats.segy.writer import SHOT_ORDER, NewFile

_MARK = "FINGERPRINT"
MOST = 2**31 - 1
SCALES = (10000, 1000, 100, 10, 1)

Positions = NDArray[np.float64]
Column = NDArray[np.int64]


def new_file(
    case: Case,
    n_samples: int,
    n_traces: int,
    interval: float,
    lines: tuple[str, ...] = (),
    sorting: int = SHOT_ORDER,
) -> NewFile:
    """Describe the file that a case's parameters ask for."""
    p = case.parameters
    return NewFile(
        ORDERS[p["byte_order"]],
        p["revision"],
        WRITTEN[p["sample_format"]],
        n_samples,
        n_traces,
        interval,
        lines,
        sorting,
    )


def lines_of(context: RunContext, *about: str) -> tuple[str, ...]:
    """Make the textual header of a case's file."""
    origin = context.provenance
    return (
        f"{origin['code']}, {origin['component']}, {origin['started_utc']}",
        *about,
        "EASTING, NORTHING IN BYTES 73 TO 88 AND 181 TO 188, SCALAR IN 71",
        f"{_MARK} {context.fingerprint}",
    )


def is_finished(path: Path, fingerprint: str) -> bool:
    """Tell whether a file is there as the result of a case."""
    return path.exists() and _fingerprint(path) == fingerprint


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        lines = text.lines_of(file.read(TEXT_BYTES))
    marked = [line for line in lines if line[4:].startswith(_MARK)]
    return marked[0].split()[-1] if marked else ""


def output_faults(case: Case, new: NewFile) -> list[Finding]:
    """Find a file of another case, a full disk, and what the revision cannot hold."""
    path = case.outputs["segy"]
    found = [case.finding("parameters.revision", fault) for fault in new.faults()]
    if path.exists():
        told = "exists from another case; remove it or name another output"
        found.append(case.finding("outputs.segy", f"{path}: {told}"))
    lack = require_space(path, new.size)
    return found + ([case.finding("outputs.segy", lack.text)] if lack else [])


def whole(positions_m: Positions, scale: int) -> Column:
    """Round lengths to integers of a scale, int64 of the same shape."""
    return np.rint(positions_m * scale).astype(np.int64)


def scale_for(*lengths_m: Positions) -> int:
    """Find the finest of SCALES at which lengths fit 4-byte integers.

    Raises ValueError where none does.
    """
    largest = max((float(np.abs(a).max(initial=0.0)) for a in lengths_m), default=0.0)
    for scale in SCALES:
        if largest * scale < MOST:
            return scale
    msg = f"a coordinate of {largest:g} m does not fit the 4 bytes of a trace header"
    raise ValueError(msg)


def scalar(scale: int) -> int:
    """Give the header's scalar: -scale for a divisor, 1 for none."""
    return 1 if scale == 1 else -scale
