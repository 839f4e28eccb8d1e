"""The drivers: plain functions on the ranks of a communicator."""

import json
import math
from collections.abc import Iterable
from pathlib import Path

from anticline.component import Case, Finding, RunContext


def check(case: Case, comm_size: int) -> list[Finding]:
    """Refuse a cosine that its samples cannot show."""
    p = case.parameters
    if p["frequency_hz"] * p["interval_s"] <= 0.5:
        return []
    text = "is above half of the sampling frequency; take a lower one"
    return [case.finding("parameters.frequency_hz", text)]


def sample(case: Case, context: RunContext) -> None:
    """Sample the cosine: rank r takes samples r, r + size, ..."""
    p, comm = case.parameters, context.comm
    step = 2 * math.pi * p["frequency_hz"] * p["interval_s"]
    mine = {k: math.cos(k * step) for k in range(comm.rank, p["count"], comm.size)}
    shares = comm.gather(mine)
    if comm.rank == 0:
        samples = {k: value for share in shares for k, value in share.items()}
        _write(case.outputs["numbers"], (samples[k] for k in sorted(samples)))


def add(case: Case, context: RunContext) -> None:
    """Add files in their order, whatever the number of ranks."""
    comm = context.comm
    files = case.lists["numbers"]
    mine = {k: _read(files[k]) for k in range(comm.rank, len(files), comm.size)}
    shares = comm.gather(mine)
    if comm.rank == 0:
        terms = {k: numbers for share in shares for k, numbers in share.items()}
        columns = zip(*(terms[k] for k in sorted(terms)), strict=True)
        _write(case.outputs["numbers"], (sum(column) for column in columns))


def compare(case: Case, context: RunContext) -> None:
    """Write the largest difference."""
    one, other = _read(case.inputs["one"]), _read(case.inputs["other"])
    pairs = zip(one, other, strict=True)
    largest = max(abs(a - b) for a, b in pairs)
    said = {"largest_difference": largest, "count": len(one)}
    case.outputs["report"].write_text(json.dumps(said))


def _read(path: Path) -> list[float]:
    return [float(line) for line in path.read_text().split()]


def _write(path: Path, numbers: Iterable[float]) -> None:
    path.write_text("".join(f"{number!r}\n" for number in numbers))
