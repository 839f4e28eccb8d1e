"""An inversion between two evaluations, as the files that a workflow carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.digest import digest
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.inversion import Kept, read_state, write_state
from anticline_solvers.inversion import kept
from anticline_solvers.inversion.arithmetic import Array
from anticline_solvers.inversion.evaluated import Wanted
from anticline_solvers.inversion.parameterisation import Field, to_field
from anticline_solvers.inversion.state import State

FIELD = "vp"
"""What is inverted for; of a perturbation it holds dv [m/s]."""

Origin = tuple[Mapping[str, object], str]
"""Provenance and fingerprint of what a case writes."""


@dataclass(frozen=True, eq=False)
class Inversion:
    """A state, and the model's surroundings.

    carried : fields that are not inverted for, float32. model_digest : of the model's
    file that is to be evaluated; empty where it is not written yet.
    """

    state: State
    grid: Grid
    frame: Frame
    carried: Mapping[str, Field]
    model_digest: str = ""

    @property
    def wanted(self) -> Wanted:
        """The gradient that is asked for."""
        return Wanted(self.grid, self.state.problem.parameter, self.model_digest)


def write(found: Inversion, state: Path, asked: Path, origin: Origin) -> None:
    """Write the model to be evaluated, then the state that asks for it."""
    write_model(asked, found, found.state.asked, origin)
    document = kept.document_of(found.state) | {"model_digest": digest(asked)}
    contents = Kept(
        document,
        kept.arrays_of(found.state),
        kept.history_of(found.state),
        found.grid,
        found.frame,
        found.carried,
    )
    write_state(state, contents, *origin)


def write_model(path: Path, found: Inversion, x: Array, origin: Origin) -> None:
    """Write a model with the fields carried; it says which evaluation it is for."""
    made = to_field(found.state.problem.parameter, x)
    fields = {FIELD: made, **found.carried}
    at = {"iteration": found.state.iteration, "evaluation": found.state.evaluation}
    model.write_model(
        path,
        found.grid,
        fields,
        found.frame,
        *origin,
        attributes=at,
    )


def read(path: Path) -> Inversion:
    """Read a state; BadInput where it is torn, or lacks something."""
    found = read_state(path)
    try:
        state = kept.state_of(found.document, found.arrays, found.history)
        digest_asked = str(found.document["model_digest"])
    except (KeyError, TypeError, ValueError) as error:
        text = (
            f"is no state that this release goes on from ({error!r}); go on with the "
            "release that wrote it, or begin anew from the last model"
        )
        raise BadInput(Finding(str(path), None, text)) from error
    return Inversion(state, found.grid, found.frame, found.carried, digest_asked)
