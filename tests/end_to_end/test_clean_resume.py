"""A run of real components is watched, reported on, cleaned and gone on with."""

from __future__ import annotations

import subprocess
import sys

import pytest

from anticline.events.runs import look
from end_to_end.workflow_runs import DONE, Run

SMALL = {
    "dimensions": 2, "extent_m": [800, 400], "spacing_m": 20, "water_depth_m": 100,
}  # fmt: skip


def smoothed(length_m: int) -> dict[str, object]:
    """A model, smoothed, and smoothed once more."""
    smooth = {"component": "seismic.smooth", "parameters": {"correlation_length_m": 60}}
    last = {"component": "seismic.smooth", "inputs": {"model": "smooth.model"}}
    return {
        "workflow": "smoothed",
        "steps": {
            "model": {"component": "models.anticline", "parameters": SMALL},
            "smooth": smooth | {"inputs": {"model": "model.model"}},
            "smoother": last | {"parameters": {"correlation_length_m": length_m}},
        },
    }


def anticline(run: Run, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anticline.cli", *arguments],
        env=run.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("cleaned"), smoothed(100))
    assert run.finish() == DONE, run.told
    return run


def test_a_real_run_can_be_watched_and_reported_on(run):
    watched = anticline(run, "watch", str(run.path))
    assert watched.returncode == 0
    assert "3 of 3 tasks done" in watched.stdout
    reported = anticline(run, "report", str(run.path))
    assert reported.stdout.strip() == str(run.path / "report.html")
    page = (run.path / "report.html").read_text()
    assert page.count("data:image/png") == 3  # the result, and an example of the others
    assert "correlation_length_m" in page


def test_what_was_cleaned_is_made_again_once_somebody_needs_it_and_not_before(run):
    cleaned = anticline(run, "clean", str(run.path))
    assert cleaned.returncode == 0
    steps = [line.split()[0] for line in cleaned.stdout.splitlines()]
    assert steps[:3] == ["model", "smooth", "Parsl"]
    outputs = {path.parent.name for path in run.path.rglob("*.h5")}
    assert outputs == {"smoother"}

    assert run.resume() == DONE
    assert "0 tasks done, 3 were done before" in run.told[-1]
    assert {path.parent.name for path in run.path.rglob("*.h5")} == {"smoother"}

    run.workflow = smoothed(140)
    run.write()
    assert run.resume() == DONE, run.told
    assert "3 tasks done" in run.told[-1]
    sight = look(run.path)
    assert sight.word == "done"
    assert [len(task.attempts) for task in sight.state.tasks.values()] == [2, 2, 2]
