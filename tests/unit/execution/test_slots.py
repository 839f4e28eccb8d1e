"""Which blocks a task shares, and how much of one it takes the place of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.cluster.model import Node, Queue
from anticline.execution.blocks.slots import Slots, slots_of, weight_of
from anticline.execution.node.order import Order


def queue(cores: int = 96, memory_gib: float = 192.0, gpus: int = 0) -> Queue:
    node = Node(type="a node", cores=cores, memory_gib=memory_gib, gpus=gpus)
    return Queue(architecture="x86_64", node=node, nodes=4)


def asked(**given_: object) -> Order:
    return Order("/run", "a", "steps/a", "x.y", "key", **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "weight"),
    [
        ({}, 1),
        ({"threads": 8}, 8),
        ({"ranks": 12, "threads": 4}, 48),
        ({"memory_gib": 96.0}, 48),
        ({"ranks": 4, "memory_gib": 1.0}, 4),
        ({"ranks": 200}, 96),
    ],
)
def test_a_task_weighs_its_largest_share_of_a_node(wanted, weight):
    assert weight_of(asked(**wanted), queue()) == weight


def test_a_gpu_task_weighs_its_gpus_among_workers_of_one_each():
    made = queue(gpus=8)
    assert slots_of(asked(gpus=1), "gpu") == Slots("gpu", 1, gpu=True)
    assert Slots("gpu", gpu=True).workers(made) == 8
    assert weight_of(asked(gpus=1), made) == 1
    assert weight_of(asked(gpus=1, ranks=4), made) == 4
    assert weight_of(asked(gpus=1, threads=24), made) == 2


def test_tasks_of_several_nodes_have_blocks_of_their_own():
    made = asked(nodes=2, ranks=192)
    assert slots_of(made, "x86").label == "x86-2nodes"
    assert weight_of(made, queue()) == Slots("x86", 2).workers(queue()) == 1


@given(
    cores=st.integers(1, 128),
    ranks=st.integers(1, 16),
    threads=st.integers(1, 16),
    memory=st.none() | st.floats(0.1, 512),
)
def test_tasks_that_weigh_no_more_than_a_block_fit_together(
    cores, ranks, threads, memory
):
    made = queue(cores=cores, memory_gib=256)
    wanted = asked(ranks=ranks, threads=threads, memory_gib=memory)
    weight = weight_of(wanted, made)
    assert 1 <= weight <= cores
    together = cores // weight
    if together > 1:
        assert together * ranks * threads <= cores
        assert together * (memory or 0) <= 256 + 1e-6
