"""What seismic.qc takes and makes."""

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
)

_DRIVER = "anticline_solvers.seismic.qc.component"

ImageGathers = PortType(
    "ImageGathers",
    ".h5",
    "anticline-image-gathers/1",
    "",
    "images over half-offset and depth at chosen points",
)
Page = PortType("Page", ".html", "html", "", "a page that needs no other file")

QC = Component(
    name="seismic.qc",
    summary="fold, spectra, residuals, illumination and focusing, in numbers and "
    "pictures",
    inputs=(
        Input("gathers", ShotGathers, "the observed gathers with their survey"),
        Input("modelled", ShotGathers, "modelled ones to compare them with", True),
        Input("image", Image, "an image, for its illumination and spectrum", True),
        Input("image_gathers", ImageGathers, "its gathers, for their focusing", True),
    ),
    outputs=(
        Output("report", Report, "all numbers"),
        Output("page", Page, "numbers and pictures on one page", True),
        Output("fold", Picture, "traces in each midpoint bin", True),
        Output("spectra", Picture, "amplitude spectra of gathers and wavelet", True),
        Output("residuals", Picture, "modelled against observed gathers", True),
        Output("illumination", Picture, "energy that lit the image", True),
        Output("image_spectrum", Picture, "wavenumbers of the image", True),
        Output("gather_panels", Picture, "image gathers side by side", True),
        Output("focus", Picture, "focusing of the image gathers", True),
    ),
    parameters=(
        Parameter(
            "bin_m",
            "list[float]",
            "width of the midpoint bins, one number for each horizontal axis; left "
            "out, half the distance of receivers",
            None,
            unit="m",
            minimum=1e-3,
        ),
        Parameter(
            "max_shift_s",
            "float",
            "largest time shift looked for; left out, one period of the peak frequency",
            None,
            unit="s",
            minimum=1e-6,
        ),
    ),
    run=f"{_DRIVER}:run",
    check=f"{_DRIVER}:check",
    finished="anticline_solvers.formats.report:finished",
    digest="anticline_solvers.formats.digest:digest",
    resources=Resources(ranks=(1, None), threads=False),
)
