"""From the sums of imaging steps to the files: a shot's part, and the stack's.

A shot's image is muted before it is kept. The stack is scaled (`imaging.finish`), and
kept so beside the image, which is divided by its illumination: scaled stacks of parts
of a survey may be added, and divided once (`seismic.stack`). Image gathers are scaled
and divided likewise, each trace as the image is at its point, so that a gather at
half-offset 0 is the image.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, RunContext
from anticline_solvers.domain import placed
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.image import write_image
from anticline_solvers.formats.image_gathers import GatherAxes, write_image_gathers
from anticline_solvers.formats.model import read_field, read_frame
from anticline_solvers.formats.sums import (
    ILLUMINATION,
    STACK,
    Origin,
    Sums,
    put_sums,
)
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.acquisition import mute
from anticline_solvers.seismic.acquisition.aperture import Box, windowed
from anticline_solvers.seismic.forward import insist_finite
from anticline_solvers.seismic.imaging import conditions as imaging
from anticline_solvers.seismic.imaging.conditions import Imaging, Samples
from anticline_solvers.seismic.imaging.gather_choice import PORT
from anticline_solvers.seismic.imaging.image_gathers import Field, ImageGathers, Lattice
from anticline_solvers.seismic.imaging.stack import Partial
from anticline_solvers.seismic.physics import Propagator
from anticline_solvers.seismic.shots import identity

GATHERS = "gathers"


def shot_partial(
    case: Case, grid: Grid, propagator: Propagator, image: Imaging, window: Box
) -> Partial | None:
    """Assemble and mute what a shot adds, on rank 0 of its group; collective.

    Raises Failed where a value is not finite.
    """
    first = tuple(side.start for side in window)
    weights = image_mute(case, grid, window)
    fields = {}
    for name, values in image.on_grid().items():
        whole = propagator.placement.assemble(values)
        if whole is not None:
            insist_finite(whole, f"a shot's {name}")
            muted = whole * weights if name == "image" else whole
            fields[name] = Placed(first, muted)
    if image.gathers is not None:
        gathers = _muted_gathers(image.gathers, weights, window)
        fields |= {} if gathers is None else {GATHERS: gathers}
    return Partial(fields) if fields else None


def image_mute(case: Case, grid: Grid, box: Box) -> Field:
    """Weights of a shot's image: silent above a depth, and in the water."""
    p, part = case.parameters, windowed(grid, box)
    depths = part.coordinates(part.ndim - 1)
    floor = np.full(part.shape[:-1], p["mute_depth_m"], np.float64)
    if p["water_velocity_m_s"] is not None:
        velocity = read_field(case.inputs["model"], "vp", box)
        bottom = mute.water_bottom_m(velocity, depths, p["water_velocity_m_s"])
        floor = np.maximum(floor, bottom)
    weights = mute.depth_mute(depths, floor, p["mute_taper_m"])
    weights[floor <= depths[0]] = 1.0
    return weights


def _muted_gathers(gathers: ImageGathers, weights: Field, window: Box) -> Placed | None:
    whole = gathers.assemble()
    if whole is None:
        return None
    insist_finite(whole, "a shot's image gathers")
    chosen = zip(gathers.lattice.points, gathers.whole, window, strict=False)
    cells = [np.array(p[side], np.int64) - w.start for p, side, w in chosen]
    first = tuple(side.start for side in gathers.whole)
    return Placed((*first, 0, 0), whole * _above(weights, cells))


def _above(field: Samples, cells: list[NDArray[np.int64]]) -> Samples:
    """Columns of a field at image points, (points of each axis, 1, nz)."""
    return np.asarray(field[np.ix_(*cells)][..., None, :])


def write_stack(
    case: Case,
    context: RunContext,
    grid: Grid,
    lattice: Lattice | None,
    survey: Survey,
    total: Partial,
) -> None:
    """Scale, normalise and write image and gathers of the stack, from rank 0."""
    model, p, shots = case.inputs["model"], case.parameters, survey.shot_ids
    velocity, frame = read_field(model), read_frame(model)
    made = context.provenance, context.fingerprint
    if lattice is not None:
        light = placed.doubled(total.fields[ILLUMINATION]).filled(grid.shape)
        gathers = stacked_gathers(total.fields[GATHERS], lattice, p, velocity, light)
        axes = GatherAxes(grid, *axes_of(lattice, grid), frame, shots)
        write_image_gathers(case.outputs[PORT], axes, gathers, *made)
    origin = Origin(
        dict.fromkeys(shots, context.fingerprint),
        identity.made_with(case, survey),
        p["illumination_epsilon"] if p["normalise"] else None,
    )
    sums = Sums(scaled(total, grid, velocity, p), origin)
    write_summed(case.outputs["image"], grid, frame, sums, *made)


def scaled(
    total: Partial, grid: Grid, velocity: Field, parameters: Mapping[str, Any]
) -> dict[str, Placed]:
    """Give the sums of shots as an image keeps them: float64, the stack scaled."""
    condition, order = parameters["condition"], parameters["space_order"]
    fields = {name: total.fields[name] for name in total.fields if name != GATHERS}
    raw = fields.pop("image")
    whole = imaging.finish(
        condition,
        placed.doubled(raw).filled(grid.shape),
        velocity,
        grid.spacing_m,
        order,
    )
    whole = whole + 0.0  # no -0.0, as in a sum from nothing
    grown = imaging.reach_of(condition, order)
    box = tuple(
        slice(max(0, side.start - grown), min(n, side.stop + grown))
        for side, n in zip(raw.box, grid.shape, strict=True)
    )
    first = tuple(side.start for side in box)
    return {STACK: Placed(first, whole[box])} | {
        name: placed.doubled(field) for name, field in fields.items()
    }


def write_summed(
    path: Path,
    grid: Grid,
    frame: Frame,
    sums: Sums,
    provenance: Mapping[str, object],
    fingerprint: str,
) -> None:
    """Write the image that sums of shots make, and the sums beside it."""
    fields = {name: field.filled(grid.shape) for name, field in sums.fields.items()}
    image, light = fields.pop(STACK), fields[ILLUMINATION]
    if sums.origin.epsilon is not None:
        image = imaging.normalise(image, light, sums.origin.epsilon)
    write_image(
        path,
        grid,
        {"image": image} | fields,
        sums.origin.shots,
        frame,
        provenance,
        fingerprint,
        also=partial(put_sums, sums),
    )


def stacked_gathers(
    stacked: Placed,
    lattice: Lattice,
    parameters: Mapping[str, Any],
    velocity: Samples,
    illumination: Samples,
) -> Samples:
    """Scale and normalise stacked gathers as the image is, on the whole lattice.

    velocity [m/s], illumination : on the grid.
    """
    shape = lattice.shape(velocity.shape[-1])
    whole = placed.doubled(stacked).filled(shape)
    cells = [np.array(points, np.int64) for points in lattice.points]
    order, condition = parameters["space_order"], parameters["condition"]
    whole = imaging.finish(condition, whole, _above(velocity, cells), (), order)
    if not parameters["normalise"]:
        return whole
    floor = imaging.floor_of(illumination, parameters["illumination_epsilon"])
    return imaging.divided(whole, _above(illumination, cells), floor)


def axes_of(
    lattice: Lattice, grid: Grid
) -> tuple[tuple[NDArray[np.float64], ...], str, NDArray[np.float64]]:
    """Give positions of the image points, axis and half-offsets, in metres."""
    points_m = tuple(
        grid.coordinates(axis)[list(cells)] for axis, cells in enumerate(lattice.points)
    )
    step_m, along = grid.spacing_m[lattice.axis], grid.axes[lattice.axis]
    return points_m, along, step_m * np.array(lattice.offsets, np.float64)
