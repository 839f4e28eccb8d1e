from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from anticline.execution.driver.folders import kept, make_ready
from anticline.workflow.tasks.task import Task

TASK = Task(
    id="shots[3]",
    step="shots",
    component="trial.work",
    folder=Path("steps/shots/003"),
    inputs={},
    outputs={
        "gathers": Path("steps/shots/003/gathers.h5"),
        "report": Path("steps/shots/003/report.json"),
    },
)


@pytest.fixture
def folder(tmp_path) -> Path:
    make_ready(tmp_path, TASK, {"component": "trial.work"}, afresh=False)
    return tmp_path / TASK.folder


def fill(folder: Path) -> set[str]:
    """What an attempt leaves."""
    work = folder / "gathers.h5.work" / "shots"
    work.mkdir(parents=True)
    names = (
        "gathers.h5",
        "gathers.h5.made.json",
        "report.json",
        "ended.json",
        "log.txt",
    )
    for path in (*(folder / name for name in names), work / "000001.h5"):
        path.touch()
    (folder / "1.0").mkdir()  # of another task
    return {"case.json", "1.0"}


def test_a_folder_holds_the_case_of_its_task(folder):
    assert json.loads((folder / "case.json").read_text()) == {"component": "trial.work"}


def test_what_is_there_is_kept_unless_it_was_made_of_something_else(folder, tmp_path):
    stays = fill(folder)
    before = {path.name for path in folder.iterdir()}
    make_ready(tmp_path, TASK, {}, afresh=False)
    assert {path.name for path in folder.iterdir()} == before
    make_ready(tmp_path, TASK, {}, afresh=True)
    assert {path.name for path in folder.iterdir()} == stays


def test_an_attempt_that_keeps_more_has_got_further(folder, tmp_path):
    nothing = kept(tmp_path, TASK)
    fill(folder)
    first = kept(tmp_path, TASK)
    assert first != nothing
    assert kept(tmp_path, TASK) == first
    work = folder / "gathers.h5.work"
    (work / "failed-20261123.txt").touch()
    assert kept(tmp_path, TASK) == first  # a report of a failure is no progress
    (work / "shots" / "000002.h5").touch()
    second = kept(tmp_path, TASK)
    assert second != first
    os.utime(work / "shots" / "000001.h5", ns=(2**62, 2**62))
    assert kept(tmp_path, TASK) != second
