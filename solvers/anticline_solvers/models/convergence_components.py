"""What the models folder offers to experiments on how far inversions converge from."""

from __future__ import annotations

from anticline.component import (
    Component,
    Input,
    Output,
    Parameter,
    Picture,
    Report,
    Resources,
    VelocityModel,
)
from anticline_solvers.models.parameters import FRAME, LONGEST_M

_MODELS = "anticline_solvers.models"
_DIGEST = "anticline_solvers.formats.digest"

LENSES = Component(
    name="models.lenses",
    summary="make a section of Gaussian lenses in a velocity that grows with depth",
    inputs=(),
    outputs=(Output("model", VelocityModel, "vp"),),
    parameters=(
        Parameter(
            "extent_m",
            "list[float]",
            "first to last cell of x and of depth",
            default=(8000.0, 2400.0),
            unit="m",
            maximum=LONGEST_M,
        ),
        Parameter(
            "spacing_m",
            "float",
            "distance of cells, both axes",
            default=40.0,
            unit="m",
            minimum=1e-3,
            maximum=LONGEST_M,
        ),
        Parameter(
            "top_velocity_m_s",
            "float",
            "at depth 0, without lenses",
            default=2000.0,
            unit="m/s",
            minimum=1,
            maximum=1e5,
        ),
        Parameter(
            "gradient_per_s",
            "float",
            "growth of velocity with depth",
            default=0.6,
            minimum=-1e3,
            maximum=1e3,
        ),
        Parameter(
            "lens_x_m",
            "list[float]",
            "centre of each lens",
            default=(2400.0, 5600.0, 4000.0),
            unit="m",
        ),
        Parameter(
            "lens_depth_m",
            "list[float]",
            "depth of that centre",
            default=(800.0, 800.0, 1500.0),
            unit="m",
        ),
        Parameter(
            "lens_half_width_m",
            "list[float]",
            "distance along x at which a lens has fallen to 1/e",
            default=(900.0, 900.0, 1000.0),
            unit="m",
            minimum=1e-3,
        ),
        Parameter(
            "lens_half_height_m",
            "list[float]",
            "the same in depth",
            default=(400.0, 400.0, 450.0),
            unit="m",
            minimum=1e-3,
        ),
        Parameter(
            "lens_change",
            "list[float]",
            "change of velocity at the centre, relative",
            default=(0.2, -0.2, -0.2),
            minimum=-0.9,
            maximum=10,
        ),
        *FRAME,
    ),
    run=f"{_MODELS}.lenses:run",
    check=f"{_MODELS}.lenses:check",
    finished=f"{_DIGEST}:finished",
    resources=Resources(bytes_per_cell=24, threads=False),
)

CONVERGENCE_MAP = Component(
    name="models.convergence_map",
    summary="lay how far inversions came over what their start models were made by",
    inputs=(
        Input("first", Report, "of models.compare, a row after the other", many=True),
        Input("second", Report, "of another way to invert the same", many=True),
    ),
    outputs=(
        Output("report", Report, "errors of starts and results, by row and column"),
        Output("picture", Picture, "both maps, side by side", True),
    ),
    parameters=(
        Parameter(
            "smoothing_m",
            "list[float]",
            "of the start model, a row each",
            unit="m",
            minimum=0,
        ),
        Parameter(
            "slowness_shift_percent",
            "list[float]",
            "of the start model, a column each",
        ),
        Parameter(
            "names",
            "list[str]",
            "of the two ways, as titles",
            default=("least squares", "adaptive matching filter, then least squares"),
        ),
        Parameter(
            "converged_error",
            "float",
            "relative error at or below which an inversion counts as converged",
            default=0.06,
            minimum=1e-6,
            maximum=1,
        ),
    ),
    run=f"{_MODELS}.convergence_map:run",
    check=f"{_MODELS}.convergence_map:check",
    finished="anticline_solvers.formats.report:finished",
    resources=Resources(threads=False),
)
