"""What a task asks of a queue where its step leaves it open."""

from __future__ import annotations

import pytest

from anticline.cluster.model import Queue
from anticline.component import Component, Image, Output, Resources
from anticline.execution.driver.queues import needs
from anticline.workflow.graph import Request

QUEUE = {
    "architecture": "x86_64",
    "nodes": 1,
    "node": {"type": "n", "cores": 32, "memory_gib": 256, "gpus": 4},
}


def asked(gpu: str, gpus: int = 4, request: Request | None = None):
    queue = Queue.model_validate({**QUEUE, "node": {**QUEUE["node"], "gpus": gpus}})
    component = Component(
        name="a.b",
        summary="",
        inputs=(),
        outputs=(Output("image", Image, ""),),
        parameters=(),
        run="a.b:run",
        resources=Resources(gpu=gpu),
    )
    return needs(request or Request(), component, queue, scattered=True)


@pytest.mark.parametrize(
    ("gpu", "gpus", "expected"),
    [("none", 4, 0), ("optional", 4, 1), ("optional", 0, 0), ("required", 4, 1)],
)
def test_a_gpu_is_asked_for_where_it_can_be_used(gpu, gpus, expected):
    assert asked(gpu, gpus).gpus == expected
    assert asked(gpu, gpus, Request(gpus=0)).gpus == 0


def test_memory_is_the_share_of_a_node_that_is_taken():
    assert asked("none").memory_gib == 8.0
    assert asked("optional").memory_gib == 64.0
    assert asked("none", request=Request(ranks=2, threads=4)).memory_gib == 64.0
    assert asked("none", request=Request(memory_gib=3.0)).memory_gib == 3.0
