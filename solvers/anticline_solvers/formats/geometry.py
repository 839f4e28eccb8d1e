"""A grid and its place on the map, as the group `geometry` of models and images.

Local frame: x, y along the surface, z down, cell (0, ..., 0) at the origin. The
frame of the map says where the local point (0, 0) lies and which way +x points;
+y is 90 degrees clockwise from +x, seen from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import contents

GROUP = "geometry"


@dataclass(frozen=True)
class Frame:
    """Map position of the local point (0, 0).

    easting_m, northing_m : in the survey's projected coordinate system [m].
    azimuth_deg : direction of +x, clockwise from north; 90 is east.
    """

    easting_m: float = 0.0
    northing_m: float = 0.0
    azimuth_deg: float = 90.0

    def to_map(self, positions_m: ArrayLike) -> NDArray[np.float64]:
        """Local positions (n, 2 or 3) [m] as easting, northing (n, 2) [m].

        With two columns (x, z) the line lies along +x.
        """
        local = np.atleast_2d(np.asarray(positions_m, np.float64))
        x = local[:, 0]
        y = local[:, 1] if local.shape[1] == 3 else np.zeros_like(x)
        angle = np.deg2rad(self.azimuth_deg)
        east = self.easting_m + x * np.sin(angle) + y * np.cos(angle)
        north = self.northing_m + x * np.cos(angle) - y * np.sin(angle)
        return np.stack([east, north], axis=1)

    def to_local(self, positions_m: ArrayLike) -> NDArray[np.float64]:
        """Map positions (n, 2) [m], easting and northing, as local x, y (n, 2) [m].

        The inverse of `to_map`.
        """
        given = np.atleast_2d(np.asarray(positions_m, np.float64))
        east = given[:, 0] - self.easting_m
        north = given[:, 1] - self.northing_m
        angle = np.deg2rad(self.azimuth_deg)
        x = east * np.sin(angle) + north * np.cos(angle)
        y = east * np.cos(angle) - north * np.sin(angle)
        return np.stack([x, y], axis=1)


def write_frame(group: h5py.Group, frame: Frame) -> None:
    """Set the three attributes of a frame."""
    group.attrs["easting_m"] = frame.easting_m
    group.attrs["northing_m"] = frame.northing_m
    group.attrs["azimuth_deg"] = frame.azimuth_deg


def frame_of(group: h5py.Group) -> Frame:
    """Read the three attributes of a frame."""
    return Frame(
        contents.number(group, "easting_m"),
        contents.number(group, "northing_m"),
        contents.number(group, "azimuth_deg"),
    )


def write_geometry(file: h5py.File | None, grid: Grid, frame: Frame) -> None:
    """Add the group to an open file; nothing where the file is None."""
    if file is None:
        return
    group = file.create_group(GROUP)
    group.attrs["axes"] = list(grid.axes)
    group.attrs["shape"] = np.asarray(grid.shape, np.int64)
    group.attrs["spacing_m"] = np.asarray(grid.spacing_m, np.float64)
    group.attrs["origin_m"] = np.asarray(grid.origin_m, np.float64)
    write_frame(group, frame)


def grid_of(file: h5py.File) -> Grid:
    """Read the grid of an open model or image; BadInput where it is none."""
    group = contents.group(file, GROUP)
    shape, spacing_m, origin_m = (
        contents.attribute(group, name) for name in ("shape", "spacing_m", "origin_m")
    )
    try:
        return Grid(
            tuple(int(n) for n in shape),
            tuple(float(h) for h in spacing_m),
            tuple(float(o) for o in origin_m),
        )
    except (TypeError, ValueError) as error:
        raise contents.faulty(file, f"'{GROUP}' is no grid: {error}") from error


def map_frame_of(path: Path) -> Frame:
    """Frame of any anticline file that has a geometry; the default where none."""
    with h5py.File(path, "r") as file:
        return frame_of(file[GROUP]) if GROUP in file else Frame()
