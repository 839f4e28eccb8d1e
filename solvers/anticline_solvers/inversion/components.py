"""What the inversion folder offers to a workflow: one evaluation of a misfit a turn.

begin:  {component: inversion.begin, inputs: {model: smooth.model}}
invert:
repeat:
steps:
gradient: ...                       # of previous.model, over all shots
advance:
component: inversion.advance
inputs: {state: previous.state, gradient: gradient.gradient}
start: {state: begin.state, model: begin.model}
carry: {state: advance.state, model: advance.model}
until: advance.report
key: converged
most: 60
"""

from __future__ import annotations

from anticline.component import (
    Component,
    Gradient,
    Input,
    Inversion,
    Output,
    Parameter,
    Report,
    Resources,
    VelocityModel,
    Viewer,
)
from anticline_solvers.inversion.settings import CONJUGACY, METHODS, PARAMETERS

_INVERSION = "anticline_solvers.inversion"
_DIGEST = "anticline_solvers.formats.digest"
_FINISHED = "anticline_solvers.formats.report:finished"

LONGEST_M = 1e8
FASTEST_M_S = 1e5


def _number(name: str, summary: str, default: float | None, **more: str) -> Parameter:
    return Parameter(name, "float", summary, default, minimum=0, **more)  # type: ignore[arg-type]


def _count(name: str, summary: str, default: int) -> Parameter:
    return Parameter(name, "int", summary, default, minimum=1, maximum=10**6)


def _velocity(name: str, summary: str) -> Parameter:
    return Parameter(
        name, "float", summary, None, unit="m/s", minimum=1, maximum=FASTEST_M_S
    )


_METHOD = (
    Parameter(
        "method",
        "str",
        "lbfgs; nlcg, nonlinear conjugate gradients; cg, for a quadratic misfit",
        default="lbfgs",
        choices=METHODS,
    ),
    Parameter(
        "parameter",
        "str",
        "what is inverted for; that of the gradients",
        default="vp",
        choices=PARAMETERS,
    ),
    _count("memory", "pairs of steps that lbfgs remembers", 5),
    Parameter(
        "conjugacy",
        "str",
        "formula of nlcg",
        default="hager_zhang",
        choices=CONJUGACY,
    ),
    Parameter(
        "first_change",
        "float",
        "largest relative change of velocity by the first step",
        default=0.015,
        minimum=1e-9,
        maximum=1,
    ),
    Parameter(
        "subsets",
        "bool",
        "each iteration has its own shots: accepted models are evaluated anew",
        default=False,
    ),
    _count("search_evaluations", "of a line search, at most", 8),
    _number("damping", "of cg, in units of the curvature of the first direction", 0.0),
)
_STOP = (
    Parameter("iterations", "int", "at most", 20, minimum=0, maximum=10**6),
    _count("evaluations", "at most, those of line searches counted", 60),
    _number("relative_misfit", "end at this share of the first data misfit", 0.0),
    _number("relative_gradient", "end at this share of the first gradient", 0.0),
    _number("least_decrease", "end when an iteration lowers the misfit by less", 0.0),
)
_BOUNDS = (
    _velocity("minimum_velocity_m_s", "of every cell; left out, half the start's"),
    _velocity("maximum_velocity_m_s", "of every cell; left out, 1.5 times the start's"),
    Parameter(
        "largest_change",
        "float",
        "of a cell's velocity, relative to the start",
        default=None,
        minimum=1e-6,
        maximum=0.999,
    ),
    Parameter(
        "clip_start",
        "bool",
        "bring a start that bounds exclude within them",
        default=False,
    ),
    _velocity("water_velocity_m_s", "cells above the first faster one are fixed"),
    _velocity("salt_velocity_m_s", "cells that start as fast or faster are fixed"),
    Parameter(
        "top_m",
        "float",
        "cells above this depth are fixed",
        default=None,
        unit="m",
        maximum=LONGEST_M,
    ),
)
_PRECONDITIONER = (
    Parameter("illumination", "bool", "divide the gradient by it", default=True),
    Parameter(
        "illumination_epsilon",
        "float",
        "share of its mean added before",
        default=0.01,
        minimum=1e-9,
    ),
    Parameter(
        "smoothing_m",
        "list[float]",
        "of the gradient, standard deviation: one number, or one for each axis",
        default=None,
        unit="m",
        minimum=0,
        maximum=LONGEST_M,
    ),
    _number("smoothing_wavelengths", "the same as a share of the wavelength", None),
    Parameter(
        "frequency_hz",
        "float",
        "of that wavelength",
        default=None,
        unit="Hz",
        minimum=1e-6,
        maximum=1e9,
    ),
)
_TERMS = (
    _number("tikhonov", "weight, in units of the first data misfit", 0.0),
    Parameter("tikhonov_order", "int", "of the differences", 1, choices=(1, 2)),
    Parameter(
        "tikhonov_of",
        "str",
        "the model, or its change from the reference or the start",
        default="model",
        choices=("model", "change"),
    ),
    Parameter(
        "tikhonov_axes",
        "list[float]",
        "weight of each axis, x first; left out, 1",
        default=None,
        minimum=0,
    ),
    _number("total_variation", "weight, in units of the first data misfit", 0.0),
    Parameter(
        "total_variation_epsilon",
        "float",
        "contrast per km below which it is smooth",
        default=0.01,
        minimum=1e-12,
    ),
)

BEGIN = Component(
    name="inversion.begin",
    summary="begin an inversion: its method, bounds and terms; ask for the start",
    inputs=(
        Input("model", VelocityModel, "the start; fields not inverted for are kept"),
        Input("lower", VelocityModel, "least velocity of each cell", optional=True),
        Input("upper", VelocityModel, "largest velocity of each cell", optional=True),
        Input(
            "mask", VelocityModel, "cells where `mask` is 0 are fixed", optional=True
        ),
        Input(
            "reference", VelocityModel, "that Tikhonov's change is from", optional=True
        ),
        Input("velocity", VelocityModel, "what is perturbed", optional=True),
    ),
    outputs=(
        Output("state", Inversion, "to be advanced by a gradient"),
        Output("model", VelocityModel, "to be evaluated"),
    ),
    parameters=(*_METHOD, *_STOP, *_BOUNDS, *_PRECONDITIONER, *_TERMS),
    run=f"{_INVERSION}.beginning:run",
    check=f"{_INVERSION}.preflight:check",
    finished=_FINISHED,
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=200, threads=False),
)

ADVANCE = Component(
    name="inversion.advance",
    summary="take the gradient of the model asked for; ask for the next one, or end",
    inputs=(
        Input("state", Inversion, "of the evaluation before"),
        Input("gradient", Gradient, "at the model that the state asks for"),
    ),
    outputs=(
        Output("state", Inversion, "to be advanced by the next gradient"),
        Output("model", VelocityModel, "to be evaluated; in the end, the result"),
        Output("report", Report, "whether it has ended and why, and the history"),
        Output("best", VelocityModel, "the last accepted model", optional=True),
    ),
    parameters=(),
    run=f"{_INVERSION}.advancing:run",
    check=f"{_INVERSION}.advancing:check",
    finished=_FINISHED,
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=400, threads=False),
)

COMPONENTS = (BEGIN, ADVANCE)

VIEWERS = (
    Viewer(
        name="inversion",
        format="anticline-inversion/1",
        recognise="anticline_solvers.formats.hdf5:format_of",
        draw=f"{_INVERSION}.pictures:draw_state",
        summary="misfit of every evaluation, last accepted model, change; clip colours",
    ),
)
