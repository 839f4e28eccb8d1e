"""What seismic.wavelet takes and makes."""

from __future__ import annotations

from anticline.component import (
    Component,
    Input,
    Output,
    Parameter,
    Picture,
    PortType,
    Report,
    Resources,
    ShotGathers,
    Survey,
)
from anticline_solvers.seismic.conditioning import CONDITIONING

_DRIVER = "anticline_solvers.seismic.wavelet_estimation.component"

Wavelet = PortType(
    "Wavelet", ".txt", "text", "", "two columns, time [s] and amplitude, from time 0"
)


def _time(name: str, summary: str) -> Parameter:
    return Parameter(name, "float", summary, None, unit="s", minimum=0.0)


WAVELET = Component(
    name="seismic.wavelet",
    summary="estimate the source wavelet from observed and predicted gathers",
    inputs=(
        Input("gathers", ShotGathers, "observed, or parts of them", many=True),
        Input("modelled", ShotGathers, "predicted with a first wavelet", many=True),
    ),
    outputs=(
        Output("survey", Survey, "of the observed gathers, with the new wavelet"),
        Output("report", Report, "residuals before and after, shift, shot by shot"),
        Output("wavelet", Wavelet, "the new wavelet as a text", True),
        Output("gathers", ShotGathers, "the observed ones with the new survey", True),
        Output("picture", Picture, "both wavelets, their spectra, and traces", True),
    ),
    parameters=(
        _time(
            "longest_lag_s",
            "of the filter, both ways; left out, two periods of the peak frequency",
        ),
        Parameter(
            "damping",
            "float",
            "share of the predicted traces' energy that is added before dividing by it",
            1e-4,
            minimum=1e-12,
            maximum=1.0,
        ),
        _time(
            "length_s",
            "of the new wavelet; left out, that of the first one and the longest lag",
        ),
        _time(
            "taper_s",
            "over which its ends rise and fall; left out, a quarter of a period",
        ),
        *CONDITIONING,
    ),
    run=f"{_DRIVER}:run",
    check=f"{_DRIVER}:check",
    finished="anticline_solvers.formats.report:finished",
    digest="anticline_solvers.formats.digest:digest",
    resources=Resources(ranks=(1, None), threads=False),
)
