"""Sums of shots beside an image: what is written is what is read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.image import read_image, read_shots, write_image
from anticline_solvers.formats.sums import (
    Origin,
    Sums,
    put_sums,
    read_heading,
    read_sum,
)

GRID = Grid((6, 5), (10.0, 10.0), (0.0, 0.0))
MADE_WITH = {"component": "theirs.rtm 3", "parameters": {"condition": "plain"}}


def write(path: Path, shots: list[int], makers: int = 1, epsilon: float | None = None):
    rng = np.random.default_rng(len(shots))
    fields = {
        "stack": Placed((1, 2), rng.standard_normal((4, 3))),
        "illumination": Placed((0, 0), rng.random((6, 5))),
    }
    cases = {s: f"{n % makers:064x}" for n, s in enumerate(shots)}
    sums = Sums(fields, Origin(cases, MADE_WITH, epsilon))
    datasets = {"image": np.ones(GRID.shape)}
    write_image(path, GRID, datasets, shots, also=partial(put_sums, sums))
    return sums


@given(
    shots=st.lists(st.integers(0, 10**6), max_size=30, unique=True),
    makers=st.integers(1, 4),
    epsilon=st.none() | st.floats(1e-9, 1.0),
)
@settings(max_examples=20, deadline=None)
def test_sums_are_read_as_they_were_written(tmp_path_factory, shots, makers, epsilon):
    path = tmp_path_factory.mktemp("sums") / "image.h5"
    sums = write(path, shots, makers, epsilon)
    heading = read_heading(path)
    assert heading.origin == sums.origin
    assert heading.grid == GRID
    for name, field in sums.fields.items():
        found = read_sum(path, name)
        assert heading.windows[name] == (found.first, found.last)
        assert found.first == field.first
        assert found.values.tobytes() == field.values.tobytes()


def test_an_image_may_hold_more_shots_than_a_small_attribute_does(tmp_path):
    path, shots = tmp_path / "image.h5", list(range(1, 20_001))
    write(path, shots, makers=3)
    assert read_shots(path) == tuple(shots)
    assert read_image(path).shape == GRID.shape
    assert len(read_heading(path).origin.cases) == 20_000


@pytest.mark.parametrize("lost", ["sums/case", "sums/fields/stack", "sums/fields"])
def test_sums_that_are_not_whole_are_told_with_the_file(tmp_path, lost):
    path = tmp_path / "image.h5"
    write(path, [1, 2])
    with h5py.File(path, "r+") as file:
        del file[lost]
    with pytest.raises(BadInput, match=r"image\.h5.*(has no|holds)"):
        read_heading(path)


def test_sums_that_speak_of_other_shots_are_told(tmp_path):
    path = tmp_path / "image.h5"
    write(path, [1, 2])
    with h5py.File(path, "r+") as file:
        file.attrs["shots"] = np.arange(3)
    with pytest.raises(BadInput, match="contradicts itself"):
        read_heading(path)
