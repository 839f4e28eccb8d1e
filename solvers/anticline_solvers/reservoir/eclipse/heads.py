"""The heads of result files: INTEHEAD, LOGIHEAD, DOUBHEAD.

Items are counted from 0 here, as in the tables of OPM's documentation; only those that
readers use are set, the others are 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.description import Description, Well
from anticline_solvers.reservoir.units import SYSTEMS

Arrays = list[tuple[str, object]]

VERSION = 201_802
SIZE, LOGICALS, DOUBLES = 411, 121, 229
PHASE_BITS = {"oil": 1, "water": 2, "gas": 4}
PER_WELL = {"IWEL": 155, "SWEL": 122, "XWEL": 130, "ZWEL": 3}
PER_CONNECTION = 25
DAY_S = 86_400.0
YEAR_DAYS = 365.25


def integers(
    description: Description,
    time_s: float = 0.0,
    wells: Sequence[Well] = (),
    report: int = 0,
) -> NDArray[np.int32]:
    """Make INTEHEAD: units, grid, phases, date, sizes of the wells' arrays."""
    nx, ny, nz = description.grid.shape
    day = day_of(description.start, time_s)
    most = max((len(well.connections) for well in wells), default=0)
    head = np.zeros(SIZE, np.int32)
    for at, value in {
        1: VERSION,
        2: SYSTEMS[description.unit_system].code,
        8: nx,
        9: ny,
        10: nz,
        11: len(description.grid.active),
        14: sum(PHASE_BITS[phase] for phase in description.phases),
        16: len(wells),
        17: most,
        24: PER_WELL["IWEL"],
        25: PER_WELL["SWEL"],
        26: PER_WELL["XWEL"],
        27: PER_WELL["ZWEL"],
        32: PER_CONNECTION,
        64: day.day,
        65: day.month,
        66: day.year,
        67: report,
        68: report,
        94: 100,
    }.items():
        head[at] = value
    return head


def logicals(description: Description) -> NDArray[np.bool_]:
    """Make LOGIHEAD: whether gas dissolves."""
    head = np.zeros(LOGICALS, bool)
    head[0] = "gas" in description.phases
    head[3] = True
    return head


def doubles(description: Description, time_s: float = 0.0) -> NDArray[np.float64]:
    """Make DOUBHEAD: days since the start, and the dates as day numbers."""
    head = np.zeros(DOUBLES, np.float64)
    days = time_s / DAY_S
    first = number_of(description.start)
    head[0], head[160], head[161] = days, first, first + days
    return head


def number_of(day: date) -> int:
    """Give a day's number as these files count: years of 365 1/4 days, and its days."""
    return int(YEAR_DAYS * day.year) + day.timetuple().tm_yday


def day_of(start: date, time_s: float) -> date:
    """Give the day that a time since the start lies in."""
    return start + timedelta(days=int(time_s / DAY_S + 1e-9))


def text(values: Sequence[str]) -> NDArray[np.bytes_]:
    """Give words of eight characters."""
    return np.array([value[:8].ljust(8).encode("latin-1") for value in values], "S8")
