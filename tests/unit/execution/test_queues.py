from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.cluster.model import Cluster
from anticline.component import Component, Output, Report, Resources
from anticline.execution.driver.queues import (
    MOST_AHEAD,
    Load,
    Loads,
    Needs,
    allowed,
    needs,
    room,
)
from anticline.workflow.graph import Request

CLUSTER = Cluster.model_validate(
    {
        "name": "trial",
        "queues": {
            "x86": {
                "architecture": "x86_64",
                "nodes": 4,
                "node": {"type": "a", "cores": 8, "memory_gib": 32},
            },
            "graviton": {
                "architecture": "aarch64",
                "nodes": 2,
                "aliases": ["arm"],
                "walltime_h": 2,
                "node": {"type": "b", "cores": 16, "memory_gib": 64},
            },
            "gpu": {
                "architecture": "x86_64",
                "nodes": 2,
                "node": {"type": "c", "cores": 8, "memory_gib": 32, "gpus": 4},
            },
        },
    }
)


def component(
    gpu: str = "none", ranks: tuple[int, int | None] = (1, None)
) -> Component:
    return Component(
        name="trial.work",
        summary="works",
        inputs=(),
        outputs=(Output("report", Report, "figures"),),
        parameters=(),
        run="trial:run",
        resources=Resources(ranks=ranks, gpu=gpu),
    )


def places(request: Request, gpu: str = "none") -> tuple[str, ...]:
    return allowed(request, component(gpu), CLUSTER, scattered=True)


@pytest.mark.parametrize(
    ("request_", "gpu", "expected"),
    [
        (Request(), "none", ("x86", "graviton")),
        (Request(), "optional", ("x86", "graviton", "gpu")),
        (Request(), "required", ("gpu",)),
        (Request(queues=("gpu", "x86")), "none", ("gpu", "x86")),
        (Request(queues=("arm",)), "none", ("graviton",)),
        (Request(ranks=16, threads=2), "none", ("x86", "graviton")),
        (Request(ranks=33), "none", ()),
        (Request(threads=12), "none", ("graviton",)),
        (Request(memory_gib=300.0, ranks=2), "none", ()),
        (Request(walltime_h=12.0), "none", ("x86",)),
    ],
)
def test_a_task_goes_where_it_is_allowed_and_fits(request_, gpu, expected):
    assert places(request_, gpu) == expected


def test_what_a_step_leaves_open_is_filled_in():
    queue = CLUSTER.queues["x86"]
    many = needs(Request(), component(), queue, scattered=True)
    assert many == Needs(ranks=1, threads=1, gpus=0, memory_gib=4.0)
    alone = needs(Request(ranks=2), component(), queue, scattered=False)
    assert alone == Needs(ranks=2, threads=4, gpus=0, memory_gib=32.0)


@pytest.mark.parametrize(
    ("asked", "nodes"),
    [
        (Needs(8, 1, 0, 1.0), 1),
        (Needs(9, 1, 0, 1.0), 2),
        (Needs(4, 4, 0, 1.0), 2),
        (Needs(1, 9, 0, 1.0), 0),
        (Needs(1, 1, 1, 1.0), 0),
        (Needs(2, 1, 0, 33.0), 2),
    ],
)
def test_nodes_hold_ranks_threads_memory_and_gpus(asked, nodes):
    assert asked.nodes(CLUSTER.queues["x86"]) == nodes


def test_a_remedy_may_grow_to_the_node_and_to_the_queue():
    asked = Needs(1, 2, 0, 8.0)
    x86 = CLUSTER.queues["x86"]
    assert room(component(), x86, asked).memory_gib == 32.0
    assert room(component(), x86, asked).ranks == 16
    assert room(component(ranks=(1, 3)), x86, asked).ranks == 3


def test_a_task_goes_where_the_least_work_waits_for_each_node():
    loads = Loads({"a": Load(nodes=1), "b": Load(nodes=3)})
    given_to = []
    for _ in range(8):
        queue = loads.choose({"a": 0.5, "b": 0.5}, seconds=20.0)
        loads.of[queue].take(0.5)
        given_to.append(queue)
    assert given_to[0] == "a"  # of equals the first
    assert given_to.count("b") == 3 * given_to.count("a") == 6


def test_little_waits_where_tasks_are_long_and_enough_where_they_are_short():
    def given_ahead(seconds: float | None) -> int:
        loads = Loads({"a": Load(nodes=2)})
        while queue := loads.choose({"a": 0.25}, seconds):
            loads.of[queue].take(0.25)
        return loads.of["a"].tasks - 8

    assert given_ahead(20.0) == 1
    assert given_ahead(0.05) == 40
    assert given_ahead(0.001) == MOST_AHEAD
    assert given_ahead(None) == 8


def test_tasks_that_are_sent_together_wait_for_room_unless_a_worker_waits_for_them():
    loads = Loads({"a": Load(nodes=2)})
    shares = {"a": 0.5}  # four run at a time
    while loads.choose(shares, 0.004, together=10):
        for _ in range(min(10, loads.of["a"].room(0.5, 0.004))):
            loads.of["a"].take(0.5)
    assert loads.of["a"].room(0.5, 0.004) < 10
    for _ in range(10):
        loads.of["a"].give_back(0.5)
    assert loads.choose(shares, 0.004, together=10) == "a"
    idle = Load(nodes=2)
    idle.take(0.5)
    assert idle.room(0.5, 20.0) < 10
    assert idle.has_room(0.5, 20.0, together=10)


def test_a_closed_or_avoided_queue_is_used_only_where_there_is_no_choice():
    loads = Loads({"a": Load(1), "b": Load(1)})
    assert loads.choose({"a": 0.1, "b": 0.1}, avoid=("a",)) == "b"
    assert loads.choose({"a": 0.1}, avoid=("a",)) == "a"
    loads.closed.add("a")
    assert loads.choose({"a": 0.1, "b": 0.1}) == "b"
    assert loads.choose({"a": 0.1}) == "a"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.01, 1.0)), max_size=60))
def test_what_is_taken_is_given_back(moves):
    loads = Loads({"a": Load(2), "b": Load(5)})
    for queue, share in moves:
        loads.of[queue].take(share)
    for queue, share in moves:
        loads.of[queue].give_back(share)
    assert all(load.tasks == 0 for load in loads.of.values())
    assert all(abs(load.share) < 1e-9 for load in loads.of.values())
