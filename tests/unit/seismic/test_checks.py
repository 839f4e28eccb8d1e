from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from anticline.component import Case, Component
from anticline.component.declare import REQUIRED
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.image import write_image
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey, write_survey
from anticline_solvers.seismic import compare, forward, rtm
from anticline_solvers.seismic.acquisition import survey
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker
from anticline_solvers.seismic.components import COMPARE, FORWARD, RTM, SURVEY

EAST = [100.0, 0.0]
GRID = Grid((40, 30), (10.0, 10.0), (0.0, 0.0))


def case(component: Component, inputs: Any, outputs: Any, **given: Any) -> Case:
    known = {
        p.name: None if p.default is REQUIRED else p.default
        for p in component.parameters
    }
    lines = {f"parameters.{name}": 7 for name in known}
    lines |= {f"inputs.{name}": 3 for name in inputs}
    lines |= {f"outputs.{name}": 5 for name in outputs}
    return Case(component, inputs, outputs, known | given, Path("case.yaml"), {**lines})


def recording(peak_hz: float = 12.0, interval_s: float = 0.004) -> Survey:
    wavelet = ricker(peak_hz, 0.001)
    receivers = np.column_stack([np.arange(0.0, 391.0, 30.0), np.full(14, 20.0)])
    shots = tuple(Shot(n, np.array([100.0 * n, 10.0]), receivers) for n in range(1, 4))
    top = maximum_frequency(wavelet, 0.001)
    return Survey(shots, wavelet, 0.001, interval_s, 100, peak_hz, top)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = recording()
    write_model(tmp_path / "m.h5", GRID, {"vp": np.full(GRID.shape, 1500.0)})
    write_survey(tmp_path / "s.h5", made)
    traces = np.zeros((14, 100), np.float32)
    write_gathers(tmp_path / "g.h5", made, [(n, traces) for n in made.shot_ids])
    return tmp_path


def modelling(folder: Path, **given: Any) -> Case:
    files = {"model": folder / "m.h5", "survey": folder / "s.h5"}
    return case(FORWARD, files, {"gathers": folder / "out.h5"}, **given)


def migration(folder: Path, **given: Any) -> Case:
    files = {"model": folder / "m.h5", "gathers": folder / "g.h5"}
    return case(RTM, files, {"image": folder / "out.h5"}, **given)


def texts(findings: list[Any]) -> str:
    return "\n".join(str(finding) for finding in findings)


def test_a_sound_case_has_no_finding(folder):
    assert not forward.check(modelling(folder), 2)
    assert not rtm.check(migration(folder), 2)


def test_every_fault_of_a_case_is_found_at_once(folder):
    velocity = np.full(GRID.shape, 1500.0, np.float32)
    velocity[3, 4], velocity[5, 6] = np.nan, -1.0
    write_model(folder / "m.h5", GRID, {"vp": velocity})
    made = recording()
    stray = replace(
        made,
        shots=(
            Shot(1, np.array([-5.0, 10.0]), made.shots[0].receivers_m),
            Shot(2, np.array([50.0, 10.0]), made.shots[0].receivers_m + np.array(EAST)),
        ),
    )
    write_survey(folder / "s.h5", stray)
    (folder / "out.h5").write_text("something else")
    case = modelling(folder, ranks_per_shot=100, time_step_s=0.01)
    found = texts(forward.check(case, 100))
    for part in (
        "not finite",
        "zero or negative",
        "sources of shot 1 lie outside",
        "receivers of shot 2 lie outside",
        "out.h5: exists",
        "100 ranks cannot share",
        "time step 0.01 s",
    ):
        assert part in found


def test_a_time_step_above_the_limit_is_refused_with_the_admissible_one(folder):
    (finding,) = forward.check(modelling(folder, time_step_s=0.01), 1)
    assert "time step 0.01 s" in finding.text
    assert "use 0.00" in finding.text
    assert finding.line == 7


def test_a_grid_too_coarse_for_the_wavelet_is_refused(folder):
    write_survey(folder / "s.h5", recording(peak_hz=30.0))
    assert "cells in the shortest wavelength" in texts(
        forward.check(modelling(folder), 1)
    )


def test_a_sample_interval_too_long_for_the_wavelet_is_refused(folder):
    write_survey(folder / "s.h5", recording(interval_s=0.02))
    assert "sample interval 0.02 s" in texts(forward.check(modelling(folder), 1))


def test_a_survey_of_other_dimensions_than_the_model_is_refused(folder):
    cube = Grid((20, 20, 20), (10.0, 10.0, 10.0), (0.0, 0.0, 0.0))
    write_model(folder / "m.h5", cube, {"vp": np.full(cube.shape, 1500.0)})
    found = texts(forward.check(modelling(folder), 1))
    assert "model has 3 axes and the survey 2" in found


def test_an_aperture_narrower_than_the_stencil_is_refused(folder):
    receivers = np.array([[100.0, 10.0]])
    narrow = replace(recording(), shots=(Shot(1, receivers[0], receivers),))
    write_survey(folder / "s.h5", narrow)
    found = texts(forward.check(modelling(folder, aperture_m=20.0), 1))
    assert "widen aperture_m" in found


def test_an_imaging_interval_above_the_nyquist_interval_is_refused(folder):
    top = recording().maximum_frequency_hz
    assert not rtm.check(migration(folder, imaging_interval_s=0.499 / top), 1)
    (finding,) = rtm.check(migration(folder, imaging_interval_s=0.51 / top), 1)
    assert "imaging interval" in finding.text
    assert f"at most {0.5 / top:.4g} s" in finding.text


def test_gathers_that_do_not_fit_their_geometry_are_refused(folder):
    with h5py.File(folder / "g.h5", "r+") as file:
        del file["shots/000002"]
        file["shots/000002"] = np.zeros((13, 100), np.float32)
        del file["shots/000003"]
    found = texts(rtm.check(migration(folder), 1))
    assert "shot 2: traces (13, 100)" in found
    assert "shot 3" in found


def test_a_memory_budget_below_one_state_and_snapshot_is_refused(folder):
    (finding,) = rtm.check(migration(folder, memory_budget=1000.0), 1)
    assert "raise the memory budget" in finding.text
    assert not rtm.check(migration(folder, memory_budget=1e6), 1)


def test_a_disk_that_is_too_full_is_found_before(folder, monkeypatch):
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda path: Full)
    assert " free; " in texts(forward.check(modelling(folder), 1))
    assert " free; " in texts(rtm.check(migration(folder), 1))


def test_an_unreadable_file_does_not_hide_the_other_faults(folder):
    (folder / "s.h5").write_text("no survey")
    (folder / "out.h5").write_text("something else")
    found = texts(forward.check(modelling(folder), 1))
    assert "s.h5  is not an HDF5 file" in found
    assert "out.h5: exists" in found


def test_a_survey_with_too_few_numbers_names_each(folder):
    lengths = {"sample_interval_s": 0.004, "duration_s": 1.0}
    made = case(
        SURVEY, {}, {"survey": folder / "new.h5"}, peak_frequency_hz=10.0, **lengths
    )
    found = texts(survey.check(made, 1))
    for name in ("source_first_m", "source_last_m", "receiver_interval_m"):
        assert f"'{name}' is missing" in found


def test_images_on_different_grids_are_not_compared(folder):
    other = Grid((40, 31), (10.0, 10.0), (0.0, 0.0))
    for name, grid in (("a", GRID), ("b", other)):
        write_image(folder / f"{name}.h5", grid, {"image": np.ones(grid.shape)})
    files = {"image": folder / "a.h5", "reference": folder / "b.h5"}
    made = case(COMPARE, files, {"report": folder / "r.json"})
    (finding,) = compare.check(made, 1)
    assert "one grid" in finding.text


def test_a_source_or_receiver_on_the_free_surface_is_refused(folder):
    made = recording()
    shallow = np.array([100.0, 0.0])
    raised = made.shots[1].receivers_m * np.array([1.0, 0.0])
    shots = (
        replace(made.shots[0], source_m=shallow),
        replace(made.shots[1], receivers_m=raised),
        made.shots[2],
    )
    write_survey(folder / "s.h5", replace(made, shots=shots))
    assert not forward.check(modelling(folder), 1)
    (finding,) = forward.check(modelling(folder, free_surface=True), 1)
    assert "shots 1, 2 lie on the free surface" in finding.text


def test_a_result_is_the_same_case_however_its_work_is_shared(folder):
    plain = migration(folder).fingerprint()
    assert migration(folder, ranks_per_shot=3, memory_budget=1e6).fingerprint() == plain
    assert migration(folder, space_order=6).fingerprint() != plain


def test_traces_that_are_not_finite_are_found_shot_by_shot(folder):
    with h5py.File(folder / "g.h5", "r+") as file:
        file["shots/000001"][4, 50] = np.nan
        file["shots/000003"][[2, 7], 0] = np.inf
    found = texts(rtm.check(migration(folder), 1))
    assert "shot 1: 1 of 14 traces" in found
    assert "first is trace 4" in found
    assert "shot 3: 2 of 14 traces" in found
    assert "shot 2" not in found


@pytest.mark.parametrize("check", ["forward", "rtm"])
def test_a_wavelet_that_is_not_finite_is_refused(folder, check):
    made = recording()
    made.wavelet[3] = np.nan
    write_survey(folder / "s.h5", made)
    traces = np.zeros((14, 100), np.float32)
    write_gathers(folder / "g.h5", made, [(n, traces) for n in made.shot_ids])
    found = (
        forward.check(modelling(folder), 1)
        if check == "forward"
        else rtm.check(migration(folder), 1)
    )
    assert "needs finite samples" in texts(found)
    assert found[0].line == 3


def test_a_survey_without_a_band_is_refused(folder):
    write_survey(folder / "s.h5", replace(recording(), maximum_frequency_hz=0.0))
    (finding,) = forward.check(modelling(folder), 1)
    assert "maximum_frequency_hz is 0; it must be positive" in finding.text


def test_bad_gathers_do_not_hide_bad_parameters(folder):
    with h5py.File(folder / "g.h5", "r+") as file:
        del file["shots/000002"]
        file["shots/000001"][0, 0] = np.nan
    bad = migration(folder, time_step_s=0.01, imaging_interval_s=1.0, memory_budget=9.0)
    found = texts(rtm.check(bad, 1))
    for part in (
        "shot 2 of its survey has no traces",
        "shot 1: 1 of 14 traces",
        "time step 0.01 s",
        "imaging interval 1 s",
        "raise the memory budget",
    ):
        assert part in found


def test_a_finding_stands_at_the_line_of_what_causes_it(folder):
    write_survey(folder / "s.h5", recording(peak_hz=30.0, interval_s=0.02))
    (folder / "out.h5").write_text("something else")
    found = {
        finding.text.split(" ")[0]: finding
        for finding in forward.check(modelling(folder, time_step_s=0.01), 1)
    }
    assert found["time"].line == 7
    assert found["sample"].line == 3
    (coarse,) = (f for f in found.values() if "cells in the shortest" in f.text)
    assert coarse.line == 3
    (there,) = (f for f in found.values() if "exists" in f.text)
    assert (there.file, there.line) == ("case.yaml", 5)


def test_a_full_disk_is_a_finding_on_the_output(folder, monkeypatch):
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda path: Full)
    (finding,) = rtm.check(migration(folder), 1)
    assert finding.line == 5
    assert "out.h5" in finding.text


def test_wavefields_larger_than_the_free_memory_are_refused(folder, monkeypatch):
    place = "anticline_solvers.seismic.capacity.free_bytes"
    monkeypatch.setattr(place, lambda: 10**5)
    for found in (
        forward.check(modelling(folder), 1),
        rtm.check(migration(folder, memory_budget=1e6), 1),
    ):
        (finding,) = found
        assert "40 x 30 cells takes" in finding.text
        assert "are free here" in finding.text
    monkeypatch.setattr(place, lambda: 10**6)
    assert not forward.check(modelling(folder), 1)


def test_more_ranks_a_shot_than_there_are_is_refused(folder):
    assert not forward.check(modelling(folder, ranks_per_shot=2), 2)
    for made in (modelling(folder, ranks_per_shot=3),):
        (finding,) = forward.check(made, 2)
        assert "3 ranks are asked for, the run has 2" in finding.text
        assert finding.line == 7


def test_an_image_is_no_velocity_model(folder):
    write_image(folder / "m.h5", GRID, {"image": np.ones(GRID.shape)})
    (finding,) = forward.check(modelling(folder), 1)
    assert finding.file == str(folder / "m.h5")
    assert "is anticline-image/1; needed is anticline-model/1" in finding.text
    assert "needed is anticline-model/1" in texts(rtm.check(migration(folder), 1))


def test_sources_and_receivers_that_make_no_line_are_found_on_their_own_lines(folder):
    numbers = {
        f"{role}_{end}_m": value
        for role in ("source", "receiver")
        for end, value in (("first", 100.0), ("last", 0.0), ("interval", 10.0))
    }
    made = case(
        SURVEY,
        {},
        {"survey": folder / "new.h5"},
        peak_frequency_hz=10.0,
        sample_interval_s=0.004,
        duration_s=0.5,
        **numbers,
    )
    made.lines["parameters.source_interval_m"] = 21
    made.lines["parameters.receiver_interval_m"] = 22
    found = survey.check(made, 1)
    assert [(f.line, f.text.split(":")[0]) for f in found] == [
        (21, "source"),
        (22, "receiver"),
    ]
    made.parameters["source_last_m"] = None
    found = survey.check(made, 1)
    assert "'source_last_m' is missing" in found[0].text
    assert found[1].line == 22


def test_a_survey_takes_no_image_for_its_model(folder):
    write_image(folder / "m.h5", GRID, {"image": np.ones(GRID.shape)})
    numbers = {
        f"{role}_{end}_m": value
        for role in ("source", "receiver")
        for end, value in (("first", 0.0), ("last", 100.0), ("interval", 10.0))
    }
    made = case(
        SURVEY,
        {"model": folder / "m.h5"},
        {"survey": folder / "new.h5"},
        peak_frequency_hz=10.0,
        sample_interval_s=0.004,
        duration_s=0.5,
        **numbers,
    )
    (finding,) = survey.check(made, 1)
    assert "is anticline-image/1; needed is anticline-model/1" in finding.text


def test_a_faulty_line_does_not_hide_that_the_others_lie_outside_the_model(folder):
    numbers = {
        f"{role}_{end}_m": value
        for role in ("source", "receiver")
        for end, value in (("first", 0.0), ("last", 100.0), ("interval", 10.0))
    }
    made = case(
        SURVEY,
        {"model": folder / "m.h5"},
        {"survey": folder / "new.h5"},
        peak_frequency_hz=10.0,
        sample_interval_s=0.004,
        duration_s=0.5,
        **numbers | {"receiver_last_m": -50.0, "source_depth_m": 900.0},
    )
    found = texts(survey.check(made, 1))
    assert "receiver: first 0 m, last -50 m" in found
    assert "11 sources lie outside the model" in found
    given = {"source_last_m": -50.0, "receiver_depth_m": 900.0, "spread": "rolling"}
    made.parameters.update(numbers | given)
    found = texts(survey.check(made, 1))
    assert "source: first 0 m, last -50 m" in found
    assert "11 receivers lie outside the model" in found
    made.parameters.update(receiver_depth_m=20.0, receiver_first_m=-4000.0)
    assert "outside" not in texts(survey.check(made, 1))
