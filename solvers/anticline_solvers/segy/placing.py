"""Map positions of sources and receivers in the frame of a model.

A line (2-D) lies along +x of the frame; sources and receivers may stray from it by a
tolerance, and are put onto it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.model import read_frame

FRAME = ("easting_m", "northing_m", "azimuth_deg")

Positions = NDArray[np.float64]


def frame_of(case: Case) -> Frame:
    """Frame that the parameters give; what they leave out is the model's.

    Without a model: local (0, 0) at map (0, 0), +x to the east.
    """
    model = case.inputs.get("model")
    base = read_frame(model) if model else Frame()
    given = {name: case.parameters[name] for name in FRAME}
    return Frame(
        **{
            name: getattr(base, name) if value is None else value
            for name, value in given.items()
        }
    )


def placed(
    places: Positions,
    frame: Frame,
    depth_m: float | None,
    *,
    line: bool,
    snap_m: float | None = None,
) -> tuple[Positions, Positions]:
    """Turn map positions (n, 3) into local ones, and give distances from the line.

    depth_m : in the place of the depths. snap_m : local x and y are put on multiples of
        it. line : 2-D; then positions are (n, 2), and the
    distances are those left out; else (n, 3) and zero.
    """
    flat = frame.to_local(places[:, :2])
    if snap_m is not None:
        flat = snap_m * np.rint(flat / snap_m)
    depth = places[:, 2] if depth_m is None else np.full(len(places), depth_m)
    if line:
        return np.column_stack([flat[:, 0], depth]), np.abs(flat[:, 1])
    return np.column_stack([flat, depth]), np.zeros(len(places))


def depths(parameters: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Depths of sources and receivers that the case states."""
    return parameters["source_depth_m"], parameters["receiver_depth_m"]
