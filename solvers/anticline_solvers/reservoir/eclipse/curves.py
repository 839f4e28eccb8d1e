"""SMSPEC and UNSMRY: what the curves are, and their values at report times."""

from __future__ import annotations

import numpy as np

from anticline_solvers.reservoir.eclipse.heads import Arrays, text
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.quantities import quantity_of
from anticline_solvers.reservoir.units import SYSTEMS

DAY_S, YEAR_DAYS = 86_400.0, 365.25
NOBODY = ":+:+:+:+"


def specification(curves: Curves) -> Arrays:
    """Make the arrays of SMSPEC."""
    units = SYSTEMS[curves.unit_system]
    wells = list(
        dict.fromkeys(key.partition(":")[2] for key in curves.values if key[0] == "W")
    )
    keywords, names, numbers, unit = ["TIME", "YEARS"], [NOBODY] * 2, [0, 0], []
    for key in curves.values:
        keyword, _, rest = key.partition(":")
        keywords.append(keyword)
        names.append(rest if keyword[0] == "W" else NOBODY)
        numbers.append(_number(keyword, rest, wells, curves.shape))
        unit.append(units.unit(quantity_of(key)))
    size = np.array([len(keywords), *curves.shape, 0, 0], np.int32)
    day = curves.start
    return [
        ("INTEHEAD", np.array([units.code, 100], np.int32)),
        ("RESTART ", text([""] * 9)),
        ("DIMENS  ", size),
        ("KEYWORDS", text(keywords)),
        ("WGNAMES ", text(names)),
        ("NUMS    ", np.array(numbers, np.int32)),
        ("UNITS   ", text(["DAYS", "YEARS", *unit])),
        ("STARTDAT", np.array([day.day, day.month, day.year, 0, 0, 0], np.int32)),
    ]


def _number(
    keyword: str, rest: str, wells: list[str], shape: tuple[int, int, int]
) -> int:
    if keyword[0] == "B" and rest:
        i, j, k = (int(part) for part in rest.split(","))
        return i + shape[0] * (j - 1 + shape[1] * (k - 1))
    return wells.index(rest) + 1 if keyword[0] == "W" else 0


def steps(curves: Curves) -> Arrays:
    """Make the arrays of UNSMRY; the start itself is no step of these files."""
    units = SYSTEMS[curves.unit_system]
    table = np.column_stack(
        [
            curves.times_s / DAY_S,
            curves.times_s / DAY_S / YEAR_DAYS,
            *(
                values / units.size(quantity_of(key))
                for key, values in curves.values.items()
            ),
        ]
    ).astype(np.float32)
    made: Arrays = []
    later = [
        row for row, time_s in zip(table, curves.times_s, strict=True) if time_s > 0
    ]
    for number, row in enumerate(later):
        made += [
            ("SEQHDR  ", np.array([number + 1], np.int32)),
            ("MINISTEP", np.array([number], np.int32)),
            ("PARAMS  ", row),
        ]
    return made
