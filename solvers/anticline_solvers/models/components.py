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
    RawArray,
    Resources,
    VelocityModel,
)

_MODELS = "anticline_solvers.models"
_DIGEST = "anticline_solvers.formats.digest"

LONGEST_M = 1e8  # no length on this planet is longer
MOST_CELLS = 10**9  # along one axis
_DTYPES = tuple(
    f"{kind}_{order}"
    for kind in ("float32", "float64", "int16", "int32")
    for order in ("little", "big")
)
_AXES = ("xz", "zx", "xyz", "xzy", "yxz", "yzx", "zxy", "zyx")

_FRAME = (
    Parameter(
        "easting_m", "float", "map position of local (0, 0)", default=0.0, unit="m"
    ),
    Parameter(
        "northing_m", "float", "map position of local (0, 0)", default=0.0, unit="m"
    ),
    Parameter(
        "azimuth_deg",
        "float",
        "direction of +x, clockwise from north",
        default=90.0,
        unit="deg",
        minimum=-360,
        maximum=360,
    ),
)
_SAMPLING = (
    Parameter(
        "spacing_m",
        "float",
        "distance of cells; left out, peak_frequency_hz decides",
        default=None,
        unit="m",
        minimum=1e-3,
        maximum=LONGEST_M,
    ),
    Parameter(
        "peak_frequency_hz",
        "float",
        "peak of the Ricker wavelet the grid must carry",
        default=None,
        unit="Hz",
        minimum=1e-3,
        maximum=1e9,
    ),
    Parameter(
        "space_order",
        "int",
        "order of the scheme that will use the grid",
        default=8,
        choices=(2, 4, 6, 8, 10, 12, 14, 16),
    ),
    Parameter(
        "order",
        "int",
        "interpolation between cells: 1 linear, 3 cubic spline",
        default=1,
        choices=(1, 3),
    ),
)

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
        *_FRAME,
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
        *_SAMPLING,
        *_FRAME,
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
    inputs=(Input("model", VelocityModel, "any fields"),),
    outputs=(Output("model", VelocityModel, "the same fields"),),
    parameters=_SAMPLING,
    run=f"{_MODELS}.regridding:run",
    check=f"{_MODELS}.regridding:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=40, threads=False),
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
        Parameter(
            "water_velocity_m_s",
            "float",
            "the water ends at the first faster cell from the top",
            default=1510.0,
            unit="m/s",
            minimum=1,
        ),
    ),
    run=f"{_MODELS}.smoothing:run",
    check=f"{_MODELS}.smoothing:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=24, threads=False),
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

COMPONENTS = (ANTICLINE, IMPORT, RESAMPLE, SMOOTH, REFLECTIVITY)
