"""Small components that workflows of tests are made of; see `chores_at_work`."""

from __future__ import annotations

from anticline.component import Component, Input, Output, Parameter, Report, Resources

TROUBLES = ("none", "fail", "diverge", "memory", "die", "full", "refuse")

WORK = Component(
    name="chores.work",
    summary="work in steps that can be interrupted, and note each in a journal",
    inputs=(Input("after", Report, "what is worked on", optional=True),),
    outputs=(Output("report", Report, "a value that depends on all that came before"),),
    parameters=(
        Parameter("value", "int", "what is worked in", default=0),
        Parameter("steps", "int", "number of steps", default=1, minimum=1),
        Parameter("seconds", "float", "time of all", default=0.0, identity=False),
        Parameter("journal", "str", "a line a step", default=None, identity=False),
        Parameter("trouble", "str", "what happens", default="none", choices=TROUBLES,
                  identity=False),
        Parameter("times", "int", "in how many attempts", default=1, identity=False),
    ),
    run="chores_at_work:work",
    resources=Resources(ranks=(1, 4), threads=False),
)  # fmt: skip

ADD = Component(
    name="chores.add",
    summary="add the values of reports",
    inputs=(Input("reports", Report, "any number of them", many=True),),
    outputs=(Output("report", Report, "the sum"),),
    parameters=(),
    run="chores_at_work:add",
    reduces="reports",
    resources=Resources(threads=False),
)

COUNT = Component(
    name="chores.count",
    summary="count on from what was counted before",
    inputs=(Input("report", Report, "the value so far"),),
    outputs=(Output("report", Report, "one more, and whether it is enough"),),
    parameters=(Parameter("target", "int", "what is enough"),),
    run="chores_at_work:count",
    resources=Resources(threads=False),
)

COMPONENTS = (WORK, ADD, COUNT)
