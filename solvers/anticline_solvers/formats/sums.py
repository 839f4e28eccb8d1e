"""What an image was made of, so that it can be added to others: group `sums`.

The sums are float64, of all shots of the image, scaled and not yet divided by the
illumination. `seismic.stack` adds those of several images and divides once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed, Window
from anticline_solvers.formats import contents
from anticline_solvers.formats.geometry import GROUP as GEOMETRY
from anticline_solvers.formats.geometry import Frame, frame_of, grid_of
from anticline_solvers.formats.hdf5 import open_checked
from anticline_solvers.formats.image import FORMAT

GROUP = "sums"
STACK, ILLUMINATION = "stack", "illumination"


@dataclass(frozen=True)
class Origin:
    """Which shots an image holds, who made them, and how.

    cases : fingerprint of the case that migrated it, by shot number.
    made_with : what images that are added must share, as JSON says it.
    epsilon : share of the mean illumination that is added to it before the stack is
        divided by it; None: the stack is not divided.
    """

    cases: Mapping[int, str]
    made_with: Mapping[str, Any]
    epsilon: float | None

    @property
    def shots(self) -> tuple[int, ...]:
        """Numbers of the shots."""
        return tuple(self.cases)

    @property
    def inputs(self) -> Mapping[str, str]:
        """Hashes of the inputs that all shots share, by the inputs' names."""
        return dict(self.made_with["inputs"])


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of shots, float64, each on a window of the image's grid.

    fields : STACK, ILLUMINATION and others by name.
    """

    fields: Mapping[str, Placed]
    origin: Origin


@dataclass(frozen=True, eq=False)
class Heading:
    """What an image says of its sums without their values."""

    path: Path
    grid: Grid
    frame: Frame
    origin: Origin
    windows: Mapping[str, Window]


def put_sums(sums: Sums, file: h5py.File) -> None:
    """Add the group to an open image; its shots are the root's attribute `shots`."""
    group = put_origin(file, sums.origin)
    fields = group.create_group("fields")
    for name, field in sums.fields.items():
        data = fields.create_dataset(name, data=np.asarray(field.values, np.float64))
        data.attrs["first"] = np.asarray(field.first, np.int64)
        data.attrs["unit"] = "1"


def put_origin(file: h5py.File, origin: Origin) -> h5py.Group:
    """Make the group and say in it what the sums come from."""
    group = file.create_group(GROUP)
    group.attrs["made_with"] = json.dumps(origin.made_with, sort_keys=True)
    if origin.epsilon is not None:
        group.attrs["illumination_epsilon"] = float(origin.epsilon)
    cases = list(dict.fromkeys(origin.cases.values()))
    which = [cases.index(case) for case in origin.cases.values()]
    group.create_dataset("case", data=np.array(cases, "S64"))
    group.create_dataset("case_of_shot", data=np.array(which, np.int64))
    return group


def read_heading(path: Path) -> Heading:
    """Read all but the values; BadInput where an image holds no sums."""
    with open_checked(path, FORMAT) as file:
        group = _group(file)
        fields = contents.group(group, "fields")
        windows = {name: _window(fields, name) for name in fields}
        for needed in (STACK, ILLUMINATION):
            contents.dataset(fields, needed)
        frame = frame_of(contents.group(file, GEOMETRY))
        return Heading(
            Path(path), grid_of(file), frame, origin_of(file, group), windows
        )


def read_sum(path: Path, name: str) -> Placed:
    """Read one of the sums."""
    with open_checked(path, FORMAT) as file:
        fields = contents.group(_group(file), "fields")
        first, _ = _window(fields, name)
        return Placed(first, contents.dataset(fields, name)[...])


def _group(file: h5py.File) -> h5py.Group:
    if GROUP in file:
        return contents.group(file, GROUP)
    text = (
        "holds no sums of shots, which an image is added to others by; migrate it "
        "with this release's seismic.rtm"
    )
    raise contents.faulty(file, text)


def _window(fields: h5py.Group, name: str) -> Window:
    data = contents.dataset(fields, name)
    first = tuple(int(n) for n in contents.attribute(data, "first"))
    return first, tuple(a + n for a, n in zip(first, data.shape, strict=True))


def origin_of(file: h5py.File, group: h5py.Group) -> Origin:
    """Read what `put_origin` wrote, and the root's attribute `shots`."""
    shots = [int(number) for number in contents.attribute(file, "shots")]
    names = contents.dataset(group, "case").asstr()[...]
    which = contents.dataset(group, "case_of_shot")[...]
    try:
        cases = {s: str(names[int(k)]) for s, k in zip(shots, which, strict=True)}
        made_with = dict(json.loads(contents.attribute(group, "made_with")))
    except (ValueError, IndexError, TypeError) as error:
        text = f"'{GROUP}' contradicts itself ({error}); make the file again"
        raise contents.faulty(file, text) from error
    divided = "illumination_epsilon" in group.attrs
    epsilon = contents.number(group, "illumination_epsilon") if divided else None
    return Origin(cases, made_with, epsilon)
