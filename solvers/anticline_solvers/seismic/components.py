"""What the seismic folder offers to a workflow."""

from __future__ import annotations

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    Picture,
    PortType,
    Report,
    Resources,
    ShotGathers,
    Survey,
    VelocityModel,
)
from anticline_solvers.seismic.gathers.declaration import BAND, NOISE
from anticline_solvers.seismic.gradient.declaration import GRADIENT, SUM_GRADIENTS
from anticline_solvers.seismic.linear.declaration import (
    BORN,
    LINEAR_GRADIENT,
    PERTURBATION,
)
from anticline_solvers.seismic.parameters import (
    IMAGING_INTERVAL,
    PART,
    STORAGE,
    WAVES,
    length,
)
from anticline_solvers.seismic.qc.declaration import QC, ImageGathers
from anticline_solvers.seismic.wavelet_estimation.declaration import WAVELET, Wavelet

_SEISMIC = "anticline_solvers.seismic"
_DIGEST = "anticline_solvers.formats.digest"

Positions = PortType(
    "Positions", ".csv", "csv", "m", "a table with one row a trace: shot and positions"
)


def _line(name: str, what: str, along: str) -> tuple[Parameter, ...]:
    return (
        length(f"{name}_first_m", f"first {what} {along}"),
        length(f"{name}_last_m", f"last {what} {along}, at most"),
        length(f"{name}_interval_m", f"distance of {what}s {along}", least=0.0),
    )


_GATHERS = (
    length("gathers_shift_max_m", "largest half-offset of the image gathers", None, 0),
    length("gathers_every_m", "distance of their image points", None, 1e-3),
    Parameter(
        "gathers_x_m", "list[float]", "x of their image points instead", None, unit="m"
    ),
    Parameter(
        "gathers_y_m", "list[float]", "y of their image points (3-D)", None, unit="m"
    ),
    Parameter(
        "gathers_along", "str", "axis of the half-offsets", "x", choices=("x", "y")
    ),
)

SURVEY = Component(
    name="seismic.survey",
    summary="lay out sources and receivers and choose a wavelet",
    inputs=(
        Input("model", VelocityModel, "holds the positions to its extent", True),
        Input("positions", Positions, "positions, in the place of parameters", True),
        Input("wavelet", Wavelet, "a wavelet, in the place of a Ricker", True),
    ),
    outputs=(Output("survey", Survey, "the survey"),),
    parameters=(
        Parameter(
            "peak_frequency_hz",
            "float",
            "of the wavelet",
            unit="Hz",
            minimum=0.01,
            maximum=1e9,
        ),
        Parameter(
            "sample_interval_s", "float", "of the traces", unit="s", minimum=1e-6
        ),
        Parameter(
            "duration_s",
            "float",
            "of the traces",
            unit="s",
            minimum=1e-6,
            maximum=1e9,
        ),
        Parameter(
            "spread",
            "str",
            "receivers stay, or roll with the source (their first and last are "
            "then offsets from it)",
            "fixed",
            choices=("fixed", "rolling"),
        ),
        *_line("source", "source", "along x"),
        *_line("source_line", "source line", "along y (3-D)"),
        length("source_depth_m", "depth of the sources", 10.0),
        *_line("receiver", "receiver", "along x"),
        *_line("receiver_line", "receiver line", "along y (3-D)"),
        length("receiver_depth_m", "depth of the receivers", 10.0),
    ),
    run=f"{_SEISMIC}.acquisition.survey:run",
    check=f"{_SEISMIC}.acquisition.survey:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), threads=False),
)

FORWARD = Component(
    name="seismic.forward",
    summary="model the gathers of a survey",
    inputs=(
        Input("model", VelocityModel, "the medium"),
        Input("survey", Survey, "sources, receivers and wavelet"),
    ),
    outputs=(Output("gathers", ShotGathers, "one gather a shot"),),
    parameters=(*WAVES, *PART),
    run=f"{_SEISMIC}.forward:run",
    check=f"{_SEISMIC}.forward:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=16.0, gpu="optional"),
)

RTM = Component(
    name="seismic.rtm",
    summary="migrate gathers into an image by reverse time migration",
    inputs=(
        Input("model", VelocityModel, "the migration model, usually smooth"),
        Input("gathers", ShotGathers, "gathers with their survey"),
    ),
    outputs=(
        Output("image", Image, "the stacked image and its illumination"),
        Output("image_gathers", ImageGathers, "its subsurface-offset gathers", True),
    ),
    parameters=(
        *WAVES,
        *PART,
        Parameter(
            "condition",
            "str",
            "the imaging condition",
            "inverse_scattering",
            choices=("cross_correlation", "inverse_scattering", "laplacian"),
        ),
        IMAGING_INTERVAL,
        Parameter(
            "normalise", "bool", "divide the stack by the source illumination", True
        ),
        Parameter(
            "illumination_epsilon",
            "float",
            "share of the mean illumination added before dividing",
            1e-2,
            minimum=1e-12,
        ),
        Parameter(
            "direct_wave",
            "str",
            "keep it, mute the traces down to it, or subtract it as modelled in a "
            "homogeneous medium",
            "mute",
            choices=("none", "mute", "subtract"),
        ),
        Parameter(
            "surface_velocity_m_s",
            "float",
            "of the direct wave; left out, the model's at each source",
            None,
            unit="m/s",
            minimum=1.0,
        ),
        length("mute_depth_m", "the image is silent down to here", 0.0, 0.0),
        Parameter(
            "water_velocity_m_s",
            "float",
            "the image is silent where every cell above is at most this fast",
            None,
            unit="m/s",
            minimum=1.0,
        ),
        length("mute_taper_m", "over which the image rises below a mute", 100.0, 0.0),
        *STORAGE,
        Parameter(
            "receiver_illumination",
            "bool",
            "sum the receiver wavefield's energy too",
            False,
        ),
        *_GATHERS,
    ),
    run=f"{_SEISMIC}.rtm:run",
    check=f"{_SEISMIC}.rtm:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(bytes_per_cell=32.0, gpu="optional"),
    version="2",
)

STACK = Component(
    name="seismic.stack",
    summary="add images of parts of a survey to one image",
    inputs=(
        Input("images", Image, "images by seismic.rtm, or stacks of some", many=True),
    ),
    outputs=(Output("image", Image, "the image of all their shots"),),
    parameters=(),
    run=f"{_SEISMIC}.stack:run",
    check=f"{_SEISMIC}.stack:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), bytes_per_cell=48.0, threads=False),
    reduces="images",
)

COMPARE = Component(
    name="seismic.compare",
    summary="measure how well an image agrees with a reference image",
    inputs=(
        Input("image", Image, "the image"),
        Input("reference", Image, "what it should show, on the same grid"),
    ),
    outputs=(
        Output("report", Report, "correlations, overall and by depth"),
        Output("picture", Picture, "both side by side", True),
    ),
    parameters=(
        length("top_m", "depth from which images are compared", 0.0),
        length("bottom_m", "depth down to which; left out, the last"),
        length("side_m", "left out at each end of x and y", 0.0, 0.0),
        length("window_m", "height of the depth windows", 500.0, 1.0),
        length("agc_m", "window of the gain control; 0: none", 0.0, 0.0),
        length("shift_m", "depth shift looked for, up and down; 0: none", 0.0, 0.0),
    ),
    run=f"{_SEISMIC}.compare:run",
    check=f"{_SEISMIC}.compare:check",
    finished="anticline_solvers.formats.report:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), threads=False),
    version="2",
)

COMPONENTS = (
    SURVEY,
    FORWARD,
    RTM,
    STACK,
    COMPARE,
    QC,
    BAND,
    NOISE,
    WAVELET,
    GRADIENT,
    SUM_GRADIENTS,
    PERTURBATION,
    BORN,
    LINEAR_GRADIENT,
)
