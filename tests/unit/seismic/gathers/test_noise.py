"""Noise of a stated strength, whatever the parts and their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.formats.gathers import GatherReader, write_gathers
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.conditioning.band_pass import BandPass
from anticline_solvers.seismic.gathers.declaration import NOISE
from anticline_solvers.seismic.gathers.noise import check, white
from surveys import case, drive

RECEIVERS = np.column_stack([np.arange(0.0, 400.0, 20.0), np.full(20, 10.0)])
SURVEY = Survey(
    tuple(Shot(k, np.array([100.0 * k, 10.0]), RECEIVERS) for k in (3, 4, 9)),
    ricker(12.0, 1 / 384),
    1 / 384,
    0.004,
    300,
    12.0,
    33.2,
)


def signal(shot_id: int) -> np.ndarray:
    times = 0.004 * np.arange(300) - 0.002 * np.arange(20)[:, None] - 0.2
    a = (np.pi * 12.0 * times) ** 2
    return (shot_id * (1 - 2 * a) * np.exp(-a)).astype(np.float32)


def gathers(folder: Path, ids: tuple[int, ...] = (3, 4, 9)) -> Path:
    path = folder / f"g{'_'.join(map(str, ids))}.h5"
    write_gathers(path, SURVEY.only(ids), [(k, signal(k)) for k in ids])
    return path


def noisy(path: Path, **given: Any) -> dict[int, np.ndarray]:
    out = path.with_name(path.stem + "_noisy.h5")
    out.unlink(missing_ok=True)
    given = {"signal_to_noise_db": 10.0} | given
    drive(case(NOISE, {"gathers": path}, {"gathers": out}, **given), MPI.COMM_SELF)
    with GatherReader(out) as reader:
        return {shot_id: reader.read(shot_id) for shot_id in reader.shot_ids}


def ratio_db(shot_id: int, traces: np.ndarray, samples: slice = slice(None)) -> float:
    clean = signal(shot_id).astype(np.float64)[:, samples]
    added = traces.astype(np.float64)[:, samples] - clean
    return float(10 * np.log10((clean**2).sum() / (added**2).sum()))


@pytest.mark.parametrize("wanted", [-10.0, 0.0, 20.0])
def test_every_shot_gets_the_ratio_asked_for(tmp_path: Path, wanted: float):
    for shot_id, traces in noisy(gathers(tmp_path), signal_to_noise_db=wanted).items():
        assert ratio_db(shot_id, traces) == pytest.approx(wanted, abs=1e-3)


def test_the_ratio_is_that_of_the_window(tmp_path: Path):
    made = noisy(gathers(tmp_path), time_from_s=0.1, time_to_s=0.4)
    for shot_id, traces in made.items():
        inside = slice(25, 101)
        assert ratio_db(shot_id, traces, inside) == pytest.approx(10.0, abs=1e-3)


def test_noise_depends_on_seed_and_shot_and_not_on_parts_or_order(tmp_path: Path):
    whole = noisy(gathers(tmp_path))
    for ids in ((9,), (4, 3)):
        for shot_id, traces in noisy(gathers(tmp_path, ids)).items():
            assert traces.tobytes() == whole[shot_id].tobytes()
    other = noisy(gathers(tmp_path), seed=2)
    added = [made[3] - signal(3) for made in (whole, other)]
    likeness = (added[0] * added[1]).sum() / (added[0] ** 2).sum()
    assert abs(likeness) < 0.1


def test_noise_lies_in_its_band_and_is_as_loud_at_the_ends():
    band = BandPass(0.004, (5.0, 8.0), (20.0, 30.0))
    made = white(1, 5, (400, 300), band)
    power = (np.abs(np.fft.rfft(made * np.hanning(300), axis=1)) ** 2).mean(axis=0)
    hertz = np.fft.rfftfreq(300, 0.004)
    inside = power[(hertz > 9.0) & (hertz < 19.0)]
    assert power[(hertz < 3.5) | (hertz > 32.0)].max() < 1e-3 * inside.mean()
    assert np.ptp(inside) < 0.5 * inside.mean()
    rms = np.sqrt((made**2).mean(axis=0))
    assert rms[0] == pytest.approx(rms.mean(), rel=0.15)
    assert rms[-1] == pytest.approx(rms.mean(), rel=0.15)


def test_dead_traces_are_silent_and_the_others_keep_their_ratio(tmp_path: Path):
    made = noisy(gathers(tmp_path), dead_traces=["all:0-1", "4:7"])
    assert [np.flatnonzero(~made[k].any(axis=1)).tolist() for k in (3, 4, 9)] == [
        [0, 1],
        [0, 1, 7],
        [0, 1],
    ]
    clean = signal(9).astype(np.float64)[2:]
    added = made[9][2:] - clean
    ratio = 10 * np.log10((clean**2).sum() / (added**2).sum())
    assert ratio == pytest.approx(10.0, abs=1e-3)


def test_a_part_is_told_of_dead_traces_of_the_whole_survey(tmp_path: Path):
    given = {"dead_traces": ["4:7", "9:3"]}
    whole = noisy(gathers(tmp_path), **given)
    part = noisy(gathers(tmp_path, (9,)), **given)
    assert part[9].tobytes() == whole[9].tobytes()
    assert not part[9][3].any()


def test_a_shot_without_signal_is_named(tmp_path: Path):
    path = gathers(tmp_path)
    given = {"dead_traces": ["4:0-19"]}
    with pytest.raises(BadInput, match="shot 4: no signal in the window"):
        noisy(path, **given)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"high_cut_hz": [30.0, 200.0]}, "carries 125 Hz"),
        ({"time_from_s": 0.5, "time_to_s": 0.4}, "the window holds no sample"),
        ({"dead_traces": ["5:1", "4:20"]}, "'4:20': receivers run from 0 to 19"),
        ({"dead_traces": ["four:1"]}, "SHOT:RECEIVER"),
    ],
)
def test_noise_that_makes_no_sense_is_refused(tmp_path: Path, given, text):
    out = tmp_path / "n.h5"
    made = case(NOISE, {"gathers": gathers(tmp_path)}, {"gathers": out}, **given)
    made.parameters["signal_to_noise_db"] = 10.0
    assert text in "\n".join(finding.text for finding in check(made, 1))
