"""The parameters of a component that conditions traces."""

from __future__ import annotations

from anticline.component import Parameter, PortType

REFUSE, LEAVE_OUT = "refuse", "leave_out"

TraceWeights = PortType(
    "TraceWeights",
    ".csv",
    "csv",
    "",
    "a table with the columns shot, receiver (counted from 0) and weight",
)


def _time(name: str, summary: str, least: float | None = 0.0) -> Parameter:
    return Parameter(name, "float", summary, None, unit="s", minimum=least)


def _velocity(name: str, summary: str) -> Parameter:
    return Parameter(name, "float", summary, None, unit="m/s", minimum=1.0)


def _corners(name: str, summary: str) -> Parameter:
    return Parameter(name, "list[float]", summary, None, unit="Hz", minimum=0.0)


_FREQUENCIES = (
    _corners("low_cut_hz", "silent below the first, untouched from the second on"),
    _corners("high_cut_hz", "untouched up to the first, silent from the second on"),
)

_TIMES = (
    _velocity("top_mute_velocity_m_s", "silent until offset / this + the delay"),
    _time("top_mute_delay_s", "after which traces rise; left out, 0", None),
    _velocity("bottom_mute_velocity_m_s", "silent from offset / this + the delay on"),
    _time("bottom_mute_delay_s", "before which traces fall; left out, 0", None),
    _time("time_from_s", "silent up to this time of the record"),
    _time("time_to_s", "silent from this time of the record on"),
    _time(
        "time_taper_s",
        "over which mutes and windows rise and fall; left out, a period of the peak "
        "frequency",
    ),
    _time("time_decay_s", "in which traces are damped to 1/e, from time 0 on", 1e-6),
)

_OFFSETS = (
    Parameter(
        "offset_from_m", "float", "nearest traces taken", None, unit="m", minimum=0.0
    ),
    Parameter(
        "offset_to_m", "float", "farthest traces taken", None, unit="m", minimum=0.0
    ),
    Parameter(
        "offset_taper_m",
        "float",
        "over which weights rise inside the offset window",
        0.0,
        unit="m",
        minimum=0.0,
    ),
    Parameter(
        "offset_power",
        "float",
        "weight of a trace: this power of its offset; 0: all weigh alike",
        0.0,
        minimum=-10.0,
        maximum=10.0,
    ),
    Parameter(
        "offset_power_from_m",
        "float",
        "offset of weight 1; nearer traces weigh 1 too",
        100.0,
        unit="m",
        minimum=1e-3,
    ),
)

_TRACES = (
    Parameter(
        "leave_out_traces",
        "list[str]",
        "as SHOT:RECEIVER, SHOT:FIRST-LAST or all:FIRST-LAST, receivers counted from 0",
        None,
    ),
    Parameter(
        "bad_traces",
        "str",
        "observed traces that are all zero or hold samples that are no numbers",
        REFUSE,
        choices=(REFUSE, LEAVE_OUT),
    ),
)

CONDITIONING: tuple[Parameter, ...] = (*_FREQUENCIES, *_TIMES, *_OFFSETS, *_TRACES)
