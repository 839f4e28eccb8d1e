"""What the components of the linear problem take and make."""

from __future__ import annotations

from anticline.component import (
    Component,
    Gradient,
    Input,
    Output,
    Parameter,
    Resources,
    ShotGathers,
    Survey,
    VelocityModel,
)
from anticline_solvers.seismic.conditioning import CONDITIONING, TraceWeights
from anticline_solvers.seismic.gradient.declaration import KEPT, SHOTS
from anticline_solvers.seismic.parameters import PART, WAVES

_LINEAR = "anticline_solvers.seismic.linear"
_DIGEST = "anticline_solvers.formats.digest"

_BACKGROUND = Parameter(
    "background", "bool", "traces hold the wave of the model itself too", False
)

PERTURBATION = Component(
    name="seismic.perturbation",
    summary="difference of two models, or none of one: a perturbation of velocity",
    inputs=(
        Input("model", VelocityModel, "what is perturbed"),
        Input("perturbed", VelocityModel, "what it becomes; left out, itself", True),
    ),
    outputs=(Output("perturbation", VelocityModel, "field vp: dv [m/s]"),),
    parameters=(),
    run=f"{_LINEAR}.perturbation:run",
    check=f"{_LINEAR}.perturbation:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), bytes_per_cell=8.0, threads=False),
)

BORN = Component(
    name="seismic.born",
    summary="model the gathers that a perturbation scatters once",
    inputs=(
        Input("model", VelocityModel, "the medium that is perturbed"),
        Input("perturbation", VelocityModel, "field vp: dv [m/s], on its grid"),
        Input("survey", Survey, "sources, receivers and wavelet"),
    ),
    outputs=(Output("gathers", ShotGathers, "one gather a shot"),),
    parameters=(_BACKGROUND, *WAVES, *PART),
    run=f"{_LINEAR}.born:run",
    check=f"{_LINEAR}.born:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=36.0, gpu="optional"),
)

LINEAR_GRADIENT = Component(
    name="seismic.linear_gradient",
    summary="least squares of scattered gathers, and its gradient by the perturbation",
    inputs=(
        Input("model", VelocityModel, "the medium that is perturbed"),
        Input("gathers", ShotGathers, "observed, with survey and wavelet"),
        Input("perturbation", VelocityModel, "field vp: dv [m/s]; left out, 0", True),
        Input("weights", TraceWeights, "what each trace counts", True),
    ),
    outputs=(
        Output("gradient", Gradient, "gradient, illumination and misfit"),
        Output("predicted", ShotGathers, "traces as modelled, of a few shots", True),
        Output("residuals", ShotGathers, "predicted less observed, of those", True),
    ),
    parameters=(
        _BACKGROUND,
        *CONDITIONING,
        *SHOTS,
        *WAVES,
        *PART,
        *KEPT,
    ),
    run=f"{_LINEAR}.gradient:run",
    check=f"{_LINEAR}.gradient:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=68.0, gpu="optional"),
)

COMPONENTS = (PERTURBATION, BORN, LINEAR_GRADIENT)
