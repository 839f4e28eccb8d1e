"""Models that an inversion begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import read_field, write_model
from anticline_solvers.models.components import START
from anticline_solvers.models.start import check, start_model
from surveys import WORLD, case, drive

GRID = Grid((40, 50), (20.0, 10.0), (0.0, 0.0))
PLAIN: dict[str, Any] = {
    p.name: None if p.default is None else p.default for p in START.parameters
}


def layered(sloping: bool = True) -> np.ndarray:
    """Water over beds that follow its bottom, with a lens in the middle."""
    x, z = np.meshgrid(GRID.coordinates(0), GRID.coordinates(1), indexing="ij")
    bottom = 100.0 + (0.1 * x if sloping else 0.0)
    vp = 1700.0 + 2.0 * (z - bottom)
    vp = np.where((abs(x - 400) < 60) & (abs(z - 350) < 50), 1.2 * vp, vp)
    return np.where(z < bottom, 1500.0, vp).astype(np.float32)


def made(vp: np.ndarray, **given: Any) -> np.ndarray:
    return start_model(vp, GRID, PLAIN | given)


def test_with_nothing_asked_for_the_model_is_its_own_start():
    assert np.array_equal(made(layered()), layered())


@given(
    base=st.sampled_from(["model", "average"]),
    smoothing_m=st.sampled_from([0.0, 35.0, 100.0]),
    slowness_shift_percent=st.floats(-20, 20),
    depth_from=st.sampled_from(["sea_bottom", "surface"]),
)
def test_water_stays_and_velocities_stay_within_those_of_the_rock(**given):
    vp = layered()
    water = vp == 1500.0
    start = made(vp, **given)
    assert np.array_equal(start[water], vp[water])
    scale = 1.0 / (1.0 + given["slowness_shift_percent"] / 100.0)
    rock = vp[~water] * scale
    found = start[~water]
    assert rock.min() * (1 - 1e-6) <= found.min() <= found.max()
    assert found.max() <= rock.max() * (1 + 1e-6)


def test_the_average_of_columns_is_harmonic_and_the_same_below_every_sea_bottom():
    start = made(layered(), base="average")
    vp = layered()
    first = (vp == 1500.0).sum(axis=1)
    columns = [row[n : n + 20] for row, n in zip(start, first, strict=True)]
    assert np.ptp(np.stack(columns), axis=0).max() == 0.0
    rock = np.stack([row[n : n + 20] for row, n in zip(vp, first, strict=True)])
    assert np.allclose(columns[0], 1.0 / (1.0 / rock).mean(axis=0), rtol=1e-6)


def test_the_average_from_the_surface_is_the_same_in_every_column_of_rock():
    start = made(layered(), base="average", depth_from="surface")
    water = layered() == 1500.0
    for depth in range(GRID.shape[1]):
        here = start[~water[:, depth], depth]
        assert here.size == 0 or np.ptp(here) == 0.0


def test_the_linear_velocity_begins_at_the_sea_bottom():
    given = {"top_velocity_m_s": 1600.0, "gradient_per_s": 0.8}
    start = made(layered(), base="gradient", **given)
    z = np.broadcast_to(GRID.coordinates(1), GRID.shape)
    bottom = 10.0 * (layered() == 1500.0).sum(axis=1)[:, None] - 5.0
    rock = z > bottom
    wanted = 1600.0 + 0.8 * (z - bottom)
    assert np.allclose(start[rock], wanted[rock], rtol=1e-6)
    dry = made(layered(), base="gradient", keep_water=False, **given)
    assert np.allclose(dry, 1600.0 + 0.8 * z, rtol=1e-6)


def test_a_shift_of_slowness_is_one_of_travel_times_by_as_much():
    vp = layered()
    rock = vp != 1500.0
    start = made(vp, slowness_shift_percent=5.0)
    assert np.allclose((1 / start[rock]) / (1 / vp[rock]), 1.05, rtol=1e-5)


def test_velocities_are_clipped_and_the_water_is_not():
    start = made(layered(), slowest_m_s=1800.0, fastest_m_s=2000.0)
    rock = layered() != 1500.0
    assert (start[rock].min(), start[rock].max()) == (1800.0, 2000.0)
    assert start[~rock].max() == 1500.0


def test_three_dimensions_are_averaged_over_both_horizontal_axes(tmp_path: Path):
    grid = Grid((5, 4, 12), (20.0, 20.0, 10.0), (0.0, 0.0, 0.0))
    vp = np.full(grid.shape, 2000.0, np.float32)
    vp[..., :3], vp[2, 1, 6:] = 1500.0, 3000.0
    write_model(tmp_path / "model.h5", grid, {"vp": vp})
    files = {"model": tmp_path / "model.h5"}, {"model": tmp_path / "start.h5"}
    drive(case(START, *files, base="average"), WORLD)
    start = read_field(tmp_path / "start.h5")
    assert np.array_equal(start[..., :3], vp[..., :3])
    assert np.allclose(start[..., 8], 1.0 / (19 / 20 / 2000.0 + 1 / 20 / 3000.0))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"base": "gradient"}, "base: gradient needs it"),
        ({"gradient_per_s": 0.5}, "gradient_per_s: base: model has none"),
        ({"slowest_m_s": 3000.0, "fastest_m_s": 2000.0}, "exchange them"),
        (
            {"base": "gradient", "top_velocity_m_s": 1500.0, "gradient_per_s": -10.0},
            "the velocity falls to -3400 m/s",
        ),
    ],
)
def test_numbers_that_make_no_start_model_are_refused(tmp_path, given, text):
    write_model(tmp_path / "model.h5", GRID, {"vp": layered()})
    files = {"model": tmp_path / "model.h5"}, {"model": tmp_path / "start.h5"}
    findings = check(case(START, *files, **given), 1)
    assert text in "\n".join(finding.text for finding in findings)
