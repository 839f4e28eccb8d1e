"""Lenses in a velocity that grows with depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.formats.model import read_field, read_grid
from anticline_solvers.models.convergence_components import LENSES
from anticline_solvers.models.lenses import check, grid_of, lenses
from surveys import WORLD, case, drive

PLAIN: dict[str, Any] = {p.name: p.default for p in LENSES.parameters}


def made(**given: Any) -> np.ndarray:
    return lenses(grid_of(PLAIN | given), PLAIN | given)


def one(change: float) -> dict[str, Any]:
    return {
        "lens_x_m": [4000.0],
        "lens_depth_m": [1200.0],
        "lens_half_width_m": [800.0],
        "lens_half_height_m": [400.0],
        "lens_change": [change],
    }


def test_without_lenses_velocity_grows_with_depth_alone():
    none: dict[str, Any] = {key: [] for key in one(0.0)}
    depths = grid_of(PLAIN).coordinates(1)
    assert np.allclose(made(**none), 2000.0 + 0.6 * depths, rtol=1e-6)


@given(change=st.floats(-0.5, 0.5))
def test_a_lens_changes_its_centre_by_its_strength_and_by_an_e_th_of_it_at_its_rim(
    change,
):
    ratio = made(**one(change)) / made(**one(0.0))
    assert ratio[100, 30] == pytest.approx(1 + change, rel=1e-5)
    for rim in ((80, 30), (120, 30), (100, 20), (100, 40)):
        assert ratio[rim] == pytest.approx(1 + change / np.e, rel=1e-5)


def test_velocities_at_the_same_place_do_not_depend_on_the_cells():
    assert np.array_equal(made(), made(spacing_m=20.0)[::2, ::2])


def test_the_model_is_written_as_computed(tmp_path: Path):
    drive(case(LENSES, {}, {"model": tmp_path / "m.h5"}, **PLAIN), WORLD)
    assert np.array_equal(read_field(tmp_path / "m.h5", "vp"), made())
    assert read_grid(tmp_path / "m.h5").agrees_with(grid_of(PLAIN))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"lens_change": [0.1]}, "lens_change has 1 numbers, lens_x_m 3"),
        ({"extent_m": [8000.0]}, "extent_m needs 2 numbers"),
        ({"gradient_per_s": -1.0}, "falls to -400 m/s at the bottom"),
        ({"spacing_m": 1e-3}, "cells take"),
    ],
)
def test_what_makes_no_section_is_told(wrong, told, tmp_path: Path):
    bad = case(LENSES, {}, {"model": tmp_path / "m.h5"}, **(PLAIN | wrong))
    assert any(told in finding.text for finding in check(bad, 1))
