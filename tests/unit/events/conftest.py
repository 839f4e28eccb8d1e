"""Folders of imagined runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulated_run import simulate, survey, tasks_of, write_run

FAILS = {"image[3]": ["diverged"], "shots[5]": ["lost"], "shots[7]": ["failed"]}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that is done."""
    return write_run(tmp_path / "run", simulate(survey(8)), tasks_of(survey(8)))


@pytest.fixture
def failed_run(tmp_path: Path) -> Path:
    """A run in which a task failed for good and two were made again."""
    events = simulate(survey(8), fails=FAILS)
    return write_run(tmp_path / "failed", events, tasks_of(survey(8)))


@pytest.fixture
def jobs_run(tmp_path: Path) -> Path:
    """What batch scripts without a driver leave of the same run."""
    events = simulate(survey(8), fails=FAILS)
    return write_run(tmp_path / "jobs", events, tasks_of(survey(8)), log=False)
