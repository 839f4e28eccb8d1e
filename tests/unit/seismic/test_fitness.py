"""Gathers and models that cannot belong together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.fitness import (
    differences,
    shot_texts,
    silent_records,
    spread_unit,
    unfit,
    velocity_unit,
)
from anticline_solvers.seismic.gradient.component import check
from anticline_solvers.seismic.gradient.declaration import GRADIENT
from surveys import case

GRID = Grid((100, 50), (10.0, 10.0), (0.0, 0.0))
RECEIVERS = np.column_stack([np.arange(100.0, 900.0, 50.0), np.full(16, 10.0)])
SHOTS = tuple(Shot(k, np.array([60.0 * k, 10.0]), RECEIVERS) for k in (1, 2))
SURVEY = Survey(SHOTS, ricker(12.0, 1 / 384), 1 / 384, 0.004, 300, 12.0, 33.2)
TIMES = 0.004 * np.arange(300)


def arrivals(
    speed_m_s: float, hertz: float = 12.0, delay_s: float = 0.15
) -> np.ndarray:
    offsets = np.linalg.norm(RECEIVERS - SHOTS[0].source_m, axis=1)
    late = TIMES - delay_s - offsets[:, None] / speed_m_s
    return (1 - 2 * (np.pi * hertz * late) ** 2) * np.exp(
        -((np.pi * hertz * late) ** 2)
    )


@pytest.mark.parametrize(
    ("slowest", "fastest", "text"),
    [
        (1.5, 4.7, "km/s, it seems: multiply by 1000"),
        (5000.0, 21000.0, "ft/s, it seems: multiply by 0.3048"),
        (1e-9, 1e9, "bring the model to m/s"),
    ],
)
def test_velocities_of_another_unit_are_told_with_the_unit(slowest, fastest, text):
    assert text in str(velocity_unit(slowest, fastest))


@given(st.floats(100.0, 20_000.0), st.floats(100.0, 20_000.0))
def test_velocities_of_the_ground_are_no_fault(one, other):
    assert velocity_unit(min(one, other), max(one, other)) is None


def test_positions_in_kilometres_lie_in_one_cell():
    small = [
        replace(s, source_m=s.source_m / 1e3, receivers_m=RECEIVERS / 1e3)
        for s in SHOTS
    ]
    assert "multiply km by 1000" in str(spread_unit(GRID, small))
    assert spread_unit(GRID, SHOTS) is None
    alone = [Shot(1, np.array([50.0, 10.0]), np.array([[50.0, 10.0]]))]
    assert spread_unit(GRID, alone) is None


def test_a_record_that_no_wave_reaches_is_told():
    assert silent_records(SURVEY, 1500.0) == []
    quick = replace(SURVEY, sample_interval_s=0.004e-3, n_samples=300)
    (text,) = silent_records(quick, 1500.0)
    assert "shot 1 before" in text
    assert "divide ms by 1000" in text


def test_gathers_of_the_model_have_no_faults_and_silence_has_none():
    assert shot_texts(SHOTS[0], arrivals(1500.0), SURVEY, 1500.0) == []
    assert shot_texts(SHOTS[0], np.zeros((16, 300)), SURVEY, 1500.0) == []


def test_signal_before_any_wave_can_arrive_is_told():
    (text,) = shot_texts(SHOTS[0], arrivals(9000.0, delay_s=0.0), SURVEY, 1500.0)
    assert "comes before a wave of 1500 m/s can arrive" in text


def test_signal_beyond_the_wavelet_is_told():
    (text,) = shot_texts(SHOTS[0], arrivals(1500.0, 60.0), SURVEY, 1500.0)
    assert "is above 33.2 Hz, where the wavelet ends" in text


def test_a_survey_differs_from_itself_in_nothing_and_from_others_in_all():
    assert differences(SURVEY, SURVEY) == []
    moved = Shot(1, SHOTS[0].source_m + 5.0, RECEIVERS)
    other = replace(SURVEY, shots=(moved,), n_samples=299)
    texts = differences(SURVEY, other)
    assert "lacks 1 of the observed shots, the first is 2" in texts[0]
    assert "has 299 samples of 0.004 s, the observed gathers 300" in texts[1]
    assert "shot 1 has other receivers, or another source" in texts[2]


def test_the_first_thing_that_is_wrong_is_told_and_not_what_follows_from_it():
    assert list(unfit(GRID, SURVEY, 1500.0, 4000.0)) == []
    ((place, text),) = unfit(GRID, SURVEY, 1.5, 4.0)
    assert place == "model"
    assert "km/s" in text
    quick = replace(SURVEY, sample_interval_s=0.004e-3)
    assert [place for place, _ in unfit(GRID, quick, 1500.0, 4000.0)] == ["gathers"]


@pytest.mark.parametrize(
    ("scale", "traces", "text"),
    [
        (1e-3, arrivals(1500.0), "velocities from 1.5 to 1.5 m/s"),
        (1.0, arrivals(9000.0, delay_s=0.0), "can arrive"),
        (1.0, arrivals(1500.0, 60.0), "where the wavelet ends"),
        (0.2, arrivals(1500.0), "cells in the shortest wavelength"),
    ],
    ids=["unit", "time", "band", "cells"],
)
def test_a_gradient_of_gathers_that_do_not_fit_the_model_is_refused(
    tmp_path, scale, traces, text
):
    vp = np.full(GRID.shape, scale * 1500.0, np.float32)
    write_model(tmp_path / "model.h5", GRID, {"vp": vp})
    write_gathers(tmp_path / "g.h5", SURVEY, [(shot.id, traces) for shot in SHOTS])
    files = {"model": tmp_path / "model.h5", "gathers": tmp_path / "g.h5"}
    made = case(GRADIENT, files, {"gradient": tmp_path / "gradient.h5"})
    assert text in "\n".join(finding.text for finding in check(made, 1))


def test_what_a_filter_takes_away_is_no_fault(tmp_path):
    write_model(tmp_path / "model.h5", GRID, {"vp": np.full(GRID.shape, 1500.0)})
    traces = arrivals(1500.0) + 3.0 * arrivals(1500.0, 60.0)
    write_gathers(tmp_path / "g.h5", SURVEY, [(shot.id, traces) for shot in SHOTS])
    files = {"model": tmp_path / "model.h5", "gathers": tmp_path / "g.h5"}
    outputs = {"gradient": tmp_path / "gradient.h5"}
    assert check(case(GRADIENT, files, outputs), 1)
    assert not check(case(GRADIENT, files, outputs, high_cut_hz=[15.0, 30.0]), 1)
