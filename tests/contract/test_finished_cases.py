"""A case that is finished is not started again; one whose inputs changed is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES = {
    "first": "component: trial.keep\noutputs: {report: first.json}\n",
    "second": "component: trial.keep\ninputs: {data: first.json}\n"
    "outputs: {report: second.json}\n",
}


@pytest.fixture
def cases(tmp_path: Path) -> list[str]:
    for name, text in CASES.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return [f"{name}.yaml" for name in CASES]


def run(trial: Any, folder: Path, *arguments: str) -> list[str]:
    done = trial.anticline("run", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    lines: list[str] = done.stderr.splitlines()
    return lines


def test_finished_cases_are_told_and_not_started(
    trial: Any, cases: list[str], tmp_path: Path
) -> None:
    assert run(trial, tmp_path, *cases) == [
        "first.yaml: trial.keep, ranks: 1",
        "keeping",
        "second.yaml: trial.keep, ranks: 1",
        "keeping",
    ]
    made = [(tmp_path / f"{name}.json").read_bytes() for name in CASES]
    finished = [f"{name}.yaml: trial.keep is finished" for name in CASES]
    assert run(trial, tmp_path, *cases) == finished
    assert run(trial, tmp_path, cases[0]) == finished[:1]
    assert run(trial, tmp_path, "--quiet", *cases) == []
    assert [(tmp_path / f"{name}.json").read_bytes() for name in CASES] == made


def test_what_follows_a_changed_case_is_started_too(
    trial: Any, cases: list[str], tmp_path: Path
) -> None:
    run(trial, tmp_path, *cases)
    before = json.loads((tmp_path / "second.json").read_text())["inputs"]
    (tmp_path / cases[0]).write_text(CASES["first"] + "parameters: {count: 2}\n")
    said = run(trial, tmp_path, *cases)
    assert said[::2] == [f"{name}.yaml: trial.keep, ranks: 1" for name in CASES]
    assert json.loads((tmp_path / "second.json").read_text())["inputs"] != before


def test_quiet_shows_only_what_goes_wrong(
    trial: Any, cases: list[str], tmp_path: Path
) -> None:
    (tmp_path / "wrong.yaml").write_text(
        "component: trial.refuse\noutputs: {report: r.json}\n"
    )
    done = trial.anticline("run", "-q", cases[0], "wrong.yaml", cwd=tmp_path)
    assert done.returncode == 65
    assert done.stderr == "gathers.h5  do not fit the geometry\n"
    assert (tmp_path / "first.json").exists()


def test_two_cases_that_write_one_file_are_told_before_anything_runs(
    trial: Any, cases: list[str], tmp_path: Path
) -> None:
    twin = "component: trial.keep\noutputs:\n  report: ./first.json\n"
    (tmp_path / "twin.yaml").write_text(twin)
    done = trial.anticline("run", *cases, "twin.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (65, "")
    assert done.stderr == (
        "twin.yaml:3  output 'report': first.json is also output 'report' of "
        "first.yaml; name another\n"
    )
    assert not (tmp_path / "first.json").exists()


def test_check_says_in_json_what_is_finished_and_what_is_wrong(
    trial: Any, cases: list[str], tmp_path: Path
) -> None:
    run(trial, tmp_path, cases[0])
    (tmp_path / "wrong.yaml").write_text("component: trial.keep\nfolder: 3\n")
    done = trial.anticline("check", "--json", *cases, "wrong.yaml", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert (done.returncode, said["format"]) == (65, "anticline-check/1")
    assert [case["finished"] for case in said["cases"]] == [True, False, False]
    assert [finding["line"] for finding in said["findings"]] == [1, 2]


def test_a_component_that_cannot_tell_is_named(trial: Any, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "component: trial.puzzle\noutputs: {report: r.json}\n"
    )
    (tmp_path / "r.json").touch()
    done = trial.anticline("run", "case.yaml", cwd=tmp_path)
    assert done.returncode == 70
    assert done.stderr.startswith(
        "anticline: case.yaml: the test for finished results of trial.puzzle "
    )
