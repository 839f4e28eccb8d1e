"""Image gathers: `anticline-image-gathers/1`, float32 over half-offset and depth.

`gathers` is (points along x [, points along y], half-offsets, depths): the image at
each point of a lattice, taken from the source wavefield at x - h and the receiver
wavefield at x + h, h along one horizontal axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.contents import attribute, dataset, faulty, group
from anticline_solvers.formats.geometry import (
    GROUP,
    Frame,
    frame_of,
    grid_of,
    write_geometry,
)
from anticline_solvers.formats.hdf5 import open_checked, write_new

FORMAT = "anticline-image-gathers/1"

Field = NDArray[np.float32]
Positions = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GatherAxes:
    """Where image gathers are.

    grid : of the image that they belong to.
    points_m : for each horizontal axis the positions of the image points [m], in the
        local frame; an image point is any combination.
    along : "x" or "y", the axis of the half-offsets.
    half_offsets_m : (n,) [m], ascending around 0.
    """

    grid: Grid
    points_m: tuple[Positions, ...]
    along: str
    half_offsets_m: Positions
    frame: Frame = field(default_factory=Frame)
    shots: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data set `gathers`."""
        counts = [len(points) for points in self.points_m]
        return (*counts, len(self.half_offsets_m), self.grid.shape[-1])

    @property
    def depths_m(self) -> Positions:
        """Depths of a gather's samples (nz,) [m]."""
        return self.grid.coordinates(self.grid.ndim - 1)

    def places(self) -> list[tuple[int, ...]]:
        """Numbers of all image points along each axis, the last fastest."""
        return list(product(*(range(len(points)) for points in self.points_m)))

    def position_m(self, place: tuple[int, ...]) -> tuple[float, ...]:
        """Position of an image point [m]."""
        return tuple(float(p[i]) for p, i in zip(self.points_m, place, strict=True))


def write_image_gathers(
    path: Path,
    axes: GatherAxes,
    values: Field,
    provenance: Mapping[str, object] | None = None,
    fingerprint: str = "",
) -> None:
    """Write gathers of the shape `axes.shape`, from one process."""
    if values.shape != axes.shape:
        msg = f"gathers are {values.shape}, their axes {axes.shape}"
        raise ValueError(msg)
    with write_new(path, FORMAT, provenance or {}, fingerprint) as file:
        write_geometry(file, axes.grid, axes.frame)
        file.attrs["shots"] = np.asarray(list(axes.shots), np.int64)
        file.attrs["along"] = axes.along
        _put(file, "gathers", np.asarray(values, np.float32), "1")
        _put(file, "half_offset", axes.half_offsets_m, "m")
        for name, points in zip(axes.grid.axes, axes.points_m, strict=False):
            _put(file, f"point_{name}", points, "m")


def _put(file: h5py.File, name: str, values: NDArray[np.floating], unit: str) -> None:
    file.create_dataset(name, data=values).attrs["unit"] = unit


def read_axes(path: Path) -> GatherAxes:
    """Read where the gathers of a file are."""
    with open_checked(path, FORMAT) as file:
        return _axes(file)


def _axes(file: h5py.File) -> GatherAxes:
    grid, frame = grid_of(file), frame_of(group(file, GROUP))
    axes = GatherAxes(
        grid,
        tuple(dataset(file, f"point_{name}")[...] for name in grid.axes[:-1]),
        str(attribute(file, "along")),
        dataset(file, "half_offset")[...],
        frame,
        tuple(int(number) for number in attribute(file, "shots")),
    )
    found = dataset(file, "gathers").shape
    if found != axes.shape:
        raise faulty(file, f"its gathers are {found}, their axes {axes.shape}")
    return axes


def read_image_gathers(
    path: Path, places: Iterable[tuple[int, ...]] | None = None
) -> Field:
    """Read gathers (image points, half-offsets, depths), float32.

    places : as `GatherAxes.places` gives them; None is all. Only these are read.
    """
    with open_checked(path, FORMAT) as file:
        axes, data = _axes(file), dataset(file, "gathers")
        chosen = axes.places() if places is None else list(places)
        out = np.empty((len(chosen), *axes.shape[-2:]), np.float32)
        for gather, place in zip(out, chosen, strict=True):
            gather[...] = data[place]
    return out
