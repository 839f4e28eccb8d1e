"""In which jobs tasks are submitted, and what each waits for."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from anticline.execution.batch.chain import SAME, Submission, chain
from anticline.execution.batch.submit import dependency
from anticline.workflow.tasks.task import Product, Task


def task(name: str, number: int | None, reads: tuple[str, ...]) -> Task:
    folder = Path("steps") / name
    place = "" if number is None else f"[{number}]"
    products = tuple(Product(other, "out", Path(other)) for other in reads)
    return Task(
        id=name + place,
        step=name,
        component="a.b",
        folder=folder if number is None else folder / f"{number:03d}",
        inputs={"in": products},
        outputs={},
    )


def scattered(name: str, count: int, *reads: str) -> list[Task]:
    """Elements that read what is named; "{k}" stands for their own number."""
    return [
        task(name, k, tuple(one.format(k=k) for one in reads)) for k in range(count)
    ]


@st.composite
def workflows(draw) -> list[Task]:
    tasks: list[Task] = []
    sizes: dict[str, int | None] = {}
    for name in "abcdef"[: draw(st.integers(1, 6))]:
        size = draw(st.one_of(st.none(), st.integers(1, 5)))
        ways = {
            other: draw(st.sampled_from(["no", "all", "own", "some"]))
            for other in sizes
        }
        for k in range(size or 1):
            reads: list[str] = []
            for other, way in ways.items():
                those = [t.id for t in tasks if t.step == other]
                if way == "own" and sizes[other] == size:
                    reads.append(those[k])
                elif way == "all" or (way == "own" and sizes[other] != size):
                    reads += those
                elif way == "some":
                    reads += draw(st.lists(st.sampled_from(those), unique=True))
            tasks.append(task(name, None if size is None else k, tuple(reads)))
        sizes[name] = size
    return tasks


def waited_for(call: Submission, k: int, calls: dict[str, Submission]) -> set[str]:
    """Read a call's dependencies as Slurm does, for its element k."""
    found: set[str] = set()
    for kind, word in call.waits:
        element = re.fullmatch(r"\$\{(\w+)\}_(\d+)", word)
        name, number = element.groups() if element else (word[1:], None)
        other = calls[name].tasks
        if number is not None:
            other = (other[int(number)],)
        elif kind == SAME:
            other = (other[k],)
        found |= {one.id for one in other}
    return found


@given(workflows(), st.integers(1, 6))
def test_every_task_waits_for_what_it_reads_and_for_nothing_else(tasks, most):
    calls = chain(tasks, most, {})
    by_name = {call.variable: call for call in calls}
    assert len(by_name) == len(calls)
    assert [t.id for call in calls for t in call.tasks] == [t.id for t in tasks]
    for call in calls:
        assert len(call.tasks) <= most
        for k, one in enumerate(call.tasks):
            assert waited_for(call, k, by_name) == set(one.after)


@given(workflows(), st.integers(1, 6))
def test_every_job_is_submitted_after_those_it_waits_for(tasks, most):
    known: set[str] = set()
    for call in chain(tasks, most, {}):
        words = " ".join(word for _, word in call.waits)
        assert set(re.findall(r"\$\{?([a-z]\w*)", words)) <= known
        known.add(call.variable)


def test_a_scattered_step_is_one_array_and_a_following_one_waits_element_by_element():
    tasks = [
        task("model", None, ()),
        *scattered("shots", 3, "model"),
        *scattered("image", 3, "model", "shots[{k}]"),
        task("stack", None, ("image[0]", "image[1]", "image[2]")),
    ]
    calls = chain(tasks, 1000, {})
    assert [(c.variable, c.array, dependency(c.waits)) for c in calls] == [
        ("model", "", ""),
        ("shots", "0-2", "afterok:$model"),
        ("image", "0-2", "aftercorr:$shots,afterok:$model"),
        ("stack", "", "afterok:$image"),
    ]


def test_a_node_of_a_tree_waits_for_its_elements_alone():
    node = task("stack", None, ("image[0]", "image[1]"))
    tasks = [*scattered("image", 3), node]
    wait = dependency(chain(tasks, 1000, {})[-1].waits)
    assert wait == "afterok:${image}_0:${image}_1"


def test_a_step_of_more_elements_than_an_array_takes_is_several_arrays():
    tasks = [*scattered("shots", 5), *scattered("image", 5, "shots[{k}]")]
    calls = chain(tasks, 2, {})
    assert [(c.variable, c.array, c.first) for c in calls[:3]] == [
        ("shots", "0-1", 0),
        ("shots_from_2", "0-1", 2),
        ("shots_from_4", "0-0", 4),
    ]
    assert dependency(calls[4].waits) == "aftercorr:$shots_from_2"


def test_what_has_to_be_waited_for_besides_is_waited_for():
    tasks = [*scattered("shots", 2), task("other", None, ())]
    also = {"other": ("shots[1]",)}
    assert dependency(chain(tasks, 1000, also)[-1].waits) == "afterok:${shots}_1"
