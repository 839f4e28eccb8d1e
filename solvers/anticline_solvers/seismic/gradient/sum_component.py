"""Component seismic.sum_gradients: add gradients of parts of a survey.

    misfit = sum m_s        g = sum g_s        illumination = sum l_s

The misfits are added exactly and rounded once; the fields of shots are rounded so that
their float64 sums are exact (`domain.fixed_point`). So the sum has the same bits
however shots are grouped into parts and parts into sums.
"""

from __future__ import annotations

import math
from functools import partial

from anticline.component import Case, RunContext
from anticline.component.units import size_text
from anticline.errors import Finding
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.domain import placed
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.gradient import (
    FIELDS,
    Measured,
    read_heading,
    read_measured,
    read_window,
    write_gradient,
)
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.sums import Heading, Origin
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.gradient.output import PORT as RESULT
from anticline_solvers.seismic.imaging import addable

PORT = "gradients"


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the gradients from being added."""
    if checks.is_finished(case, RESULT):
        return []
    findings = checks.output(case, RESULT)
    headings = []
    for path in case.lists[PORT]:
        heading = checks.attempt(partial(read_heading, path), findings)
        if heading is not None:
            headings.append(heading)
            checks.attempt(partial(read_measured, path), findings)
            found = addable.not_finite(heading, read_window)
            findings += [_about(case, text) for text in found]
    texts = [*addable.differences(headings), *addable.shared_shots(headings)]
    findings += [_about(case, text) for text in texts]
    return findings or _room(case, headings[0])


def _about(case: Case, text: str) -> Finding:
    return case.finding(f"inputs.{PORT}", text)


def _room(case: Case, heading: Heading) -> list[Finding]:
    """Find a disk or a memory that does not suffice for the sums."""
    cells = math.prod(heading.grid.shape)
    findings = capacity.space(case, RESULT, 2 * capacity.FLOAT64 * cells)
    needed, free = 4 * capacity.FLOAT64 * cells, free_bytes()
    if needed > free:
        text = (
            f"adding gradients of {cells:,} cells takes {size_text(needed)}, and "
            f"{size_text(free)} are free here; take a machine with more"
        )
        findings.append(_about(case, text))
    return findings


def run(case: Case, context: RunContext) -> None:
    """Write the sum, from rank 0."""
    path = case.outputs[RESULT]
    if context.comm.rank == 0 and not finished(path, context.fingerprint):
        headings = sorted(
            (read_heading(path) for path in case.lists[PORT]),
            key=lambda heading: min(heading.origin.shots),
        )
        measured, first = _measured(headings), headings[0]
        fields = {name: _added(headings, name) for name in FIELDS}
        made = context.provenance, context.fingerprint
        origin = _origin(headings)
        write_gradient(path, first.grid, fields, measured, origin, first.frame, *made)
        context.log(f"misfit {measured.misfit:.9g} of {len(measured.misfits)} shots")
    context.comm.Barrier()


def _measured(headings: list[Heading]) -> Measured:
    all_of = [read_measured(heading.path) for heading in headings]
    misfits = {s: value for one in all_of for s, value in one.misfits.items()}
    first = all_of[0]
    return Measured(first.parameter, first.measure, misfits, first.numbers)


def _origin(headings: list[Heading]) -> Origin:
    cases = {s: case for h in headings for s, case in h.origin.cases.items()}
    made_with = headings[0].origin.made_with
    return Origin(dict(sorted(cases.items())), made_with, None)


def _added(headings: list[Heading], name: str) -> Placed:
    """Add one of the fields; one file's is in memory beside the total."""
    total = placed.blank(heading.windows[name] for heading in headings)
    for heading in headings:
        if (part := read_window(heading.path, name)).values.size:
            total.add(part)
    return total
