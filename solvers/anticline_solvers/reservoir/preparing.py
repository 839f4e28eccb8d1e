"""The component `reservoir.prepare`: an Eclipse deck becomes a reservoir of our format.

Everything that the deck asks for is done or refused by name; a line says which of its
keywords change nothing.
"""

from __future__ import annotations

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.reservoir.deck.build import prepare
from anticline_solvers.reservoir.description import Description
from anticline_solvers.reservoir.files.model import write_reservoir


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find all that keeps the deck from being simulated."""
    try:
        if finished(case.outputs["model"], case.fingerprint()):
            return []
        prepare(case.inputs["deck"])
    except BadInput as error:
        return list(error.findings)
    return []


def run(case: Case, context: RunContext) -> None:
    """Read the deck and write the reservoir, on rank 0."""
    if context.comm.rank != 0:
        return
    out = case.outputs["model"]
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    made = prepare(case.inputs["deck"])
    write_reservoir(out, made.description, context.provenance, context.fingerprint)
    for note in made.notes:
        context.log(note)
    context.log(f"{out}: {described(made.description)}")


def described(description: Description) -> str:
    """Say in a line what a reservoir is."""
    grid = description.grid
    days = sum(step.length_s for step in description.schedule) / 86400.0
    wells = {well.name for step in description.schedule for well in step.wells}
    return (
        f"{' x '.join(map(str, grid.shape))} cells, {len(grid.active):,} active, "
        f"{len(grid.transmissibility):,} connections, {len(wells)} wells, "
        f"{len(description.schedule)} report steps in {days:g} days"
    )
