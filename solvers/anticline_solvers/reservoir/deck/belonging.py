"""Keywords where they must not be: in another section, twice, or of no phase there is.

The parser takes them all, and a reader that looks for the last one of a name, or in its
own section alone, would pass over the others in silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword

_CELLS = ("GRID", "EDIT", "PROPS", "REGIONS", "SOLUTION")
_MULTIPLIERS = tuple(f"MULT{axis}{sign}" for axis in "XYZ" for sign in ("", "-"))
_STATE = ("PRESSURE", "SWAT", "SGAS", "RS")
_TABLES = (
    *("PVTO", "PVDO", "PVCDO", "PVTW", "PVDG", "DENSITY", "ROCK"),
    *("SWOF", "SGOF", "SWFN", "SGFN", "SOF2", "SOF3"),
)
_FRAME = ("COORD", "ZCORN", "SPECGRID", "GRIDUNIT", "DXV", "DYV", "DZV", "MINPV")
_SIZES = ("DIMENS", "START", "TABDIMS", "EQLDIMS", "TITLE")
_START = ("EQUIL", "RSVD", "PBVD")

SECTIONS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (*_SIZES, "OIL", "WATER", "GAS", "DISGAS", "FIELD", "METRIC"), ("RUNSPEC",)
    ),
    **dict.fromkeys(("REGDIMS", "WELLDIMS"), ("RUNSPEC",)),
    **dict.fromkeys((*_FRAME, "FAULTS", "NNC", "INIT"), ("GRID",)),
    **dict.fromkeys(("DX", "DY", "DZ", "TOPS", "PORO", "NTG", "ACTNUM"), ("GRID",)),
    **dict.fromkeys(("PERMX", "PERMY", "PERMZ"), ("GRID",)),
    **dict.fromkeys((*_MULTIPLIERS, "MULTPV", "PORV"), ("GRID", "EDIT")),
    "MULTFLT": ("GRID", "EDIT", "SCHEDULE"),
    **dict.fromkeys(("BOX", "ENDBOX", "EQUALS", "COPY", "MULTIPLY", "ADD"), _CELLS),
    **dict.fromkeys(("MINVALUE", "MAXVALUE"), _CELLS),
    **dict.fromkeys((*_TABLES, "STONE", "STONE1", "STONE2"), ("PROPS",)),
    **dict.fromkeys(("PVTNUM", "SATNUM", "EQLNUM"), ("REGIONS",)),
    **dict.fromkeys((*_STATE, *_START), ("SOLUTION",)),
    **dict.fromkeys(("WELSPECS", "COMPDAT", "WCONPROD", "WCONINJE"), ("SCHEDULE",)),
    **dict.fromkeys(("WELOPEN", "WELTARG", "WEFAC", "DRSDT"), ("SCHEDULE",)),
    **dict.fromkeys(("TSTEP", "DATES"), ("SCHEDULE",)),
}
"""Where a keyword may stand; MULTFLT of the schedule is told on its own."""

ONCE = frozenset((*_SIZES, *_FRAME, *_TABLES, *_START))
PHASE_OF = {
    **dict.fromkeys(("PVDG", "SGOF", "SGFN", "SGAS", "DISGAS"), "GAS"),
    **dict.fromkeys(("PVTW", "SWOF", "SWFN", "SWAT"), "WATER"),
    **dict.fromkeys(("RSVD", "PBVD", "RS", "DRSDT"), "DISGAS"),
}


def misplaced(deck: Deck) -> list[Finding]:
    """Find keywords in a wrong section, given twice, or of no phase that is there."""
    return [
        *_in_wrong_sections(deck),
        *_twice(deck),
        *_of_no_phase(deck),
        *_in_two_sections(deck),
    ]


def _in_wrong_sections(deck: Deck) -> Iterator[Finding]:
    for keyword in deck.keywords:
        for name in (keyword.name, *_fields(keyword)):
            allowed = SECTIONS_OF.get(name, (keyword.section,))
            if keyword.section not in allowed:
                what = "stands" if name == keyword.name else f"{name} is changed"
                where = keyword.section or "no section"
                text = f"{what} in {where}; it belongs to {' or '.join(allowed)}"
                yield keyword.finding(text)


def _fields(keyword: Keyword) -> list[str]:
    """Arrays that an operation changes, each once."""
    names = [
        record.text("target") or record.text("field") for record in keyword.records
    ]
    return [name for name in dict.fromkeys(names) if name in SECTIONS_OF]


def _twice(deck: Deck) -> Iterator[Finding]:
    for name in sorted(ONCE):
        given = deck.all(name)
        for keyword in given[1:]:
            text = f"is in line {given[0].line} already; keep one of them"
            yield keyword.finding(text)


def _of_no_phase(deck: Deck) -> Iterator[Finding]:
    for keyword in deck.keywords:
        phase = PHASE_OF.get(keyword.name)
        if phase and phase not in deck:
            text = f"{phase} is not in the deck; give it, or leave this out"
            yield keyword.finding(text)


def _in_two_sections(deck: Deck) -> Iterator[Finding]:
    """Find multipliers of two sections; simulators differ on what that means."""
    for name in (*_MULTIPLIERS, "MULTPV", "PORV"):
        stated = {one.section: one for one in deck.all(name)}
        if {"GRID", "EDIT"} <= set(stated):
            text = "is stated in GRID too; state it in one of the sections"
            yield stated["EDIT"].finding(text)
