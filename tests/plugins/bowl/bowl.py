"""A misfit that needs no waves: how far a model is from a true one, in parts."""

from __future__ import annotations

from anticline.component import (
    Component,
    Gradient,
    Input,
    Output,
    Parameter,
    Resources,
    VelocityModel,
)

GRADIENT = Component(
    name="bowl.gradient",
    summary="the distance of a part of a model from the true one, and its gradient",
    inputs=(
        Input("model", VelocityModel, "where"),
        Input("true", VelocityModel, "where it is least"),
    ),
    outputs=(Output("gradient", Gradient, "by vp"),),
    parameters=(
        Parameter("part", "int", "of the columns", default=0),
        Parameter("parts", "int", "of all columns", default=1),
    ),
    run="bowl_at_work:gradient",
    finished="anticline_solvers.formats.digest:finished",
    digest="anticline_solvers.formats.digest:digest",
    resources=Resources(threads=False),
)

SUM = Component(
    name="bowl.sum",
    summary="add gradients",
    inputs=(Input("gradients", Gradient, "of parts", many=True),),
    outputs=(Output("gradient", Gradient, "their sum"),),
    parameters=(),
    run="bowl_at_work:add",
    finished="anticline_solvers.formats.digest:finished",
    digest="anticline_solvers.formats.digest:digest",
    reduces="gradients",
    resources=Resources(threads=False),
)

COMPONENTS = (GRADIENT, SUM)
