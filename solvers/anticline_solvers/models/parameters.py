"""Parameters that several components of models share."""

from __future__ import annotations

from anticline.component import Parameter

LONGEST_M = 1e8  # no length on this planet is longer

FRAME = (
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


def length(
    name: str, summary: str, default: float | None = None, least: float | None = None
) -> Parameter:
    """Declare a length in metres."""
    return Parameter(name, "float", summary, default, unit="m", minimum=least)


WATER = Parameter(
    "water_velocity_m_s",
    "float",
    "the water ends at the first faster cell from the top",
    default=1510.0,
    unit="m/s",
    minimum=1,
)
SAMPLING = (
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
BAND = (
    Parameter(
        "maximum_frequency_hz",
        "float",
        "highest frequency of a band, which the grid must carry",
        default=None,
        unit="Hz",
        minimum=1e-3,
        maximum=1e9,
    ),
    Parameter(
        "cells_per_wavelength",
        "float",
        "in the shortest of the band; left out, what space_order asks for",
        default=None,
        minimum=2,
        maximum=1000,
    ),
    Parameter(
        "slowest_m_s",
        "float",
        "velocity that sets the shortest wavelength; left out, the model's slowest",
        default=None,
        unit="m/s",
        minimum=1,
    ),
    Parameter(
        "cover",
        "bool",
        "the last cell lies at or beyond the model's, not before it",
        default=False,
    ),
)
