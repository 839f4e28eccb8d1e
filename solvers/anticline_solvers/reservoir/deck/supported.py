"""The keywords that are done and those that do no harm; every other is refused.

A deck asks for physics, controls or geometry by its keywords. One that is neither
done nor about output alone would change the answer if it were passed over.
"""

from __future__ import annotations

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.arrays import ARRAYS, OPERATIONS
from anticline_solvers.reservoir.deck.keywords import SECTIONS, Deck

RUNSPEC = frozenset(
    [
        "TITLE",
        "DIMENS",
        "OIL",
        "WATER",
        "GAS",
        "DISGAS",
        "FIELD",
        "METRIC",
        "START",
        "TABDIMS",
        "EQLDIMS",
        "REGDIMS",
        "WELLDIMS",
    ]
)
GRID = frozenset(
    [
        "COORD",
        "ZCORN",
        "SPECGRID",
        "GRIDUNIT",
        "DXV",
        "DYV",
        "DZV",
        "FAULTS",
        "MULTFLT",
        "NNC",
        "MINPV",
        "BOX",
        "ENDBOX",
        "INIT",
    ]
)
PROPS = frozenset(
    [
        "PVTO",
        "PVDO",
        "PVCDO",
        "PVTW",
        "PVDG",
        "DENSITY",
        "ROCK",
        "SWOF",
        "SGOF",
        "SWFN",
        "SGFN",
        "SOF2",
        "SOF3",
        "STONE",
        "STONE1",
        "STONE2",
    ]
)
SOLUTION = frozenset(["EQUIL", "RSVD", "PBVD"])
SCHEDULE = frozenset(
    [
        "WELSPECS",
        "COMPDAT",
        "WCONPROD",
        "WCONINJE",
        "WELOPEN",
        "WELTARG",
        "WEFAC",
        "TSTEP",
        "DATES",
        "DRSDT",
    ]
)
DONE = (
    frozenset(SECTIONS) | RUNSPEC | GRID | PROPS | SOLUTION | SCHEDULE | set(ARRAYS)
) | set(OPERATIONS)

HARMLESS: dict[str, str] = {
    **dict.fromkeys(
        [
            "ECHO",
            "NOECHO",
            "NOWARN",
            "WARN",
            "MESSAGES",
            "MSGFILE",
            "DEBUG",
            "END",
            "ENDINC",
            "SKIPREST",
            "COLUMNS",
            "FORMFEED",
            "FILEUNIT",
        ],
        "about reading and messages",
    ),
    **dict.fromkeys(
        [
            "RPTGRID",
            "RPTPROPS",
            "RPTREGS",
            "RPTSOL",
            "RPTSCHED",
            "RPTRST",
            "RPTSMRY",
            "RPTRUNSP",
            "RPTINIT",
            "RPTONLY",
            "RPTONLYO",
            "RPTISOL",
            "NOGGF",
            "GRIDFILE",
            "MAPAXES",
            "MAPUNITS",
            "UNIFOUT",
            "UNIFIN",
            "FMTOUT",
            "FMTIN",
            "OUTSOL",
            "RUNSUM",
            "SEPARATE",
            "EXCEL",
            "NARROW",
            "DATE",
            "SUMMARY",
            "ALL",
            "SUMTHIN",
            "RSSPEC",
            "NORSSPEC",
            "INSPEC",
            "NOINSPEC",
            "WRFT",
            "WRFTPLT",
            "FIPNUM",
            "MONITOR",
            "NOMONITO",
            "SAVE",
        ],
        "about output, which the case asks for",
    ),
    **dict.fromkeys(
        [
            "NSTACK",
            "NUPCOL",
            "FAULTDIM",
            "NUMRES",
            "VFPPDIMS",
            "VFPIDIMS",
            "SMRYDIMS",
            "ACTDIMS",
            "UDQDIMS",
            "UDADIMS",
            "GRIDOPTS",
            "AQUDIMS",
            "TRACERS",
        ],
        "dimensions of a table that is refused where it is used",
    ),
    **dict.fromkeys(
        [
            "TUNING",
            "NEXTSTEP",
            "CPR",
            "NEWTRAN",
            "FULLIMP",
            "PARALLEL",
            "MEMORY",
            "LICENSES",
        ],
        "about the numerical method, which the case chooses",
    ),
}


def refusals(deck: Deck) -> list[Finding]:
    """Find every keyword that the simulator does not do."""
    return [
        keyword.finding(
            "the simulator does not do this; remove it if the answer may do without"
        )
        for keyword in deck.keywords
        if keyword.section != "SUMMARY"
        if keyword.name not in DONE and keyword.name not in HARMLESS
    ]


def passed_over(deck: Deck) -> list[str]:
    """Say which keywords change nothing, and why."""
    said: dict[str, list[str]] = {}
    for keyword in deck.keywords:
        if keyword.section != "SUMMARY" and keyword.name in HARMLESS:
            names = said.setdefault(HARMLESS[keyword.name], [])
            if keyword.name not in names:
                names.append(keyword.name)
    return [f"{', '.join(names)}: {reason}" for reason, names in said.items()]
