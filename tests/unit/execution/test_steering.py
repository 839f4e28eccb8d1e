from __future__ import annotations

from pathlib import Path

import pytest

from anticline.errors import BadInput
from anticline.execution.driver.steering import read_queues, steered
from anticline.workflow.graph import Link, Loop, Request, Step, Workflow

LOOP = Loop(
    name="invert",
    steps={"update": Step("update", "trial.update")},
    start={"model": Path("model.h5")},
    carry={"model": Link("update", "model")},
    until=Link("update", "report"),
    key="enough",
    most=3,
)
WORKFLOW = Workflow.of(
    "survey", Step("shots", "trial.shots", request=Request(ranks=2)), LOOP
)


def test_queues_of_a_step_are_those_of_the_command_line():
    given = read_queues(["shots=x86,gpu", "invert/update=gpu"])
    made = steered(WORKFLOW, given)
    assert made.steps["shots"].request == Request(ranks=2, queues=("x86", "gpu"))
    assert made.steps["invert"].steps["update"].request.queues == ("gpu",)
    assert steered(WORKFLOW, {}) == WORKFLOW


def test_an_unknown_step_is_told():
    with pytest.raises(BadInput, match="did you mean 'shots'"):
        steered(WORKFLOW, {"shot": ("x86",)})


@pytest.mark.parametrize("text", ["shots", "=x86", "shots=", "shots=x86,"])
def test_what_is_no_queue_of_a_step_is_told(text):
    with pytest.raises(BadInput, match="STEP=QUEUE"):
        read_queues([text])
