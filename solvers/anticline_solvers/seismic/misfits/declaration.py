"""The misfits' names, and the parameters of a component that takes one."""

from __future__ import annotations

from anticline.component import Parameter

LEAST_SQUARES = "least_squares"
NORMALISED_CORRELATION = "normalised_correlation"
ENVELOPE = "envelope"
TRANSPORT = "transport"
TRAVEL_TIME = "travel_time"
REVERSE = "adaptive_matching_filter_reverse"
FORWARD = "adaptive_matching_filter_forward"

MISFITS: tuple[str, ...] = (
    LEAST_SQUARES,
    NORMALISED_CORRELATION,
    ENVELOPE,
    TRANSPORT,
    TRAVEL_TIME,
    REVERSE,
    FORWARD,
)

MAXIMUM, MEAN = "maximum", "mean"

MISFIT_PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "misfit",
        "str",
        "how predicted traces are compared with observed ones",
        LEAST_SQUARES,
        choices=MISFITS,
    ),
    Parameter(
        "envelope_power",
        "int",
        "misfit envelope compares the envelope (1) or its square (2)",
        1,
        choices=(1, 2),
    ),
    Parameter(
        "envelope_floor",
        "float",
        "share of a trace's largest observed envelope that keeps power 1 smooth",
        1e-2,
        minimum=1e-6,
        maximum=1.0,
    ),
    Parameter(
        "transport_sharpness",
        "float",
        "misfit transport: how much a trace's peak outweighs its troughs as a mass",
        3.0,
        minimum=0.1,
        maximum=10.0,
    ),
    Parameter(
        "travel_time_longest_s",
        "float",
        "largest lag that misfit travel_time looks for; left out, the whole record",
        None,
        unit="s",
        minimum=1e-6,
    ),
    Parameter(
        "matching_filter_floor",
        "float",
        "adaptive matching filter: added to the power that is divided by, a share of "
        "the observed power",
        0.1,
        minimum=1e-12,
        maximum=1e3,
    ),
    Parameter(
        "matching_filter_floor_of",
        "str",
        "that power: a trace's largest over frequency, or its mean",
        MAXIMUM,
        choices=(MAXIMUM, MEAN),
    ),
)
