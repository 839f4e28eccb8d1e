"""What a gradient's file says to an inversion: misfit, gradient, and of which model.

Read are the data sets `gradient` and, where there is one, `illumination`, and the
attributes `misfit`, `parameter` and `model_digest` of any physics' gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import contents
from anticline_solvers.formats.geometry import grid_of
from anticline_solvers.formats.gradient import FORMAT
from anticline_solvers.formats.hdf5 import open_checked
from anticline_solvers.inversion.arithmetic import Array


@dataclass(frozen=True, eq=False)
class Heading:
    """A gradient without its values. model_digest : empty where it is not known."""

    grid: Grid
    parameter: str
    misfit: float
    model_digest: str


@dataclass(frozen=True)
class Wanted:
    """What a state asks for: the gradient by a parameter, at a model, on a grid."""

    grid: Grid
    parameter: str
    model_digest: str


def read_heading(path: Path) -> Heading:
    """Read what a gradient is of; BadInput where it is none."""
    with open_checked(path, FORMAT) as file:
        contents.dataset(file, "gradient")
        return Heading(
            grid_of(file),
            str(contents.attribute(file, "parameter")),
            contents.number(file, "misfit"),
            str(file.attrs.get("model_digest", "")),
        )


def read_values(path: Path) -> tuple[Array, Array | None]:
    """Read gradient and illumination, float64 of the grid's shape."""
    with open_checked(path, FORMAT) as file:
        heard = file.get("illumination")
        return (
            np.asarray(contents.dataset(file, "gradient")[...], np.float64),
            None if heard is None else np.asarray(heard[...], np.float64),
        )


def differences(found: Heading, wanted: Wanted) -> Iterator[str]:
    """Say why a gradient is not the one that a state asks for."""
    if found.parameter != wanted.parameter:
        yield (
            f"is by {found.parameter}, and the inversion's parameter is "
            f"{wanted.parameter}; compute it by that"
        )
    if not wanted.grid.agrees_with(found.grid):
        yield f"is on {found.grid}, the inversion on {wanted.grid}"
    elif not found.model_digest:
        yield (
            "does not say of which model it is (attribute model_digest); compute it "
            "with a component that does"
        )
    elif found.model_digest != wanted.model_digest:
        yield (
            f"was computed at another model ({found.model_digest[:12]}) than the state "
            f"asks for ({wanted.model_digest[:12]}); compute it at the model that was "
            "written with this state"
        )
