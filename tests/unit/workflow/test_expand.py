"""A workflow's tasks: stable ids and folders, and who reads what of whom."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.component import Registry
from anticline.errors import BadInput
from anticline.workflow.graph import Follow, Grid, Step, Workflow
from anticline.workflow.tasks.expand import LoopProgress, case_document, expand
from anticline.workflow.tasks.places import folder_of, step_of, task_of
from anticline.workflow.tasks.task import Product, Task
from anticline.workflow.tasks.tree import reduce_up
from unit.workflow.conftest import INVERSION, SURVEY, document

SLOW = pytest.mark.slow


def tasks_of(
    text: str, registry: Registry, **progress: LoopProgress
) -> dict[str, Task]:
    tasks = expand(document(text).workflow, registry, progress)
    assert len({task.id for task in tasks}) == len(tasks)
    assert len({task.folder for task in tasks}) == len(tasks)
    return {task.id: task for task in tasks}


def test_a_survey_is_these_tasks(registry: Registry) -> None:
    tasks = tasks_of(SURVEY, registry)
    shots = [f"shots[{k}]" for k in range(10)]
    images = [f"image[{k}]" for k in range(10)]
    nodes = ["stack[1.0]", "stack[1.1]", "stack[1.2]"]
    assert sorted(tasks) == sorted(
        ["model", "smooth", *shots, *images, *nodes, "stack"]
    )
    assert tasks["shots[7]"].parameters == {"part": 7}
    assert tasks["shots[7]"].folder == Path("steps/shots/007")
    assert tasks["image[7]"].after == ("smooth", "shots[7]")
    assert tasks["stack[1.1]"].after == tuple(images[4:8])
    assert tasks["stack[1.2]"].after == tuple(images[8:])
    assert tasks["stack"].after == tuple(nodes)
    assert tasks["stack"].outputs == {"image": Path("steps/stack/image.h5")}
    assert tasks["stack[1.0]"].folder == Path("steps/stack/1.0")
    assert {tasks[node].step for node in nodes} == {"stack"}


def test_a_loop_gives_its_iterations_one_by_one(registry: Registry) -> None:
    first = tasks_of(INVERSION, registry)
    third = tasks_of(INVERSION, registry, invert=LoopProgress(3))
    ended = tasks_of(INVERSION, registry, invert=LoopProgress(3, ended=True))
    assert "invert(1)/update" in first
    assert "invert(2)/update" not in first
    assert "smooth" not in third
    assert set(first) < set(third) < set(ended)
    update = third["invert(3)/update"]
    assert update.step == "invert/update"
    assert update.folder == Path("steps/invert/003/update")
    assert update.inputs["model"] == Product(
        "invert(2)/update", "model", Path("steps/invert/002/update/model.h5")
    )
    gathers = update.inputs["gathers"]
    assert isinstance(gathers, tuple)
    assert [part.task for part in gathers if isinstance(part, Product)] == [
        *(f"observed[{k}]" for k in range(3)),
        *(f"invert(3)/shots[{k}]" for k in range(3)),
    ]
    assert first["invert(1)/shots[2]"].after == ("model",)
    assert ended["smooth"].after == ("invert(3)/update",)


def test_what_reads_a_step_that_waits_for_a_loop_waits_too(registry: Registry) -> None:
    text = INVERSION + "  again:\n    component: trial.smooth\n"
    text += "    inputs: {model: smooth.model}\n    parameters: {length_m: 1}\n"
    assert "again" not in tasks_of(text, registry)
    assert "again" in tasks_of(text, registry, invert=LoopProgress(1, ended=True))


@pytest.mark.parametrize("text", [SURVEY, INVERSION])
def test_a_task_comes_after_those_that_it_reads(text: str, registry: Registry) -> None:
    done: set[str] = set()
    for task in expand(
        document(text).workflow, registry, {"invert": LoopProgress(3, ended=True)}
    ):
        assert done.issuperset(task.after)
        done.add(task.id)


@pytest.mark.parametrize("text", [SURVEY, INVERSION])
def test_id_folder_and_step_tell_one_another(text: str, registry: Registry) -> None:
    for task in tasks_of(text, registry, invert=LoopProgress(2, ended=True)).values():
        assert folder_of(task.id) == task.folder
        assert task_of(task.folder) == task.id
        assert step_of(task.id) == task.step


def test_a_grid_is_every_combination_the_last_name_fastest(registry: Registry) -> None:
    text = SURVEY.replace("{part: 0..9}", "{part: [3, 1], frequency_hz: [8 Hz, 10]}")
    tasks = tasks_of(text, registry)
    points = [tasks[f"shots[{k}]"].parameters for k in range(4)]
    assert points == [
        {"part": 3, "frequency_hz": "8 Hz"},
        {"part": 3, "frequency_hz": 10},
        {"part": 1, "frequency_hz": "8 Hz"},
        {"part": 1, "frequency_hz": 10},
    ]


def test_steps_that_follow_the_same_one_are_aligned(registry: Registry) -> None:
    text = SURVEY + (
        "  again:\n    component: trial.image\n    scatter: image\n"
        "    inputs: {model: smooth.model, gathers: shots.gathers}\n"
        "  each:\n    component: trial.list\n    scatter: shots\n"
        "    inputs: {images: [image.image, again.image]}\n"
    )
    tasks = tasks_of(text, registry)
    assert tasks["again[3]"].after == ("smooth", "shots[3]")
    assert tasks["each[3]"].after == ("image[3]", "again[3]")


def test_a_scattered_step_reduces_as_a_tree_for_each_element(
    registry: Registry,
) -> None:
    stack = Step(
        "stack",
        "trial.stack",
        inputs={"images": Step("image", "")["image"]},
        scatter=Follow("other"),
        fan_in=2,
    )
    steps = dict(document(SURVEY).workflow.steps)
    other = Step("other", "trial.model", scatter=Grid({"seed": (1, 2)}))
    tasks = expand(Workflow("w", {**steps, "other": other, "stack": stack}), registry)
    named = {task.id: task for task in tasks}
    assert named["stack[1][1.4]"].folder == Path("steps/stack/001/1.4")
    assert folder_of("stack[1][1.4]") == Path("steps/stack/001/1.4")
    assert named["stack[1]"].after == ("stack[1][3.0]", "stack[1][1.4]")


def test_only_outputs_that_are_read_or_asked_for_are_written(
    registry: Registry,
) -> None:
    asked = "component: trial.smooth\n    outputs: [report]"
    plain, more = SURVEY, SURVEY.replace("component: trial.smooth", asked)
    assert list(tasks_of(plain, registry)["smooth"].outputs) == ["model"]
    assert tasks_of(more, registry)["smooth"].outputs == {
        "model": Path("steps/smooth/model.h5"),
        "report": Path("steps/smooth/report.json"),
    }


def test_a_case_names_files_from_its_own_folder(
    registry: Registry, tmp_path: Path
) -> None:
    text = SURVEY.replace("model: smooth.model,", "model: ./given.h5,")
    tasks = tasks_of(text, registry)
    assert case_document(tasks["image[3]"], tmp_path) == {
        "component": "trial.image",
        "inputs": {
            "model": "/nowhere/given.h5",
            "gathers": "../../shots/003/gathers.h5",
        },
        "outputs": {"image": "image.h5"},
        "parameters": {},
    }
    node = case_document(tasks["stack[1.2]"], tmp_path)
    assert node["inputs"]["images"] == [
        "../../image/008/image.h5",
        "../../image/009/image.h5",
    ]


@given(count=st.integers(1, 300), fan_in=st.integers(2, 9))
def test_a_tree_takes_every_element_once_in_order(count: int, fan_in: int) -> None:
    """Its shape depends on the number of elements alone: nothing else is given."""
    seen: dict[tuple[int, int], tuple[tuple[int, ...], ...]] = {}

    def node(
        level: int, place: int, items: tuple[tuple[int, ...], ...]
    ) -> tuple[int, ...]:
        assert 2 <= len(items) <= fan_in
        assert (level, place) not in seen
        seen[level, place] = items
        return sum(items, ())

    left = reduce_up(tuple((k,) for k in range(count)), fan_in, node)
    assert len(left) <= fan_in
    assert sum(left, ()) == tuple(range(count))
    assert all(one <= other for one, other in pairwise([level for level, _ in seen]))


@pytest.mark.parametrize(
    ("shots", "least"), [(9_400, 19_900), pytest.param(47_000, 99_000, marks=SLOW)]
)
def test_tasks_are_many_and_small(registry: Registry, shots: int, least: int) -> None:
    text = SURVEY.replace("0..9", f"0..{shots - 1}").replace("fan_in: 4", "fan_in: 9")
    tasks = expand(document(text).workflow, registry)
    assert len(tasks) > least
    task = next(task for task in tasks if task.id == f"image[{shots - 1}]")
    assert len(pickle.dumps(task)) < 1500
    assert pickle.loads(pickle.dumps(task)) == task


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("trial.image", "trial.imago", "step 'image': unknown component 'trial.imago'"),
        ("model: model.model", "model: stack.image", "steps need each other: "),
        ("smooth.model", "smooth.modle", "'smooth.modle' is no output of a step"),
        ("scatter: shots", "scatter: model", "step 'image' follows 'model', which is"),
    ],
)
def test_what_cannot_be_expanded_is_refused(
    registry: Registry, old: str, new: str, words: str
) -> None:
    with pytest.raises(BadInput, match="^" + words.replace(".", r"\.")):
        expand(document(SURVEY.replace(old, new)).workflow, registry)
