"""A survey that gains, loses or changes shots: only the difference is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anticline.component.registry import resolve
from anticline_solvers.formats.gathers import GatherReader, write_gathers
from anticline_solvers.formats.survey import Survey, read_survey, write_survey
from surveys import GRID, WORLD, Line, contents, drive, made_line

RANKS = pytest.mark.parallel([1, 2])
FIRST, LATER = (1, 2, 3, 4, 8, 9), (1, 3, 4, 5, 6, 8, 9)


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID, 36.0)
    WORLD.Barrier()


def choose(line: Line, shots: Sequence[int], louder: int = 0) -> None:
    """Leave some shots in the survey and in its gathers; one of them may change."""
    if WORLD.rank == 0:
        everything, path = line.folder / "all.h5", line.folder / "g.h5"
        if not everything.exists():
            path.rename(everything)
            (line.folder / "survey.h5").rename(line.folder / "all_survey.h5")
        with GatherReader(everything) as reader:
            survey = reader.survey.only(shots)
            gathers = [(s, reader.read(s) * (2 if s == louder else 1)) for s in shots]
        write_gathers(path, survey, gathers)
        whole: Survey = read_survey(line.folder / "all_survey.h5")
        write_survey(line.folder / "survey.h5", whole.only(shots))
    WORLD.Barrier()


def computed(capfd: Any) -> list[str]:
    """Tell how many shots each run had to do."""
    return re.findall(r"(\d+ of \d+) shots to do", WORLD.bcast(capfd.readouterr().err))


def remove(path: Path) -> None:
    WORLD.Barrier()
    if WORLD.rank == 0:
        path.unlink()
    WORLD.Barrier()


def stacks(work: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in work.glob("shots/stack_*.h5")}


@RANKS
def test_shots_that_come_or_go_leave_the_others_as_they_are(line, capfd):
    choose(line, FIRST)
    made = line.rtm("image.h5", keep_shots=True)
    drive(made, WORLD)
    assert computed(capfd) == ["6 of 6"]
    remove(made.outputs["image"])
    before = stacks(line.folder / "image.h5.work")
    assert before.keys() == {"stack_000001_000004.h5", "stack_000008_000009.h5"}
    WORLD.Barrier()

    choose(line, LATER)
    drive(made, WORLD)
    assert computed(capfd) == ["2 of 7"]
    after = stacks(line.folder / "image.h5.work")
    kept = "stack_000008_000009.h5"
    assert after[kept] == before[kept]

    fresh = line.rtm("fresh.h5")
    drive(fresh, WORLD)
    assert computed(capfd) == ["7 of 7"]
    assert contents(made.outputs["image"]) == contents(fresh.outputs["image"])
    assert not (line.folder / "fresh.h5.work" / "shots").exists()


@RANKS
def test_a_shot_with_other_traces_is_computed_again(line, capfd):
    choose(line, FIRST)
    made = line.rtm("image.h5", keep_shots=True)
    drive(made, WORLD)
    remove(made.outputs["image"])
    choose(line, FIRST, louder=3)
    drive(made, WORLD)
    assert computed(capfd) == ["6 of 6", "1 of 6"]
    fresh = line.rtm("fresh.h5")
    drive(fresh, WORLD)
    assert contents(made.outputs["image"]) == contents(fresh.outputs["image"])


@RANKS
def test_gathers_of_shots_that_stay_are_kept(line, capfd):
    choose(line, FIRST)
    made = line.forward("gathers.h5", keep_shots=True)
    drive(made, WORLD)
    remove(made.outputs["gathers"])
    choose(line, LATER)
    drive(made, WORLD)
    assert computed(capfd) == ["6 of 6", "2 of 7"]
    fresh = line.forward("fresh.h5")
    drive(fresh, WORLD)
    assert contents(made.outputs["gathers"]) == contents(fresh.outputs["gathers"])


@RANKS
def test_kept_shots_of_other_parameters_are_refused(line):
    choose(line, FIRST)
    made = line.forward("gathers.h5", keep_shots=True)
    drive(made, WORLD)
    remove(made.outputs["gathers"])
    changed = replace(made, parameters=made.parameters | {"absorbing_cells": 12})
    findings = resolve(changed.component.check)(changed, WORLD.size)
    assert any("another case" in str(found) for found in findings)
