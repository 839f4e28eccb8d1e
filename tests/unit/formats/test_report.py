"""Reports: whole files that say whose result they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anticline.component import Case, Component, Image, Output, Picture, Report
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.report import (
    fingerprint_of,
    finished,
    other_cases,
    write_bytes,
    write_report,
)

JUDGE = Component(
    "test.judge",
    "judge",
    (),
    (
        Output("report", Report, "figures"),
        Output("picture", Picture, "drawn", True),
        Output("image", Image, "fields", True),
    ),
    (),
    run="tests.nothing:run",
)
GRID = Grid((3, 2), (1.0, 1.0), (0.0, 0.0))


def case_of(folder: Path, *ports: str) -> Case:
    names = {"report": "r.json", "picture": "p.png", "image": "i.h5"}
    outputs = {port: folder / names[port] for port in ports}
    return Case(JUDGE, {}, outputs, {}, folder / "case.yaml")


def told(case: Case) -> dict[str, object]:
    return {"provenance": {"fingerprint": case.fingerprint()}, "value": 1.5}


def test_a_case_is_finished_once_its_report_and_all_else_are_there(tmp_path):
    case = case_of(tmp_path, "report", "picture")
    assert not finished(case)
    write_report(case.outputs["report"], told(case))
    assert not finished(case)
    write_bytes(case.outputs["picture"], b"png")
    assert finished(case)
    assert json.loads(case.outputs["report"].read_text())["value"] == 1.5
    assert fingerprint_of(case.outputs["report"]) == case.fingerprint()
    assert not other_cases(case)


def test_an_hdf5_file_of_another_case_is_not_this_cases(tmp_path):
    case = case_of(tmp_path, "report", "image")
    write_report(case.outputs["report"], told(case))
    values = {"vp": [[1.0, 2.0]] * 3}
    write_model(case.outputs["image"], GRID, values, None, {}, "another")
    assert not finished(case)
    write_model(case.outputs["image"], GRID, values, None, {}, case.fingerprint())
    assert finished(case)


@pytest.mark.parametrize("content", [b"no json", b"[1]", b"{}", b'{"provenance": 3}'])
def test_a_report_of_nobody_is_found_and_not_taken_for_this_cases(tmp_path, content):
    case = case_of(tmp_path, "report")
    write_bytes(case.outputs["report"], content)
    assert not finished(case)
    assert fingerprint_of(case.outputs["report"]) == ""
    (finding,) = other_cases(case)
    assert "exists from another case" in finding.text
