from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from anticline.component import (
    Component,
    Input,
    Output,
    Parameter,
    RawArray,
    Report,
)
from anticline.execution.driver.key import FileHashes, Keys
from anticline.workflow.graph import Request
from anticline.workflow.tasks.task import Product, Task

WORK = Component(
    name="trial.work",
    summary="works",
    inputs=(Input("data", RawArray, "data", many=True),),
    outputs=(Output("report", Report, "figures"),),
    parameters=(
        Parameter("interval_s", "float", "a time", default=0.004, unit="s"),
        Parameter("budget", "int", "memory", default=1, identity=False),
    ),
    run="trial:run",
)


@pytest.fixture
def data(tmp_path) -> Path:
    path = tmp_path / "data.bin"
    path.write_bytes(b"salt")
    return path


def task(name: str, *sources: Path | Product, **parameters: object) -> Task:
    return Task(
        id=name,
        step=name,
        component="trial.work",
        folder=Path(name),
        inputs={"data": sources},
        outputs={"report": Path(name) / "report.json"},
        parameters=parameters,
    )


def key(folder: Path, *tasks: Task, component: Component = WORK) -> str:
    """The key of the last task."""
    keys = Keys({"trial.work": component}, FileHashes(folder / "hashes.json"))
    return [keys.of(one) for one in tasks][-1]


def read(name: str) -> Product:
    return Product(name, "report", Path(name) / "report.json")


@pytest.mark.parametrize(
    "other",
    [
        {"interval_s": "4 ms"},
        {"interval_s": 0.004, "budget": 7},
        {},
    ],
)
def test_units_defaults_and_ways_of_doing_it_do_not_change_a_key(tmp_path, data, other):
    assert key(tmp_path, task("a", data, **other)) == key(tmp_path, task("a", data))


def test_neither_the_place_nor_the_resources_change_a_key(tmp_path, data):
    here = task("a", data)
    there = replace(here, id="b", folder=Path("b"), request=Request(ranks=4))
    moved = tmp_path / "moved.bin"
    moved.write_bytes(b"salt")
    assert key(tmp_path, here) == key(tmp_path, there)
    assert key(tmp_path, here) == key(tmp_path, task("a", moved))


def test_parameters_version_and_content_change_a_key(tmp_path, data):
    keys = [
        key(tmp_path, task("a", data)),
        key(tmp_path, task("a", data, interval_s=0.002)),
        key(tmp_path, task("a", data), component=replace(WORK, version="2")),
        key(tmp_path, task("a", data, data)),
    ]
    data.write_bytes(b"pepper")
    keys.append(key(tmp_path, task("a", data)))
    assert len(set(keys)) == len(keys)


def test_a_change_reaches_what_depends_on_it_and_nothing_else(tmp_path, data):
    first, other = task("first", data), task("other", data)
    changed = task("first", data, interval_s=0.002)
    after = task("after", read("first"))
    beside = task("beside", read("other"))
    both = (other, first, beside, after)
    assert key(tmp_path, *both) != key(tmp_path, other, changed, beside, after)
    assert key(tmp_path, first, other, beside) == key(tmp_path, changed, other, beside)


def test_the_order_of_gathered_files_is_part_of_a_key(tmp_path, data):
    one, two = task("one", data), task("two", data, interval_s=1)
    there = task("sum", read("one"), read("two"))
    back = task("sum", read("two"), read("one"))
    assert key(tmp_path, one, two, there) != key(tmp_path, one, two, back)


def test_a_file_is_read_again_only_when_it_changed(tmp_path, data):
    memory = tmp_path / "hashes.json"
    hashes = FileHashes(memory)
    first = hashes.of(data)
    hashes.save()
    status = data.stat()
    data.write_bytes(b"tlas")
    os.utime(data, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert FileHashes(memory).of(data) == first  # same size and time: not read
    os.utime(data)
    assert FileHashes(memory).of(data) != first


def test_a_memory_of_hashes_that_is_damaged_is_an_empty_one(tmp_path, data):
    memory = tmp_path / "hashes.json"
    memory.write_text("{")
    assert len(FileHashes(memory).of(data)) == 64
