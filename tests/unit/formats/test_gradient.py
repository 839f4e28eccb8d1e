"""Gradient files keep what they are given, and say what is wrong with them."""

from __future__ import annotations

import math

import h5py
import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.digest import digest
from anticline_solvers.formats.gradient import (
    FIELDS,
    Measured,
    read_gradient,
    read_heading,
    read_measured,
    read_window,
    write_gradient,
)
from anticline_solvers.formats.sums import Origin

GRID = Grid((90, 70), (10.0, 5.0), (0.0, 0.0))
MISFITS = {3: 0.1, 7: 0.2, 11: 0.3}


def fields(first, shape):
    draw = np.random.default_rng(1)
    return {name: Placed(first, draw.normal(size=shape)) for name in FIELDS}


def write(path, made, inputs=None):
    measured = Measured("vp", "least_squares", MISFITS, {"iteration": 4})
    made_with = {"parameters": {"k": 1}, "inputs": inputs or {"model": "b" * 64}}
    origin = Origin(dict.fromkeys(MISFITS, "a" * 64), made_with, None)
    write_gradient(path, GRID, made, measured, origin, None, {}, "f" * 64)


@pytest.mark.parametrize(
    ("first", "shape"), [((0, 0), (90, 70)), ((20, 0), (30, 70)), ((5, 0), (0, 0))]
)
def test_fields_misfits_and_origin_come_back(tmp_path, first, shape):
    made = fields(first, shape)
    path = tmp_path / "g.h5"
    write(path, made)
    for name, field in made.items():
        np.testing.assert_array_equal(
            read_gradient(path, name), field.filled(GRID.shape)
        )
        back = read_window(path, name)
        assert back.first == first
        np.testing.assert_array_equal(back.values, field.values)
    measured = read_measured(path)
    assert measured.misfits == MISFITS
    assert measured.misfit == math.fsum(MISFITS.values())
    assert (measured.parameter, measured.measure) == ("vp", "least_squares")
    assert measured.numbers == {"iteration": 4}
    heading = read_heading(path)
    assert heading.origin.shots == tuple(MISFITS)
    assert heading.grid.agrees_with(GRID)


def test_cells_outside_the_window_take_no_room(tmp_path):
    path = tmp_path / "g.h5"
    large = Grid((2000, 500), (10.0, 5.0), (0.0, 0.0))
    measured = Measured("vp", "least_squares", {1: 0.0}, {})
    origin = Origin({1: "a" * 64}, {"inputs": {"model": "b" * 64}}, None)
    made = fields((100, 0), (50, 500))
    write_gradient(path, large, made, measured, origin, None, {}, "f" * 64)
    assert path.stat().st_size < 0.2 * 2 * 8 * 2000 * 500


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"model": "b", "weights": "c"}, "b"),
        ({"model": "b", "perturbation": "d"}, "d"),
    ],
)
def test_a_gradient_names_the_model_it_is_at(tmp_path, inputs, named):
    write(tmp_path / "g.h5", fields((0, 0), (90, 70)), inputs)
    with h5py.File(tmp_path / "g.h5") as file:
        assert file.attrs["model_digest"] == named


def test_the_digest_tells_gradients_apart(tmp_path):
    made = fields((0, 0), (90, 70))
    write(tmp_path / "a.h5", made)
    write(tmp_path / "b.h5", made)
    made["gradient"].values[3, 4] += 1e-9
    write(tmp_path / "c.h5", made)
    a, b, c = (digest(tmp_path / f"{name}.h5") for name in "abc")
    assert a == b != c


def test_a_file_that_contradicts_itself_is_told(tmp_path):
    path = tmp_path / "g.h5"
    write(path, fields((0, 0), (90, 70)))
    with h5py.File(path, "r+") as file:
        file.attrs["shots"] = np.array([3, 7])
    with pytest.raises(BadInput, match="2 shots and 3 misfits"):
        read_measured(path)
