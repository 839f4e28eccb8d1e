"""The smallest task there is, as a component: a number becomes a file."""

from __future__ import annotations

from anticline.component import Component, Output, Parameter, Report, Resources

COMPONENTS = (
    Component(
        name="chore.number",
        summary="write a number",
        inputs=(),
        outputs=(Output("report", Report, "the number"),),
        parameters=(Parameter("value", "int", "what is written"),),
        run="chore_driver:run",
        resources=Resources(ranks=(1, 1), threads=False),
    ),
)
