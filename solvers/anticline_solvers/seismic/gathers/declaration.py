"""What the components that make gathers from gathers take and make."""

from __future__ import annotations

from anticline.component import (
    Component,
    Input,
    Output,
    Parameter,
    Resources,
    ShotGathers,
    Survey,
)

_GATHERS = "anticline_solvers.seismic.gathers"
_DIGEST = "anticline_solvers.formats.digest"

_LOW = Parameter(
    "low_cut_hz",
    "list[float]",
    "silent below the first, untouched from the second on",
    None,
    unit="Hz",
    minimum=0.0,
)


def _high(summary: str) -> Parameter:
    return Parameter("high_cut_hz", "list[float]", summary, None, "Hz", 0.0)


BAND = Component(
    name="seismic.band",
    summary="take a band out of gathers and of their wavelet, on fewer samples",
    inputs=(Input("gathers", ShotGathers, "gathers with their survey"),),
    outputs=(
        Output("gathers", ShotGathers, "the band, with the survey of its wavelet"),
        Output("survey", Survey, "that survey alone, to model with", True),
    ),
    parameters=(
        _LOW,
        _high("untouched up to the first, silent from the second on"),
        Parameter(
            "sample_interval_s",
            "float",
            "of the new traces; left out, four samples in the shortest period",
            None,
            unit="s",
            minimum=1e-6,
        ),
    ),
    run=f"{_GATHERS}.band:run",
    check=f"{_GATHERS}.band:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), threads=False),
)

NOISE = Component(
    name="seismic.noise",
    summary="add random noise of a stated strength to gathers, and silence traces",
    inputs=(Input("gathers", ShotGathers, "gathers with their survey"),),
    outputs=(Output("gathers", ShotGathers, "the same, with noise"),),
    parameters=(
        Parameter(
            "signal_to_noise_db",
            "float",
            "of energies in the window, shot by shot: 20 is a noise of a tenth of the "
            "signal's amplitude",
            minimum=-200.0,
            maximum=400.0,
        ),
        Parameter("seed", "int", "of the noise", 1, minimum=0),
        _LOW,
        _high(
            "untouched up to the first, silent from the second on; left out, up to the "
            "wavelet's highest frequency"
        ),
        Parameter("time_from_s", "float", "first sample of the window", None, "s", 0.0),
        Parameter("time_to_s", "float", "last sample of the window", None, "s", 0.0),
        Parameter(
            "dead_traces",
            "list[str]",
            "set to zero: SHOT:RECEIVER, SHOT:FIRST-LAST or all:FIRST-LAST, receivers "
            "counted from 0",
            None,
        ),
    ),
    run=f"{_GATHERS}.noise:run",
    check=f"{_GATHERS}.noise:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=Resources(ranks=(1, None), threads=False),
)
