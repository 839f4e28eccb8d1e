"""Rendered batch scripts, submitted to a real Slurm, with no Python driver alive."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from anticline import operations
from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader
from anticline_solvers.formats.model import write_model
from end_to_end.local_slurm import LOCAL, slurm, wait_for

GRID = Grid((121, 61), (10.0, 10.0), (0.0, 0.0))
SURVEY = {
    "peak_frequency_hz": 12,
    "sample_interval_s": 0.004,
    "duration_s": 1.2,
    "source_first_m": 100,
    "source_last_m": 1100,
    "source_interval_m": 20,
    "receiver_first_m": 0,
    "receiver_last_m": 1200,
    "receiver_interval_m": 20,
}
CASES = {
    "survey": ({"model": "model.h5"}, {"survey": "survey.h5"}, SURVEY),
    "forward": (
        {"model": "model.h5", "survey": "survey.h5"},
        {"gathers": "gathers.h5"},
        {},
    ),
}


def write_cases(folder: Path) -> list[Path]:
    velocity = np.full(GRID.shape, 2000.0, np.float32)
    velocity[:, 30:] = 2600.0
    write_model(folder / "model.h5", GRID, {"vp": velocity}, None, {}, "made by hand")
    paths = []
    for name, (inputs, outputs, parameters) in CASES.items():
        content = {
            "component": f"seismic.{name}",
            "inputs": inputs,
            "outputs": outputs,
            "parameters": parameters,
        }
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(json.dumps(content))
    return paths


def gathers(path: Path) -> dict[int, np.ndarray]:
    with GatherReader(path) as reader:
        return {shot.id: reader.read(shot.id) for shot in reader.survey.shots}


@pytest.mark.slow
def test_a_job_that_is_signalled_goes_back_to_its_queue_and_loses_nothing(
    slurm_folder, tmp_path
):
    job, here = tmp_path / "job", tmp_path / "here"
    for folder in (job, here):
        folder.mkdir()
    scripts = operations.render(
        write_cases(job), LOCAL, job / "scripts", queues=["graviton"], ranks=2
    )

    def ask(*command: str) -> str:
        return slurm(slurm_folder, *command, cwd=job)

    ask(str(scripts[-1]))
    number = ask("squeue", "-h", "-n", "forward", "-o", "%i").strip()
    work = job / "gathers.h5.work"
    wait_for(lambda: list(work.rglob("*.h5")))  # some shots are done
    ask("scancel", "--signal=USR1", "--batch", number)
    state = ("squeue", "-h", "-j", number, "-o", "%T %r")
    wait_for(lambda: ask(*state).strip() == "PENDING BeginTime")
    assert not (job / "gathers.h5").exists()
    wait_for(lambda: (job / "gathers.h5").exists())  # Slurm waits two minutes first
    account = ("sacct", "-X", "-D", "-n", "-P", "-j", number, "-o", "partition,state")
    expected = ["graviton|REQUEUED", "graviton|COMPLETED"]
    wait_for(lambda: ask(*account).split() == expected)
    log = (job / "scripts" / "logs" / f"forward-{number}.log").read_text()
    assert "stopped early" in log

    assert operations.run(write_cases(here)) == 0
    undisturbed, found = gathers(here / "gathers.h5"), gathers(job / "gathers.h5")
    assert undisturbed.keys() == found.keys()
    assert all((undisturbed[shot] == found[shot]).all() for shot in found)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"queue": "grvaiton"}, "did you mean 'graviton'"),
        ({"queue": "x86", "ranks": 9}, "9 ranks need 5 of them"),
        ({"queue": "x86", "threads": 3}, "has nodes of 2 cores"),
    ],
)
def test_what_no_node_can_hold_is_found_before_anything_is_written(
    tmp_path, options, text
):
    settings = {"ranks": 2, "threads": None, **options}
    queue = settings.pop("queue")
    with pytest.raises(BadInput, match=text):
        operations.render(
            write_cases(tmp_path), LOCAL, tmp_path / "out", queues=[queue], **settings
        )
    assert not (tmp_path / "out").exists()


def test_a_file_that_was_not_rendered_is_not_written_over(tmp_path):
    own = tmp_path / "out" / "submit.sh"
    own.parent.mkdir()
    own.write_text("mine")
    with pytest.raises(BadInput, match="was not rendered"):
        operations.render(write_cases(tmp_path)[:1], LOCAL, own.parent, queues=["x86"])
    assert own.read_text() == "mine"
