"""The surveys of configs/workflows, made small: the image of the plain cases."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from mpi4py import MPI

from anticline.component import Case, Registry, load_case
from anticline.workflow.document.reading import read_workflow
from anticline.workflow.tasks.expand import case_document, expand
from anticline.workflow.tasks.task import CASE, Task
from anticline_solvers.formats.image import read_image, read_shots
from anticline_solvers.seismic.components import FORWARD, RTM
from end_to_end.local_slurm import LOCAL
from end_to_end.workflow_runs import DONE, Run
from surveys import case, contents, drive

WORKFLOWS = Path("configs/workflows").resolve()
PARTS = 3
SMALL = {
    "model": {"extent_m": [1500, 500], "spacing_m": 12.5, "water_depth_m": 100},
    "survey": {
        "peak_frequency_hz": 9,
        "duration_s": 0.5,
        "source_first_m": 100,
        "source_last_m": 1400,
        "source_interval_m": 200,
        "source_depth_m": 12.5,
        "receiver_last_m": 1500,
        "receiver_interval_m": 50,
        "receiver_depth_m": 12.5,
    },
    "shots": {"parts": PARTS},
    "compare": {"top_m": 100, "side_m": 100, "window_m": 200},
}


def small(name: str) -> dict[str, Any]:
    """Give a workflow of the project on a small model, in a few parts."""
    document = YAML(typ="safe").load((WORKFLOWS / f"{name}.yaml").read_text())
    for step, values in document["steps"].items():
        if step in SMALL and step in document["steps"]:
            values["parameters"] |= SMALL[step]
    document["steps"]["shots"]["scatter"] = {"part": list(range(PARTS))}
    document["steps"]["stack"]["fan_in"] = 2
    return dict(document)


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The survey over the anticline, run by the engine on this machine."""
    run = Run(tmp_path_factory.mktemp("laptop"), small("anticline_2d"))
    assert run.finish() == DONE, run.told
    return run


def image_of(run: Path) -> Path:
    return run / "steps/stack/image.h5"


def plain(run: Path, out: Path) -> Path:
    """Model and migrate all shots in one case each, from the models of a run."""
    steps = run / "steps"
    shots = json.loads((steps / "shots/000" / CASE).read_text())["parameters"]
    given = {k: v for k, v in shots.items() if k not in ("part", "parts")}
    files = {"model": steps / "model/model.h5", "survey": steps / "survey/survey.h5"}
    drive(case(FORWARD, files, {"gathers": out / "gathers.h5"}, **given), MPI.COMM_SELF)
    task = load_case(steps / "image/000" / CASE, Registry.discover())
    files = {"model": steps / "smooth/model.h5", "gathers": out / "gathers.h5"}
    whole = replace(task, inputs=files, outputs={"image": out / "image.h5"})
    assert whole.component == RTM
    drive(whole, MPI.COMM_SELF)
    return out / "image.h5"


def test_the_image_of_a_workflow_is_that_of_the_plain_cases(laptop, tmp_path):
    made, expected = image_of(laptop.path), plain(laptop.path, tmp_path)
    assert read_shots(made) == read_shots(expected) == tuple(range(1, 8))
    for name in ("image", "illumination"):
        one, other = (read_image(p, name).astype(float) for p in (made, expected))
        assert np.linalg.norm(one - other) < 1e-6 * np.linalg.norm(other)
    report = json.loads((laptop.path / "steps/compare/report.json").read_text())
    assert 0.0 < report["correlation"] <= 1.0
    assert (laptop.path / "steps/compare/picture.png").exists()


def shuffled(tasks: tuple[Task, ...], seed: int) -> list[Task]:
    """Give the tasks in another order in which each is after those it reads."""
    left, done, order = list(tasks), set[str](), list[Task]()
    chance = random.Random(seed)
    while left:
        task = chance.choice([t for t in left if done.issuperset(t.after)])
        left.remove(task)
        done.add(task.id)
        order.append(task)
    return order


def cases_of(workflow: Path, run: Path, seed: int) -> Iterator[Case]:
    """Write the cases of a workflow's tasks; give them one by one, in some order."""
    registry = Registry.discover()
    tasks = expand(read_workflow(workflow).workflow, registry)
    for task in shuffled(tasks, seed):
        path = run / task.folder / CASE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case_document(task, run)))
        yield load_case(path, registry)


def test_the_image_has_the_same_bits_in_any_order_of_the_tasks(laptop, tmp_path):
    for made in cases_of(laptop.folder / "workflow.yaml", tmp_path, seed=5):
        drive(made, MPI.COMM_SELF)
    assert contents(image_of(tmp_path)) == contents(image_of(laptop.path))


@pytest.mark.slow
def test_the_image_has_the_same_bits_on_queues_of_slurm(laptop, slurm_folder, tmp_path):
    run = Run(tmp_path, small("anticline_2d"), slurm_folder, LOCAL)
    assert run.finish() == DONE, run.told
    assert contents(image_of(run.path)) == contents(image_of(laptop.path))
    used = {e.facts["queue"] for e in run.events("ended") if "image[" in (e.task or "")}
    assert used <= {"graviton", "gpu"}
