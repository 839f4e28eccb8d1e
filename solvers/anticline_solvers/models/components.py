"""What the models folder offers to a workflow.

`models.anticline` divides its slabs over the ranks; the others work on rank 0 while
the other ranks wait, so that one rank count serves all cases of a folder.
"""

from __future__ import annotations

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    Picture,
    RawArray,
    Report,
    Resources,
    VelocityModel,
)
from anticline_solvers.models.convergence_components import CONVERGENCE_MAP, LENSES
from anticline_solvers.models.parameters import (
    BAND,
    FRAME,
    LONGEST_M,
    SAMPLING,
    WATER,
    length,
)

_MODELS = "anticline_solvers.models"
_DIGEST = "anticline_solvers.formats.digest"

MOST_CELLS = 10**9  # along one axis
_DTYPES = tuple(
    f"{kind}_{order}"
    for kind in ("float32", "float64", "int16", "int32")
    for order in ("little", "big")
)
_AXES = ("xz", "zx", "xyz", "xzy", "yxz", "yzx", "zxy", "zyx")

ANTICLINE = Component(
    name="models.anticline",
    summary="make the project's own model: a faulted anticline with a gas cap",
    inputs=(),
    outputs=(Output("model", VelocityModel, "vp and rho"),),
    parameters=(
        Parameter("dimensions", "int", "2 for a section, 3", default=2, choices=(2, 3)),
        Parameter(
            "cells",
            "list[int]",
            "cells of each axis; or give extent_m",
            default=None,
            maximum=MOST_CELLS,
        ),
        Parameter(
            "extent_m",
            "list[float]",
            "first to last cell of each axis; 9 x 3 km, 4 x 4 x 3 km where left out",
            default=None,
            unit="m",
            maximum=LONGEST_M,
        ),
        Parameter(
            "spacing_m",
            "float",
            "distance of cells, every axis",
            default=10.0,
            unit="m",
            minimum=1e-3,
            maximum=LONGEST_M,
        ),
        Parameter("seed", "int", "of the beds and the texture", default=1, minimum=0),
        Parameter(
            "water_depth_m",
            "float",
            "mean; 0 on land",
            default=200.0,
            unit="m",
            minimum=0,
        ),
        Parameter(
            "texture",
            "float",
            "strength of the random heterogeneity, relative",
            default=0.02,
            minimum=0,
            maximum=0.1,
        ),
        *FRAME,
    ),
    run=f"{_MODELS}.make:run",
    check=f"{_MODELS}.make:check",
    finished=f"{_DIGEST}:finished",
    resources=Resources(bytes_per_cell=8, threads=True),
)

IMPORT = Component(
    name="models.import",
    summary="read a raw binary velocity model of a described layout",
    inputs=(Input("raw", RawArray, "the array, nothing after it"),),
    outputs=(Output("model", VelocityModel, "vp"),),
    parameters=(
        Parameter(
            "dtype",
            "str",
            "number type and byte order",
            default="float32_little",
            choices=_DTYPES,
        ),
        Parameter(
            "axes", "str", "axes as stored, slowest first", default="xz", choices=_AXES
        ),
        Parameter(
            "shape",
            "list[int]",
            "cells, in the order of axes; last is contiguous",
            maximum=MOST_CELLS,
        ),
        Parameter(
            "stored_spacing_m",
            "list[float]",
            "distance of the stored cells: one number, or one for each of axes",
            unit="m",
            maximum=LONGEST_M,
        ),
        Parameter(
            "factor",
            "float",
            "stored number to m/s (1000 for km/s)",
            default=1.0,
            minimum=1e-12,
        ),
        Parameter(
            "skip_bytes",
            "int",
            "size of a header before the array",
            default=0,
            minimum=0,
        ),
        *SAMPLING,
        *FRAME,
    ),
    run=f"{_MODELS}.importing:run",
    check=f"{_MODELS}.importing:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=40, threads=False),
)

RESAMPLE = Component(
    name="models.resample",
    summary="put a model on another grid, keeping travel times",
    inputs=(
        Input("model", VelocityModel, "any fields"),
        Input("like", VelocityModel, "a model whose grid is taken", optional=True),
        Input("known", VelocityModel, "a model of what is known", optional=True),
    ),
    outputs=(Output("model", VelocityModel, "the same fields"),),
    parameters=(
        *SAMPLING,
        *BAND,
        Parameter("keep_water", "bool", "keep the sea bottom sharp", default=False),
        WATER,
        Parameter(
            "known_to_m",
            "float",
            "depth above which cells are those of the input 'known'",
            default=None,
            unit="m",
        ),
    ),
    run=f"{_MODELS}.regridding:run",
    check=f"{_MODELS}.regridding:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=44, threads=False),
)

SMOOTH = Component(
    name="seismic.smooth",
    summary="smooth a model's slowness, for migration",
    inputs=(Input("model", VelocityModel, "any fields"),),
    outputs=(Output("model", VelocityModel, "the same fields, smooth"),),
    parameters=(
        Parameter(
            "correlation_length_m",
            "float",
            "standard deviation of the Gaussian",
            unit="m",
            minimum=0,
            maximum=LONGEST_M,
        ),
        Parameter("keep_water", "bool", "leave the water layer as it is", default=True),
        WATER,
    ),
    run=f"{_MODELS}.smoothing:run",
    check=f"{_MODELS}.smoothing:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=24, threads=False),
)

START = Component(
    name="models.start",
    summary="make a model to begin an inversion with: plain, smooth, shifted",
    inputs=(Input("model", VelocityModel, "vp is used"),),
    outputs=(Output("model", VelocityModel, "vp"),),
    parameters=(
        Parameter(
            "base",
            "str",
            "the model itself, its mean slowness at each depth, or a linear velocity",
            default="model",
            choices=("model", "average", "gradient"),
        ),
        Parameter(
            "depth_from",
            "str",
            "where depths of the mean and of the linear velocity begin",
            default="sea_bottom",
            choices=("sea_bottom", "surface"),
        ),
        Parameter(
            "top_velocity_m_s",
            "float",
            "a of the linear velocity a + b z",
            default=None,
            unit="m/s",
            minimum=1,
        ),
        Parameter("gradient_per_s", "float", "b of the linear velocity", None),
        Parameter(
            "smoothing_m",
            "float",
            "standard deviation of the Gaussian that slowness is smoothed by; 0: none",
            default=0.0,
            unit="m",
            minimum=0,
            maximum=LONGEST_M,
        ),
        Parameter(
            "slowness_shift_percent",
            "float",
            "added to the slowness of the rock, in percent of it",
            default=0.0,
            minimum=-90,
            maximum=900,
        ),
        Parameter("slowest_m_s", "float", "slower rock is set to it", None, "m/s", 1),
        Parameter("fastest_m_s", "float", "faster rock is set to it", None, "m/s", 1),
        Parameter("keep_water", "bool", "leave the water layer as it is", default=True),
        WATER,
    ),
    run=f"{_MODELS}.start:run",
    check=f"{_MODELS}.start:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=40, threads=False),
)

COMPARE = Component(
    name="models.compare",
    summary="measure how far a model is from the true one, and a start model from it",
    inputs=(
        Input("model", VelocityModel, "the model"),
        Input("reference", VelocityModel, "the true one; its grid is compared on"),
        Input("start", VelocityModel, "the model before", optional=True),
    ),
    outputs=(
        Output("report", Report, "relative errors, overall and by depth"),
        Output("picture", Picture, "all of them, and profiles", True),
    ),
    parameters=(
        length("left_m", "x from which models are compared; left out, the first"),
        length("right_m", "x up to which; left out, the last"),
        length("front_m", "y from which (3-D); left out, the first"),
        length("back_m", "y up to which (3-D); left out, the last"),
        length("top_m", "depth from which; left out, the first"),
        length("bottom_m", "depth down to which; left out, the last"),
        length("window_m", "height of the depth windows", 500.0, 1.0),
        Parameter(
            "skip_water", "bool", "leave out the reference's water", default=True
        ),
        WATER,
        Parameter(
            "profiles_x_m",
            "list[float]",
            "x of the profiles drawn; left out, three across the box",
            default=None,
            unit="m",
        ),
    ),
    run=f"{_MODELS}.comparison:run",
    check=f"{_MODELS}.comparison:check",
    finished="anticline_solvers.formats.report:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=80, threads=False),
)

REFLECTIVITY = Component(
    name="models.reflectivity",
    summary="compute a model's band-limited reflectivity, to compare images with",
    inputs=(Input("model", VelocityModel, "vp is used"),),
    outputs=(Output("image", Image, "normal-incidence reflectivity in the band"),),
    parameters=(
        Parameter(
            "peak_frequency_hz",
            "float",
            "of the zero-phase Ricker wavelet",
            unit="Hz",
            minimum=1e-3,
            maximum=1e9,
        ),
    ),
    run=f"{_MODELS}.reflectivity:run",
    check=f"{_MODELS}.reflectivity:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=60, threads=False),
)

COMPONENTS = (
    ANTICLINE,
    LENSES,
    IMPORT,
    RESAMPLE,
    SMOOTH,
    START,
    COMPARE,
    CONVERGENCE_MAP,
    REFLECTIVITY,
)
