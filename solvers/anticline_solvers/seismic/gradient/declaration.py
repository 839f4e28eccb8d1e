"""What seismic.gradient and seismic.sum_gradients take and make."""

from __future__ import annotations

from dataclasses import replace

from anticline.component import (
    Component,
    Gradient,
    Input,
    Output,
    Parameter,
    Resources,
    ShotGathers,
    VelocityModel,
)
from anticline_solvers.seismic.conditioning import CONDITIONING, TraceWeights
from anticline_solvers.seismic.misfits import MISFIT_PARAMETERS
from anticline_solvers.seismic.parameters import (
    IMAGING_INTERVAL,
    PART,
    STORAGE,
    WAVES,
)

_GRADIENT = "anticline_solvers.seismic.gradient"
_DIGEST = "anticline_solvers.formats.digest"

_TOLD = {
    "imaging_interval_s": "time between the terms that are summed, at most "
    "1/(2 f_max); left out, 1/(2.5 f_max)",
    "memory_budget": "of a rank for the source wavefield; left out, half of what is "
    "free, and in 2-D 160 MB at most",
    "storage": "how the source wavefield is kept; auto: the cheapest that fits",
    "storage_tolerance": "relative difference that storage may make in a shot's "
    "gradient; 0: none",
}
KEPT = tuple(
    replace(p, summary=_TOLD.get(p.name, p.summary))
    for p in (IMAGING_INTERVAL, *STORAGE)
)

SHOTS = (
    Parameter(
        "shots_per_gradient",
        "int",
        "shots taken in an iteration, chosen anew in each; left out, all",
        None,
        minimum=1,
    ),
    Parameter("subset_seed", "int", "of the choice of shots", 0, minimum=0),
    Parameter(
        "shots_shown",
        "int",
        "shots whose traces are written, spread evenly",
        4,
        minimum=1,
    ),
)

GRADIENT = Component(
    name="seismic.gradient",
    summary="misfit of a model to observed gathers, and its exact gradient",
    inputs=(
        Input("model", VelocityModel, "where misfit and gradient are taken"),
        Input("gathers", ShotGathers, "observed, with survey and wavelet"),
        Input("weights", TraceWeights, "what each trace counts", True),
    ),
    outputs=(
        Output("gradient", Gradient, "gradient, illumination and misfit"),
        Output("predicted", ShotGathers, "traces as modelled, of a few shots", True),
        Output("residuals", ShotGathers, "predicted less observed, of those", True),
    ),
    parameters=(
        Parameter(
            "parameter",
            "str",
            "what the gradient is by",
            "vp",
            choices=("vp", "slowness", "squared_slowness"),
        ),
        *MISFIT_PARAMETERS,
        *CONDITIONING,
        *SHOTS,
        *WAVES,
        *PART,
        *KEPT,
    ),
    run=f"{_GRADIENT}.component:run",
    check=f"{_GRADIENT}.component:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=48.0, gpu="optional"),
)

SUM_GRADIENTS = Component(
    name="seismic.sum_gradients",
    summary="add gradients of parts of a survey",
    inputs=(Input("gradients", Gradient, "of the parts, or sums of some", many=True),),
    outputs=(Output("gradient", Gradient, "of all their shots"),),
    parameters=(),
    run=f"{_GRADIENT}.sum_component:run",
    check=f"{_GRADIENT}.sum_component:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), bytes_per_cell=40.0, threads=False),
    reduces="gradients",
)

COMPONENTS = (GRADIENT, SUM_GRADIENTS)
