"""The component: its report, pictures and page, and what it refuses."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from mpi4py import MPI

from anticline.component import Case, RunContext
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.image import write_image
from anticline_solvers.formats.image_gathers import GatherAxes, write_image_gathers
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.qc.component import FIGURES, NEEDS
from anticline_solvers.seismic.qc.declaration import QC

LINE = Grid((41, 30), (10.0, 10.0), (0.0, 0.0))
VOLUME = Grid((21, 11, 30), (20.0, 20.0, 10.0), (0.0, 0.0, 0.0))
DELAY_S = 0.012


def survey_on(grid: Grid, shots: int = 3) -> Survey:
    x = np.arange(0.0, 400.0, 40.0)
    lines = [x, np.zeros_like(x)]
    if grid.ndim == 3:
        lines = [np.tile(x, 2), np.repeat([40.0, 120.0], x.size), np.zeros(2 * x.size)]
    receivers = np.column_stack(lines)
    sources = (
        np.r_[100.0 * i, np.full(grid.ndim - 2, 80.0), 5.0] for i in range(shots)
    )
    fired = tuple(Shot(i, at, receivers) for i, at in enumerate(sources, start=1))
    return Survey(fired, ricker(20.0, 0.002), 0.002, 0.004, 150, 20.0, 60.0)


def traces(survey: Survey, delay_s: float) -> list[tuple[int, np.ndarray]]:
    times = 0.004 * np.arange(survey.n_samples) - 0.2 - delay_s
    phase = (np.pi * 20.0 * times) ** 2
    pulse = ((1 - 2 * phase) * np.exp(-phase)).astype(np.float32)
    return [(s.id, np.tile(pulse, (len(s.receivers_m), 1))) for s in survey.shots]


@pytest.fixture(params=[LINE, VOLUME], ids=["line", "volume"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    grid, rng = request.param, np.random.default_rng(1)
    survey = survey_on(grid)
    write_gathers(tmp_path / "gathers.h5", survey, traces(survey, 0.0))
    write_gathers(tmp_path / "modelled.h5", survey, traces(survey, DELAY_S))
    image = rng.standard_normal(grid.shape)
    lights = {"illumination": image**2, "receiver_illumination": image**2 + 1.0}
    write_image(tmp_path / "image.h5", grid, {"image": image, **lights})
    points = tuple(
        np.array([100.0, 200.0, 300.0][: 4 - a]) for a in range(grid.ndim - 1)
    )
    axes = GatherAxes(grid, points, "x", np.arange(-40.0, 41.0, 10.0))
    values = rng.standard_normal(axes.shape).astype(np.float32)
    write_image_gathers(tmp_path / "image_gathers.h5", axes, values)
    return tmp_path


def case(folder: Path, *inputs: str, **given: object) -> Case:
    named = {name: folder / f"{name}.h5" for name in ("gathers", *inputs)}
    outputs = {
        out.name: folder / f"qc_{out.name}{out.type.suffix}"
        for out in QC.outputs
        if NEEDS.get(out.name, "gathers") in named
    }
    known = {"bin_m": None, "max_shift_s": None}
    return Case(QC, named, outputs, known | given, folder / "case.yaml")


EVERYTHING = ("modelled", "image", "image_gathers")


def test_every_number_and_picture_of_a_survey_is_made_and_stands_on_one_page(folder):
    made = case(folder, *EVERYTHING)
    assert not resolve(QC.check)(made, 1)
    assert not resolve(QC.finished)(made)
    resolve(QC.run)(made, RunContext.open(made, MPI.COMM_SELF))
    report = json.loads(made.outputs["report"].read_text())
    assert report["residuals"]["all"]["time_shift_s"] == pytest.approx(
        DELAY_S, abs=1e-4
    )
    assert report["spectra"]["gathers"]["peak_hz"] == pytest.approx(20.0, rel=1e-2)
    traces_there = sum(shot["traces"] for shot in report["residuals"]["shots"])
    assert report["fold"]["traces"] == traces_there
    assert 0.0 < report["image_gathers"]["half_offset_rms_m"] < 40.0
    assert set(report["image"]) >= {"illumination", "receiver_illumination"}
    page = made.outputs["page"].read_text()
    embedded = re.findall(r'id="(\w+)"><img [^>]*base64,([^"]+)"', page)
    assert [name for name, _ in embedded] == list(FIGURES)
    for name, text in embedded:
        assert b64decode(text) == made.outputs[name].read_bytes()
        assert imread(BytesIO(b64decode(text))).shape[1] > 800
    assert "http" not in page
    assert resolve(QC.finished)(made)


def test_gathers_alone_have_fold_and_spectra(folder):
    made = case(folder)
    resolve(QC.run)(made, RunContext.open(made, MPI.COMM_SELF))
    report = json.loads(made.outputs["report"].read_text())
    assert set(report) == {"format", "shots", "fold", "spectra", "provenance"}
    assert made.outputs["fold"].exists()
    assert "residuals" not in made.outputs
    made.outputs["residuals"] = folder / "residuals.png"
    (finding,) = resolve(QC.check)(made, 1)
    assert "needs the input 'modelled'" in finding.text


def test_what_cannot_be_compared_is_refused_with_its_reason(tmp_path):
    survey = survey_on(LINE)
    write_gathers(tmp_path / "gathers.h5", survey, traces(survey, 0.0))
    fewer = survey_on(LINE, shots=2)
    moved = survey.shots[1].receivers_m + 0.5
    shots = (survey.shots[0], Shot(2, survey.shots[1].source_m, moved), survey.shots[2])
    finer = (0.002, 300)
    for other, said in (
        (fewer, "lacks 1 of the observed shots, the first is 3"),
        (replaced(survey, shots=shots), "shot 2 has other receivers"),
        (
            replaced(survey, sample_interval_s=finer[0], n_samples=finer[1]),
            "has 300 samples of 0.002 s, the observed gathers 150 samples of 0.004 s",
        ),
    ):
        write_gathers(tmp_path / "modelled.h5", other, traces(other, 0.0))
        (finding,) = resolve(QC.check)(case(tmp_path, "modelled"), 1)
        assert said in finding.text
    (finding,) = resolve(QC.check)(case(tmp_path, bin_m=[10.0, 10.0]), 1)
    assert "needs 1 width(s)" in finding.text
    (finding,) = resolve(QC.check)(case(tmp_path, "image"), 1)
    assert "does not exist" in finding.text


def test_an_image_without_illumination_has_none_to_draw(tmp_path):
    survey = survey_on(LINE)
    write_gathers(tmp_path / "gathers.h5", survey, traces(survey, 0.0))
    write_image(tmp_path / "image.h5", LINE, {"image": np.ones(LINE.shape)})
    made = case(tmp_path, "image")
    (finding,) = resolve(QC.check)(made, 1)
    assert "no illumination" in finding.text
    del made.outputs["illumination"]
    assert not resolve(QC.check)(made, 1)


def replaced(survey: Survey, **changed: object) -> Survey:
    return Survey(**{**survey.__dict__, **changed})


def test_a_report_of_another_case_is_left_alone(tmp_path):
    survey = survey_on(LINE)
    write_gathers(tmp_path / "gathers.h5", survey, traces(survey, 0.0))
    made = case(tmp_path)
    resolve(QC.run)(made, RunContext.open(made, MPI.COMM_SELF))
    assert not resolve(QC.check)(made, 1)
    (finding,) = resolve(QC.check)(case(tmp_path, bin_m=[40.0]), 1)
    assert "exists" in finding.text
