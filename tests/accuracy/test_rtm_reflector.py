"""A flat reflector is imaged at its depth, with its sign, and without backscatter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case, Component, RunContext
from anticline.component.declare import REQUIRED
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.image import read_image
from anticline_solvers.formats.model import write_model
from anticline_solvers.models.components import REFLECTIVITY
from anticline_solvers.seismic.components import COMPARE, FORWARD, RTM, SURVEY

GRID = Grid((121, 91), (10.0, 10.0), (0.0, 0.0))
REFLECTOR = 55  # first cell of the faster rock
BOUNDARY_M = 545.0
PEAK_HZ, WATER_M_S, ROCK_M_S = 12.0, 1500.0, 2100.0
WAVELENGTH_M = WATER_M_S / PEAK_HZ


def drive(component: Component, inputs: Any, output: Path, **given: Any) -> Path:
    known = {
        p.name: None if p.default is REQUIRED else p.default
        for p in component.parameters
    }
    outputs = {component.outputs[0].name: output}
    case = Case(component, inputs, outputs, known | given, Path("case.yaml"))
    assert not resolve(component.check)(case, 1)
    resolve(component.run)(case, RunContext.open(case, MPI.COMM_SELF))
    return output


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with models of either sign, background, survey and gathers."""
    folder = tmp_path_factory.mktemp("reflector")
    for name, rock in (("rise", ROCK_M_S), ("fall", 1280.0), ("none", WATER_M_S)):
        velocity = np.full(GRID.shape, WATER_M_S, np.float32)
        velocity[:, REFLECTOR:] = rock
        write_model(folder / f"{name}.h5", GRID, {"vp": velocity})
    drive(
        SURVEY,
        {"model": folder / "none.h5"},
        folder / "survey.h5",
        peak_frequency_hz=PEAK_HZ,
        sample_interval_s=0.004,
        duration_s=1.2,
        source_first_m=200.0,
        source_last_m=1000.0,
        source_interval_m=200.0,
        receiver_first_m=0.0,
        receiver_last_m=1200.0,
        receiver_interval_m=20.0,
    )
    for name in ("rise", "fall"):
        files = {"model": folder / f"{name}.h5", "survey": folder / "survey.h5"}
        drive(FORWARD, files, folder / f"{name}_gathers.h5", space_order=8)
    return folder


def migrated(folder: Path, name: str, model: str = "none", **given: Any) -> np.ndarray:
    files = {"model": folder / f"{model}.h5", "gathers": folder / f"{name}_gathers.h5"}
    label = "_".join([name, model, *(str(v) for v in given.values())])
    return read_image(drive(RTM, files, folder / f"image_{label}.h5", **given))


@pytest.mark.parametrize(
    "condition", ["cross_correlation", "inverse_scattering", "laplacian"]
)
@pytest.mark.parametrize(("name", "sign"), [("rise", 1.0), ("fall", -1.0)])
def test_a_reflector_is_imaged_at_its_depth_with_its_sign(
    survey, condition, name, sign
):
    image = migrated(survey, name, condition=condition)
    for x in range(30, 91, 15):
        column = sign * image[x, 20:]
        peak_m = 10.0 * (20 + np.argmax(column))
        assert abs(peak_m - BOUNDARY_M) < WAVELENGTH_M / 16
        assert column.max() > 1.4 * -column.min()


def test_both_conditions_free_of_low_wavenumbers_give_one_image(survey):
    inside = (slice(20, -20), slice(20, -10))
    scattering = migrated(survey, "rise", condition="inverse_scattering")[inside]
    laplacian = migrated(survey, "rise", condition="laplacian")[inside]
    difference = np.linalg.norm(scattering - laplacian)
    assert difference < 0.01 * np.linalg.norm(laplacian)


def low_wavenumber_share(image: np.ndarray) -> float:
    """Energy above the reflector at depth wavenumbers below half of 2 / wavelength."""
    above = image[20:-20, 10 : REFLECTOR - 12]
    padded = np.fft.rfft(above, 256, axis=1)
    wavenumber = np.fft.rfftfreq(256, 10.0)
    low = np.abs(padded[:, wavenumber < 1.0 / WAVELENGTH_M]) ** 2
    reflector = image[20:-20, REFLECTOR - 8 : REFLECTOR + 8]
    return float(low.sum() / 256 / (reflector.astype(np.float64) ** 2).sum())


def test_inverse_scattering_suppresses_the_backscatter_of_a_sharp_model(survey):
    correlation, scattering = (
        low_wavenumber_share(
            migrated(survey, "rise", "rise", condition=condition, normalise=False)
        )
        for condition in ("cross_correlation", "inverse_scattering")
    )
    assert scattering < 0.01 * correlation


def test_a_normalised_image_is_the_stack_over_its_illumination(survey):
    plain = migrated(survey, "rise", normalise=False)
    normal = migrated(survey, "rise", normalise=True)
    light = read_image(survey / "image_rise_none_True.h5", "illumination")
    floor = 0.01 * light.mean(dtype=np.float64)
    assert light.min() >= 0.0
    np.testing.assert_allclose(normal * (light + floor), plain, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("direct_wave", ["mute", "subtract"])
def test_the_direct_wave_does_not_reach_the_image(survey, direct_wave):
    def shallow(image: np.ndarray) -> float:
        return float(np.abs(image[20:-20, 12:30]).max() / np.abs(image[:, 50:60]).max())

    kept = migrated(survey, "rise", direct_wave="none", normalise=False)
    removed = migrated(survey, "rise", direct_wave=direct_wave, normalise=False)
    assert shallow(removed) < 0.2 * shallow(kept)


def test_an_image_is_silent_above_its_mute(survey):
    image = migrated(survey, "rise", mute_depth_m=300.0, mute_taper_m=100.0)
    plain = migrated(survey, "rise")
    assert not image[:, :31].any()
    np.testing.assert_array_equal(image[:, 41:], plain[:, 41:])


def test_the_water_is_silent_down_to_its_bottom(survey):
    image = migrated(survey, "rise", "rise", water_velocity_m_s=1510.0)
    assert not image[:, : REFLECTOR + 1].any()
    assert image[:, REFLECTOR + 2 :].any()


@pytest.mark.parametrize("condition", ["cross_correlation", "inverse_scattering"])
def test_an_image_correlates_with_the_reflectivity_in_its_band(survey, condition):
    migrated(survey, "rise", condition=condition)
    image = survey / f"image_rise_none_{condition}.h5"
    reference = survey / f"reflectivity_{condition}.h5"
    drive(REFLECTIVITY, {"model": survey / "rise.h5"}, reference, peak_frequency_hz=12)
    report = drive(
        COMPARE,
        {"image": image, "reference": reference},
        survey / f"report_{condition}.json",
        top_m=400.0,
        side_m=300.0,
        shift_m=30.0,
    )
    found = json.loads(report.read_text())
    assert found["correlation"] > 0.9
    assert found["best_shift_m"] == 0.0
