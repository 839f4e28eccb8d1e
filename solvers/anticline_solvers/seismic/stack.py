"""Component seismic.stack: add images of parts of a survey.

Each image carries the scaled stack S_k and the illumination L_k of its shots, not
divided, in float64 (`formats.sums`). Their image

    sum S_k / (sum L_k + epsilon mean(sum L_k))

is that of one migration of all the shots. Images are added in the order of their
lowest shot numbers, however they are listed, so the result has the same bits. It
carries sums as well: stacks may be stacked, and a workflow makes a tree of them.
"""

from __future__ import annotations

import math

from anticline.component import Case, RunContext
from anticline.component.units import size_text
from anticline.errors import Finding
from anticline_solvers.backends.free_memory import free_bytes
from anticline_solvers.domain import placed
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.sums import (
    Heading,
    Origin,
    Sums,
    read_heading,
    read_sum,
)
from anticline_solvers.seismic import capacity, checks
from anticline_solvers.seismic.imaging import addable
from anticline_solvers.seismic.imaging.image_output import write_summed

PORT, RESULT = "images", "image"


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the images from being added."""
    if checks.is_finished(case, RESULT):
        return []
    findings = checks.output(case, RESULT)
    headings = []
    for path in case.lists[PORT]:
        if (heading := checks.heading_of(path, findings)) is not None:
            headings.append(heading)
            findings += [_about(case, text) for text in addable.not_finite(heading)]
    texts = [*addable.differences(headings), *addable.shared_shots(headings)]
    findings += [_about(case, text) for text in texts]
    return findings or _room(case, headings[0])


def _about(case: Case, text: str) -> Finding:
    return case.finding(f"inputs.{PORT}", text)


def _room(case: Case, heading: Heading) -> list[Finding]:
    """Find a disk or a memory that does not suffice for the sums on the whole grid."""
    cells, fields = math.prod(heading.grid.shape), len(heading.windows)
    findings = capacity.space(case, RESULT, capacity.STACKED * cells)
    needed, free = capacity.FLOAT64 * cells * (2 * fields + 3), free_bytes()
    if needed > free:
        text = (
            f"adding images of {cells:,} cells takes {size_text(needed)}, and "
            f"{size_text(free)} are free here; take a machine with more"
        )
        findings.append(_about(case, text))
    return findings


def run(case: Case, context: RunContext) -> None:
    """Write the image, from rank 0."""
    output = case.outputs[RESULT]
    if context.comm.rank == 0 and not finished(output, context.fingerprint):
        headings = in_order([read_heading(path) for path in case.lists[PORT]])
        grid, frame, sums = headings[0].grid, headings[0].frame, added(headings)
        made = context.provenance, context.fingerprint
        write_summed(output, grid, frame, sums, *made)
        context.log(f"{len(headings)} images, {len(sums.origin.shots)} shots")
    context.comm.Barrier()


def in_order(headings: list[Heading]) -> list[Heading]:
    """Sort by the lowest shot number."""
    return sorted(headings, key=lambda heading: min(heading.origin.shots))


def added(headings: list[Heading]) -> Sums:
    """Add images that belong together, in the order given."""
    origin = headings[0].origin
    cases = {s: case for h in headings for s, case in h.origin.cases.items()}
    return Sums(
        {name: _added(headings, name) for name in headings[0].windows},
        Origin(dict(sorted(cases.items())), origin.made_with, origin.epsilon),
    )


def _added(headings: list[Heading], name: str) -> Placed:
    """Add one of the sums; one image's is in memory beside the total."""
    total = placed.blank(heading.windows[name] for heading in headings)
    for heading in headings:
        if (part := read_sum(heading.path, name)).values.size:
            total.add(part)
    return total
