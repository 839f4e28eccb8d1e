"""The summary vectors that a deck asks for: those that are made, and the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anticline_solvers.reservoir.deck.keywords import Deck, Keyword
from anticline_solvers.reservoir.deck.patterns import matching
from anticline_solvers.reservoir.deck.supported import HARMLESS
from anticline_solvers.reservoir.description import Grid, SummaryVector

FIELD = frozenset(
    [
        "FOPR",
        "FWPR",
        "FGPR",
        "FOPT",
        "FWPT",
        "FGPT",
        "FWIR",
        "FGIR",
        "FWIT",
        "FGIT",
        "FOIR",
        "FOIT",
        "FGOR",
        "FWCT",
        "FLPR",
        "FLPT",
        "FPR",
        "FOIP",
        "FWIP",
        "FGIP",
    ]
)
WELL = frozenset(
    [
        "WOPR",
        "WWPR",
        "WGPR",
        "WLPR",
        "WOPT",
        "WWPT",
        "WGPT",
        "WLPT",
        "WWIR",
        "WGIR",
        "WOIR",
        "WWIT",
        "WGIT",
        "WOIT",
        "WBHP",
        "WGOR",
        "WWCT",
    ]
)
BLOCK = {
    "BPR": "pressure",
    "BSWAT": "sw",
    "BWSAT": "sw",
    "BSGAS": "sg",
    "BGSAT": "sg",
    "BSOIL": "so",
    "BOSAT": "so",
    "BRS": "rs",
}


def read_curves(
    deck: Deck, wells: Sequence[str], grid: Grid
) -> tuple[tuple[SummaryVector, ...], list[str]]:
    """Give the vectors that are made, and say which are not."""
    made: dict[SummaryVector, None] = {}
    left_out: list[str] = []
    for keyword in deck.section("SUMMARY"):
        if keyword.name in FIELD:
            made[SummaryVector(keyword.name)] = None
        elif keyword.name in WELL:
            made |= dict.fromkeys(_of_wells(keyword, wells, left_out))
        elif keyword.name in BLOCK:
            made |= dict.fromkeys(_of_blocks(keyword, grid, left_out))
        elif keyword.name not in HARMLESS:
            left_out.append(str(keyword.finding("this curve is not made")))
    return tuple(made), left_out


def _of_wells(
    keyword: Keyword, wells: Sequence[str], left_out: list[str]
) -> list[SummaryVector]:
    patterns = [one for record in keyword.records for one in record.texts("WELLS")]
    names: list[str] = []
    for pattern in patterns or ["*"]:
        meant = matching(pattern, wells)
        names += meant
        if not meant:
            left_out.append(str(keyword.finding(f"there is no well {pattern}")))
    return [SummaryVector(keyword.name, well=name) for name in names]


def _of_blocks(
    keyword: Keyword, grid: Grid, left_out: list[str]
) -> list[SummaryVector]:
    nx, ny, nz = grid.shape
    made = []
    for record in keyword.records:
        i, j, k = (record.whole(axis) - 1 for axis in "IJK")
        inside = 0 <= i < nx and 0 <= j < ny and 0 <= k < nz
        if inside and np.isin(i + nx * (j + ny * k), grid.active):
            made.append(SummaryVector(keyword.name, cell=(i, j, k)))
        else:
            text = f"cell ({i + 1}, {j + 1}, {k + 1}) is not active; no curve is made"
            left_out.append(str(keyword.finding(text)))
    return made
