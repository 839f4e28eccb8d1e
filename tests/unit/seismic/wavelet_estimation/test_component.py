"""The source wavelet of gathers that were modelled with another one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case
from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader, write_gathers
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import (
    Shot,
    Survey,
    read_survey,
    write_survey,
)
from anticline_solvers.seismic.acquisition.wavelets import (
    maximum_frequency,
    ormsby,
    read_wavelet,
    ricker,
)
from anticline_solvers.seismic.components import FORWARD, NOISE
from anticline_solvers.seismic.wavelet_estimation.component import check
from anticline_solvers.seismic.wavelet_estimation.declaration import WAVELET
from surveys import case, drive

GRID = Grid((41, 31), (10.0, 10.0), (0.0, 0.0))
FINE = 1 / 384
TRUE = np.concatenate([np.zeros(12), 2.0 * ormsby((2.0, 7.0, 14.0, 26.0), FINE)])


def survey(wavelet: np.ndarray) -> Survey:
    receivers = np.column_stack([np.arange(30.0, 390.0, 30.0), np.full(12, 50.0)])
    shots = tuple(Shot(k, np.array([110.0 * k, 40.0]), receivers) for k in (1, 2, 3))
    top = maximum_frequency(wavelet, FINE)
    return Survey(shots, wavelet, FINE, 0.004, 376, 12.0, top)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gathers of the true wavelet, and of a Ricker; a model with three layers."""
    made = tmp_path_factory.mktemp("gathers")
    z = np.broadcast_to(GRID.coordinates(1), GRID.shape)
    vp = np.select([z < 120.0, z < 200.0], [1500.0, 1900.0], 2400.0)
    write_model(made / "model.h5", GRID, {"vp": vp})
    for name, wavelet in (("true", TRUE), ("first", ricker(12.0, FINE))):
        write_survey(made / f"{name}.survey.h5", survey(wavelet))
        files = {"model": made / "model.h5", "survey": made / f"{name}.survey.h5"}
        drive(case(FORWARD, files, {"gathers": made / f"{name}.h5"}), MPI.COMM_SELF)
    return made


def estimating(
    out: Path, observed: list[Path], predicted: list[Path], **given: Any
) -> Case:
    names = {
        "survey": "survey.h5",
        "report": "report.json",
        "wavelet": "wavelet.txt",
        "gathers": "gathers.h5",
        "picture": "picture.png",
    }
    outputs = {port: out / name for port, name in names.items()}
    made = case(WAVELET, {}, outputs, **given)
    lists = {"gathers": tuple(observed), "modelled": tuple(predicted)}
    return replace(made, lists=lists)


def apart(made: Survey) -> float:
    """Relative difference from the true wavelet, from 3 to 24 Hz."""
    n = 8192
    hertz = np.fft.rfftfreq(n, FINE)
    band = (hertz > 3.0) & (hertz < 24.0)
    found, true = (np.fft.rfft(w, n)[band] for w in (made.wavelet, TRUE))
    return float(np.linalg.norm(found - true) / np.linalg.norm(true))


def test_the_true_wavelet_is_found_and_all_that_goes_with_it(folder, tmp_path):
    made = estimating(tmp_path, [folder / "true.h5"], [folder / "first.h5"])
    made.parameters["longest_lag_s"] = 0.5
    drive(made, MPI.COMM_SELF)
    found = read_survey(made.outputs["survey"])
    assert apart(found) < 0.02
    report = json.loads(made.outputs["report"].read_text())
    assert report["residual_after"] < 0.02 < 0.5 < report["residual_before"]
    assert report["cut_share"] < 1e-3
    assert report["traces"] == 36
    assert all(abs(shot["factor"] - 1.0) < 0.01 for shot in report["shots"])
    again, interval = read_wavelet(made.outputs["wavelet"])
    assert np.array_equal(again, found.wavelet)
    assert interval == pytest.approx(FINE)
    with GatherReader(made.outputs["gathers"]) as new:
        with GatherReader(folder / "true.h5") as old:
            assert new.read(2).tobytes() == old.read(2).tobytes()
        assert np.array_equal(new.survey.wavelet, found.wavelet)
    assert made.outputs["picture"].read_bytes().startswith(b"\x89PNG")
    assert not check(made, 1)


def test_noise_and_dead_traces_leave_the_wavelet_as_it_is(folder, tmp_path):
    noisy = tmp_path / "noisy.h5"
    given = {"signal_to_noise_db": 10.0, "dead_traces": ["all:2", "3:5-6"]}
    files = {"gathers": folder / "true.h5"}, {"gathers": noisy}
    drive(case(NOISE, *files, **given), MPI.COMM_SELF)
    made = estimating(tmp_path, [noisy], [folder / "first.h5"], longest_lag_s=0.4)
    with pytest.raises(BadInput, match="every sample is zero"):
        drive(made, MPI.COMM_SELF)
    made.parameters["bad_traces"] = "leave_out"
    drive(made, MPI.COMM_SELF)
    assert apart(read_survey(made.outputs["survey"])) < 0.06
    report = json.loads(made.outputs["report"].read_text())
    assert report["traces"] == 36 - 5
    assert report["residual_after"] < 1.1 * 10**-0.5


def test_parts_of_both_surveys_give_what_the_whole_gives(folder, tmp_path):
    halves: dict[str, list[Path]] = {"true": [], "first": []}
    for name, files in halves.items():
        with GatherReader(folder / f"{name}.h5") as reader:
            for ids in ((2, 3), (1,)):
                path = tmp_path / f"{name}{ids[0]}.h5"
                shots = [(k, reader.read(k)) for k in ids]
                write_gathers(path, reader.survey.only(ids), shots)
                files.append(path)
    found = []
    for pair in (halves.values(), ([folder / "true.h5"], [folder / "first.h5"])):
        out = tmp_path / str(len(found))
        out.mkdir()
        made = estimating(out, *map(list, pair))
        drive(made, MPI.COMM_SELF)
        found.append(read_survey(made.outputs["survey"]))
    assert found[0].shot_ids == (1, 2, 3)
    assert found[0].wavelet.tobytes() == found[1].wavelet.tobytes()


def test_gathers_that_do_not_belong_together_are_refused(folder, tmp_path):
    with GatherReader(folder / "first.h5") as reader:
        short = replace(reader.survey, n_samples=300)
        shots = [(k, reader.read(k)[:, :300]) for k in (1, 2)]
        write_gathers(tmp_path / "short.h5", short.only([1, 2]), shots)
    made = estimating(tmp_path, [folder / "true.h5"], [tmp_path / "short.h5"])
    texts = "\n".join(finding.text for finding in check(made, 1))
    assert "lacks 1 of the observed shots, the first is 3" in texts
    assert "has 300 samples of 0.004 s, the observed gathers 376" in texts
    both = [folder / "true.h5", folder / "first.h5"]
    texts = "\n".join(
        finding.text for finding in check(estimating(tmp_path, both, both[:1]), 1)
    )
    assert "has another wavelet than the first" in texts
    assert "shot 1 is in" in texts


def test_numbers_that_make_no_wavelet_are_refused(folder, tmp_path):
    files = [folder / "true.h5"], [folder / "first.h5"]
    given = {"longest_lag_s": 0.9, "length_s": 0.03, "taper_s": 0.02}
    texts = "\n".join(f.text for f in check(estimating(tmp_path, *files, **given), 1))
    assert "lags longer than half the record, 0.752 s" in texts
    assert "hold two tapers of 0.02 s" in texts
    texts = [f.text for f in check(estimating(tmp_path, *files, time_from_s=9.0), 1)]
    assert "the record ends at 1.5 s" in texts[0]
