"""A band of gathers is the gathers of a band."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpi4py import MPI

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader, write_gathers
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey, read_survey, write_survey
from anticline_solvers.seismic.acquisition.wavelets import check_wavelet, ricker
from anticline_solvers.seismic.components import FORWARD
from anticline_solvers.seismic.conditioning.band_pass import BandPass
from anticline_solvers.seismic.gathers.band import band_of, check, in_band
from anticline_solvers.seismic.gathers.declaration import BAND
from anticline_solvers.seismic.gathers.resampling import Resampling
from surveys import case, drive

GRID = Grid((41, 31), (10.0, 10.0), (0.0, 0.0))
PLAIN: dict[str, Any] = {
    "low_cut_hz": None,
    "high_cut_hz": None,
    "sample_interval_s": None,
}


def survey(shots: int = 1, seconds: float = 1.6) -> Survey:
    receivers = np.column_stack([np.arange(40.0, 380.0, 60.0), np.full(6, 50.0)])
    fired = tuple(
        Shot(k, np.array([103.0 + 90.0 * k, 40.0]), receivers) for k in range(shots)
    )
    n = round(seconds / 0.004) + 1
    return Survey(fired, ricker(12.0, 1 / 384), 1 / 384, 0.004, n, 12.0, 33.2)


def pulse(times: np.ndarray, hertz: float) -> np.ndarray:
    a = (np.pi * hertz * (times - 1.0)) ** 2
    return (1 - 2 * a) * np.exp(-a)


@given(
    interval=st.sampled_from([0.002, 0.0031, 0.004, 0.007, 0.0125]),
    lead=st.floats(0.0, 0.3),
)
def test_without_a_filter_traces_are_read_where_the_new_samples_are(interval, lead):
    n = int(3.0 / interval)
    moved = Resampling(BandPass(0.004), lead, 0.004, 750, interval, n)
    made = moved.apply(pulse(0.004 * np.arange(750), 8.0))
    wanted = pulse(interval * np.arange(n) - lead, 8.0)
    assert np.abs(made - wanted).max() < 1e-6


def test_the_filter_is_the_one_that_a_misfit_applies():
    traces = np.random.default_rng(1).standard_normal((3, 400))
    traces *= np.hanning(400)
    band = BandPass(0.004, (2.0, 4.0), (20.0, 30.0))
    made = Resampling(band, 0.0, 0.004, 400, 0.004, 400).apply(traces)
    assert np.abs(made - band.apply(traces)).max() < 2e-3 * np.abs(traces).max()


@pytest.mark.parametrize(
    "cuts",
    [
        {"high_cut_hz": [8.0, 14.0]},
        {"low_cut_hz": [3.0, 6.0]},
        {"low_cut_hz": [1.0, 7.0], "high_cut_hz": [10.0, 18.0]},
    ],
    ids=["low", "high", "both"],
)
def test_gathers_of_the_band_are_those_that_its_wavelet_models(tmp_path: Path, cuts):
    x, z = np.meshgrid(GRID.coordinates(0), GRID.coordinates(1), indexing="ij")
    vp = np.where(z > 150.0, 2300.0, 1500.0 + 0.3 * x)
    write_model(tmp_path / "model.h5", GRID, {"vp": vp})
    write_survey(tmp_path / "survey.h5", survey())
    modelled: dict[str, Path] = {}
    for name in ("survey", "band"):
        files = {"model": tmp_path / "model.h5", "survey": tmp_path / f"{name}.h5"}
        modelled[name] = tmp_path / f"{name}_gathers.h5"
        forward = case(FORWARD, files, {"gathers": modelled[name]}, backend="cpu")
        drive(forward, MPI.COMM_SELF)
        if name == "survey":
            outputs = {"gathers": tmp_path / "f.h5", "survey": tmp_path / "band.h5"}
            drive(
                case(BAND, {"gathers": modelled["survey"]}, outputs, **cuts),
                MPI.COMM_SELF,
            )
    with GatherReader(tmp_path / "f.h5") as one, GatherReader(modelled["band"]) as two:
        filtered, again = one.read(0), two.read(0)
        assert one.survey.n_samples == two.survey.n_samples
    assert np.linalg.norm(filtered - again) < 5e-3 * np.linalg.norm(again)


def test_the_new_wavelet_begins_at_rest_and_ends_with_the_band():
    made, lead = in_band(survey(), PLAIN | {"high_cut_hz": [8.0, 14.0]})
    assert not check_wavelet(made.wavelet, made.wavelet_interval_s)
    assert 8.0 < made.maximum_frequency_hz <= 14.0
    assert lead > 0.0
    assert made.sample_interval_s == pytest.approx(0.25 / made.maximum_frequency_hz)
    ends = (survey().n_samples - 1) * 0.004
    assert 0 <= ends - (made.n_samples - 1) * made.sample_interval_s < 0.05


def test_the_wavelet_is_late_by_the_lead_and_keeps_its_size():
    whole, cut = survey(), PLAIN | {"high_cut_hz": [40.0, 60.0]}
    made, lead = in_band(whole, cut)
    late = round(lead / whole.wavelet_interval_s)
    part = made.wavelet[late : late + whole.wavelet.size]
    assert np.abs(part - whole.wavelet[: part.size]).max() < 1e-3
    kept = band_of(cut, whole).response([0.0, 50.0, 61.0])
    assert kept.tolist() == pytest.approx([1.0, 0.5, 0.0])


def test_parts_of_a_survey_get_the_bits_of_the_whole(tmp_path: Path):
    whole, rng = survey(3), np.random.default_rng(0)
    gathers = [(k, rng.standard_normal((6, whole.n_samples))) for k in range(3)]
    write_gathers(tmp_path / "whole.h5", whole, gathers)
    write_gathers(tmp_path / "part.h5", whole.only([1]), gathers[1:2])
    for name in ("whole", "part"):
        files = {"gathers": tmp_path / f"{name}.h5"}, {"gathers": tmp_path / f"{name}b"}
        drive(case(BAND, *files, high_cut_hz=[8.0, 14.0]), MPI.COMM_SELF)
    with GatherReader(tmp_path / "wholeb") as a, GatherReader(tmp_path / "partb") as b:
        assert a.read(1).tobytes() == b.read(1).tobytes()
        assert b.shot_ids == (1,)
        assert np.array_equal(
            read_survey(tmp_path / "wholeb").wavelet, a.survey.wavelet
        )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"high_cut_hz": [14.0, 8.0]}, "two rising frequencies are needed"),
        ({"low_cut_hz": [40.0, 50.0]}, "the wavelet holds nothing above"),
        ({"high_cut_hz": [8.0, 14.0], "sample_interval_s": 0.05}, "needs at most 0.03"),
        ({"low_cut_hz": [4.0, 4.65]}, "before the wavelet begins"),
    ],
)
def test_bands_that_cannot_be_taken_are_refused(tmp_path: Path, given, text):
    whole = survey()
    write_gathers(tmp_path / "g.h5", whole, [(0, np.zeros((6, whole.n_samples)))])
    files = {"gathers": tmp_path / "g.h5"}, {"gathers": tmp_path / "band.h5"}
    findings = check(case(BAND, *files, **given), 1)
    assert text in "\n".join(finding.text for finding in findings)


def test_a_broken_wavelet_is_refused_before_it_is_filtered(tmp_path: Path):
    broken = replace(survey(), wavelet=np.zeros(50))
    write_gathers(tmp_path / "g.h5", broken, [(0, np.zeros((6, broken.n_samples)))])
    files = {"gathers": tmp_path / "g.h5"}, {"gathers": tmp_path / "band.h5"}
    (finding,) = check(case(BAND, *files, high_cut_hz=[8.0, 14.0]), 1)
    assert "zero throughout" in finding.text
