"""A flat reflector in image gathers: where it focuses, and how it does not.

A source at x_s = -H above the image point x = 0 and a mirror at depth z_r send a
reflection to every receiver x_r at the time sqrt((x_r - x_s)^2 + 4 z_r^2) / v.
Migrated with rho v, rays put it at (h, z) where for some receiver

    |(x_s, 0) - (-h, z)| + |(x_r, 0) - (h, z)| = rho sqrt((x_r - x_s)^2 + 4 z_r^2)

and the difference of both sides is stationary over x_r. For rho = 1 that is the line
z = z_r + h H / z_r: whatever H, it passes h = 0 at z_r, with the slope of the angle of
reflection. Over all H otherwise the events have the envelope

    z^2 = rho^2 z_r^2 + h^2 rho^2 / (1 - rho^2)

which bends down where the migration is too slow, up where it is too fast.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from mpi4py import MPI

from accuracy.analytic import seismograms
from anticline.component import Case, RunContext
from anticline.component.declare import REQUIRED
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.image import datasets_of, read_image
from anticline_solvers.formats.image_gathers import read_axes, read_image_gathers
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker
from anticline_solvers.seismic.components import RTM
from anticline_solvers.seismic.imaging.angles import angle_gather

GRID = Grid((121, 65), (15.0, 15.0), (0.0, 0.0))
TRUE_M_S, PEAK_HZ, REFLECTOR_M = 2000.0, 9.0, 600.0
INTERVAL_S, SAMPLES = 0.006, 240
RECEIVERS_M = np.column_stack([np.arange(0.0, 1801.0, 30.0), np.zeros(61)])
RATIOS = {"right": 1.0, "slow": 0.95, "fast": 1.05}


def reflections(shot: Shot, survey: Survey) -> np.ndarray:
    """Record a perfect mirror's reflections: waves from the source's image below it."""
    image = np.array([shot.source_m[0], 2.0 * REFLECTOR_M])
    return seismograms(
        2,
        survey.wavelet,
        INTERVAL_S,
        np.linalg.norm(shot.receivers_m - image, axis=1),
        TRUE_M_S,
        SAMPLES,
    ).astype(np.float32)


def record(path: Path, sources_m: np.ndarray) -> None:
    shots = tuple(
        Shot(i, np.array([x, 0.0]), RECEIVERS_M) for i, x in enumerate(sources_m)
    )
    wavelet = ricker(PEAK_HZ, INTERVAL_S)
    top = maximum_frequency(wavelet, INTERVAL_S)
    survey = Survey(shots, wavelet, INTERVAL_S, INTERVAL_S, SAMPLES, PEAK_HZ, top)
    write_gathers(path, survey, ((s.id, reflections(s, survey)) for s in shots))


def migrate(folder: Path, name: str, gathers: str = "line", **given: Any) -> Path:
    known = {p.name: p.default for p in RTM.parameters if p.default is not REQUIRED}
    known |= {"direct_wave": "none", "gathers_x_m": [750.0, 900.0], "aperture_m": None}
    out = folder / f"{gathers}_{name}.h5"
    files = {"model": folder / f"{name}.h5", "gathers": folder / f"{gathers}.h5"}
    outputs = {"image": folder / f"image_{out.name}", "image_gathers": out}
    asked = known | {"gathers_shift_max_m": 300.0} | given
    case = Case(RTM, files, outputs, asked, folder / "case.yaml")
    assert not resolve(RTM.check)(case, 1)
    resolve(RTM.run)(case, RunContext.open(case, MPI.COMM_SELF))
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with models of three velocities, a line of shots, and one shot."""
    made = tmp_path_factory.mktemp("gathers")
    for name, ratio in RATIOS.items():
        velocity = np.full(GRID.shape, ratio * TRUE_M_S, np.float32)
        write_model(made / f"{name}.h5", GRID, {"vp": velocity})
    record(made / "line.h5", np.arange(60.0, 1800.0, 120.0))
    record(made / "single.h5", np.array([450.0]))
    for name in RATIOS:
        migrate(made, name)
        migrate(made, name, "single", receiver_illumination=True)
    return made


def central(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the gather at 900 m below the surface's noise, half-offsets and depths."""
    axes = read_axes(folder / f"line_{name}.h5")
    (gather,) = read_image_gathers(folder / f"line_{name}.h5", [(1,)])
    deep = axes.depths_m >= 300.0
    return gather[:, deep], axes.half_offsets_m, axes.depths_m[deep]


def focused_share(gather: np.ndarray, half_offsets_m: np.ndarray) -> float:
    """Share of a gather's energy within a cell of no offset."""
    energy = (gather.astype(np.float64) ** 2).sum(axis=1)
    return float(energy[np.abs(half_offsets_m) <= 15.0].sum() / energy.sum())


def ray_depth_m(ratio: float, half_m: float, offset_m: float) -> float:
    """Depth of a shot's event by rays, the source half_m before the image point [m]."""

    receivers = RECEIVERS_M[0, 0] + np.arange(-900.0, 901.0)
    recorded = ratio * np.hypot(receivers + half_m, 2.0 * REFLECTOR_M)

    def too_shallow_by(z: float) -> float:
        up = np.hypot(receivers - offset_m, z)
        return float((recorded - up).max()) - math.hypot(half_m - offset_m, z)

    return float(brentq(too_shallow_by, 300.0, 950.0))


def ridge_m(gather: np.ndarray, depths_m: np.ndarray) -> np.ndarray:
    """Depth of the largest amplitude at every half-offset, between cells [m]."""
    at = gather.argmax(axis=1)
    below, here, above = (gather[np.arange(len(at)), at + k] for k in (-1, 0, 1))
    shift = 0.5 * (below - above) / (below - 2.0 * here + above)
    return depths_m[at] + (depths_m[1] - depths_m[0]) * shift


@pytest.mark.parametrize("name", RATIOS)
def test_the_gather_at_no_offset_is_the_image_bit_for_bit(folder, name):
    axes = read_axes(folder / f"line_{name}.h5")
    gathers = read_image_gathers(folder / f"line_{name}.h5")
    image = read_image(folder / f"image_line_{name}.h5")
    (middle,) = np.flatnonzero(axes.half_offsets_m == 0.0)
    cells = np.rint(axes.points_m[0] / GRID.spacing_m[0]).astype(int)
    assert image[cells].any()
    assert np.array_equal(gathers[:, middle], image[cells])


def test_a_reflector_is_focused_at_no_offset_with_the_right_velocity_alone(folder):
    share = {name: focused_share(*central(folder, name)[:2]) for name in RATIOS}
    assert share["right"] > 1.15 * max(share["slow"], share["fast"])
    gather, half_offsets_m, depths_m = central(folder, "right")
    h, z = np.unravel_index(np.argmax(gather), gather.shape)
    assert half_offsets_m[h] == 0.0
    assert abs(depths_m[z] - REFLECTOR_M) <= GRID.spacing_m[1]


@pytest.mark.parametrize("name", RATIOS)
def test_the_event_of_a_shot_lies_where_rays_say(folder, name):
    (gather,) = read_image_gathers(folder / f"single_{name}.h5", [(1,)])
    axes = read_axes(folder / f"single_{name}.h5")
    deep, h = axes.depths_m >= 300.0, axes.half_offsets_m
    near = np.abs(h) <= 180.0
    found = ridge_m(gather[:, deep][near], axes.depths_m[deep])
    expected = [ray_depth_m(RATIOS[name], 450.0, offset) for offset in h[near]]
    np.testing.assert_allclose(found, expected, atol=12.0)


@pytest.mark.parametrize(("name", "sign"), [("slow", 1.0), ("fast", -1.0)])
def test_a_reflector_bends_down_where_the_migration_is_too_slow_and_up_where_too_fast(
    folder, name, sign
):
    gather, half_offsets_m, depths_m = central(folder, name)
    near = np.abs(half_offsets_m) <= 90.0
    ridge = ridge_m(gather[near], depths_m)
    moveout = sign * (ridge - ridge[len(ridge) // 2])
    assert (np.diff(moveout[: len(moveout) // 2 + 1]) < 0.0).all()
    assert (np.diff(moveout[len(moveout) // 2 :]) > 0.0).all()
    assert min(moveout[0], moveout[-1]) > 30.0


def test_a_shot_s_reflection_comes_at_its_angle(folder):
    path = folder / "single_right.h5"
    axes, angles = read_axes(path), np.arange(-70.0, 71.0)
    for place, x_m in enumerate(axes.points_m[0]):
        (gather,) = read_image_gathers(path, [(place,)])
        stacked = angle_gather(gather, axes.half_offsets_m, 15.0, angles)
        deep = stacked[:, axes.depths_m >= 300.0]
        found = angles[(deep**2).sum(axis=1).argmax()]
        expected = math.degrees(math.atan((x_m - 450.0) / REFLECTOR_M))
        assert abs(found - expected) <= 3.0


def test_the_receivers_illumination_is_written_where_it_is_asked_for(folder):
    path = folder / "image_single_slow.h5"
    assert "receiver_illumination" in datasets_of(path)
    assert read_image(path, "receiver_illumination").max() > 0.0
    assert "receiver_illumination" not in datasets_of(folder / "image_line_slow.h5")
