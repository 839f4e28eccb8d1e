"""`anticline survey describe` tells what a file holds and what is odd in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from anticline.errors import BadInput
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.segy.binary import Stated
from anticline_solvers.formats.survey import Shot, Survey, write_survey
from anticline_solvers.segy.command import app
from anticline_solvers.segy.description import describe
from anticline_solvers.segy.fold import fold_of
from anticline_solvers.seismic.acquisition.wavelets import ricker
from fuzz.segy_files import Made, line, shot_headers


def _described(tmp_path: Path, made: Made, **stated: Any) -> dict[str, Any]:
    path = tmp_path / "a.sgy"
    path.write_bytes(made.bytes())
    return describe(path, Stated(**stated)).facts


def test_geometry_and_sampling_are_told(tmp_path: Path) -> None:
    facts = _described(tmp_path, line(2, 3, order="<"))
    assert facts["findings"] == []
    assert facts["notes"] == []
    assert facts["layout"]["byte_order"] == "little-endian"
    assert facts["sampling"]["duration_s"] == pytest.approx(0.076)
    geometry = facts["geometry"]
    assert (geometry["shots"], geometry["traces_per_shot"]) == (2, [3, 3])
    assert geometry["receivers"] == 3
    assert geometry["offset_m"] == [0.0, 100.0]
    assert geometry["azimuth_deg"] == 90.0
    assert geometry["source_easting_m"] == [0.0, 100.0]
    assert geometry["receiver_depth_m"] == [7.0, 7.0]


def test_dead_twin_and_odd_traces_are_found(tmp_path: Path) -> None:
    made = line(2, 4)
    made.samples[3] = 0.0
    made.headers[5] = dict(made.headers[4])
    made.headers[6] |= {71: ("h", -10)}
    made.headers[7] |= {69: ("h", 3), 29: ("h", 9)}
    told = "\n".join(_described(tmp_path, made)["findings"])
    assert "1 of 8 traces are dead (every sample zero), the first is trace 4" in told
    assert "1 traces have record, source and receiver of another one" in told
    assert "the first is trace 6" in told
    assert "coordinate scalars differ from trace to trace: -10, 1; each is used" in told
    assert "1 traces have the elevation scalar 3 (byte 69), which is no power" in told
    assert "1 traces have the identification code 9" in told


def test_coordinates_that_are_zero_are_found(tmp_path: Path) -> None:
    headers = shot_headers(2, 3)
    for header in headers:
        header |= {81: ("i", 0), 73: ("i", 0)}
    told = _described(tmp_path, line(2, 3, headers=headers))["findings"]
    assert "the source coordinates of all traces are zero" in told
    assert "the receiver coordinates of all traces are zero" in told


def test_a_file_cut_short_is_described_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "a.sgy"
    path.write_bytes(line(2, 3).bytes()[:-7])
    facts = describe(path).facts
    assert facts["layout"]["traces"] == 5
    assert "cut short at trace 6" in facts["findings"][0]


def test_samples_that_are_no_numbers_are_found(tmp_path: Path) -> None:
    made = line(2, 3)
    made.samples[2, 3] = np.nan
    told = "\n".join(_described(tmp_path, made)["findings"])
    assert "trace 3: sample 4 (byte " in told


def test_what_is_stated_is_no_finding(tmp_path: Path) -> None:
    made = line(2, 3, binary={3221: ("H", 99)})
    assert _described(tmp_path, made)["findings"]
    assert _described(tmp_path, made, n_samples=20)["findings"] == []


def test_the_fold_counts_every_midpoint_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sgy"
    path.write_bytes(line(5, 11, n=4, headers=shot_headers(5, 11)).bytes())
    found = describe(path)
    fold = fold_of(found.pieces(), found.extents, 5.0, 90.0)
    assert fold.counts.sum() == 55
    middle = np.add.outer(100 * np.arange(5), 10 * np.arange(11)).ravel() / 2
    _, counts = np.unique(middle, return_counts=True)
    assert sorted(fold.counts[fold.counts > 0].tolist()) == sorted(counts.tolist())


def test_surveys_of_our_own_are_described_on_the_map(tmp_path: Path) -> None:
    receivers = np.column_stack([np.arange(0.0, 101.0, 25.0), np.full(5, 12.0)])
    shots = tuple(Shot(k, np.array([50.0 * k, 6.0]), receivers) for k in (1, 2))
    frame = Frame(1000.0, 2000.0, 0.0)
    survey = Survey(shots, ricker(8, 0.004), 0.004, 0.004, 50, 8.0, 22.0, frame)
    write_survey(tmp_path / "s.h5", survey)
    facts = describe(tmp_path / "s.h5").facts
    geometry = facts["geometry"]
    assert facts["kind"] == "anticline-survey/1"
    assert geometry["source_northing_m"] == [2050.0, 2100.0]
    assert geometry["receiver_easting_m"] == [1000.0, 1000.0]
    assert geometry["azimuth_deg"] == 0.0
    assert geometry["receivers"] == 5


def test_the_command_prints_text_and_json_and_draws_the_fold(tmp_path: Path) -> None:
    path = tmp_path / "a.sgy"
    path.write_bytes(line(2, 3).bytes())
    shown = CliRunner().invoke(app, ["describe", str(path), "--out", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    assert "  azimuth_deg: 90\n" in shown.output
    assert (tmp_path / "a_fold.png").read_bytes().startswith(b"\x89PNG")
    plain = CliRunner().invoke(app, ["describe", str(path), "--json"])
    assert json.loads(plain.output)["format"] == "anticline-survey-description/1"


def test_the_fold_of_an_area_is_a_map(tmp_path: Path) -> None:
    headers = [
        header | {85: ("i", 40 * (k % 4))}
        for k, header in enumerate(shot_headers(3, 8))
    ]
    path = tmp_path / "a.sgy"
    path.write_bytes(line(3, 8, headers=headers).bytes())
    arguments = ["describe", str(path), "--out", str(tmp_path), "--bin-m", "10"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (tmp_path / "a_fold.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--byte-order", "middle"], "is not big or little"),
        (["--header", "source_x"], "is no FIELD=BYTE"),
        (["--header", "source_x=239"], "lie in 1 to 240"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    tmp_path: Path, option: list[str], words: str
) -> None:
    path = tmp_path / "a.sgy"
    path.write_bytes(line(2, 3).bytes())
    result = CliRunner().invoke(app, ["describe", str(path), *option])
    assert isinstance(result.exception, BadInput)
    assert words in str(result.exception)


def test_a_file_that_is_no_survey_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        describe(tmp_path / "none")
    (tmp_path / "text").write_text("hello " * 1000)
    with pytest.raises(BadInput, match="it is no SEG-Y file"):
        describe(tmp_path / "text")
