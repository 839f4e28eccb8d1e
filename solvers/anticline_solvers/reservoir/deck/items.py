"""Items of records: those that are read, those that change nothing, and the others.

A record may state more than its keyword's reader looks at. An item that is neither read
nor idle is refused by name, unless its value is the one that asks for nothing.
"""

from __future__ import annotations

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Deck, Record

_BOX = "I1 I2 J1 J2 K1 K2"
READ: dict[str, frozenset[str]] = {
    name: frozenset(items.split())
    for name, items in {
        "START": "DAY MONTH YEAR",
        "SPECGRID": "NX NY NZ COORD_TYPE",
        "GRIDUNIT": "LengthUnit",
        "FAULTS": "NAME IX1 IX2 IY1 IY2 IZ1 IZ2 FACE",
        "MULTFLT": "fault factor",
        "NNC": "I1 J1 K1 I2 J2 K2 TRAN",
        "BOX": _BOX,
        "EQUALS": f"field value {_BOX}",
        "COPY": f"src target {_BOX}",
        "MULTIPLY": f"field factor {_BOX}",
        "ADD": f"field shift {_BOX}",
        "MINVALUE": f"field value {_BOX}",
        "MAXVALUE": f"field value {_BOX}",
        "DENSITY": "OIL WATER GAS",
        "ROCK": "PREF COMPRESSIBILITY",
        "EQUIL": "DATUM_DEPTH DATUM_PRESSURE OWC PC_OWC GOC PC_GOC BLACK_OIL_INIT "
        "BLACK_OIL_INIT_WG OIP_INIT",
        "WELSPECS": "WELL GROUP HEAD_I HEAD_J REF_DEPTH PHASE INFLOW_EQ CROSSFLOW "
        "P_TABLE DENSITY_CALC well_model",
        "COMPDAT": "WELL I J K1 K2 STATE SAT_TABLE CONNECTION_TRANSMISSIBILITY_FACTOR "
        "DIAMETER Kh SKIN D_FACTOR DIR PR",
        "WCONPROD": "WELL STATUS CMODE ORAT WRAT GRAT LRAT RESV BHP THP VFP_TABLE",
        "WCONINJE": "WELL TYPE STATUS CMODE RATE RESV BHP THP VFP_TABLE",
        "WELTARG": "WELL CMODE NEW_VALUE",
        "WEFAC": "WELLNAME EFFICIENCY_FACTOR",
        "WELOPEN": "WELL STATUS I J K C1 C2",
        "DRSDT": "DRSDT_MAX OPTION",
        "DATES": "DAY MONTH YEAR TIME",
    }.items()
}
IDLE: dict[str, frozenset[str]] = {
    "GRIDUNIT": frozenset({"MAP"}),
    "WELSPECS": frozenset({"D_RADIUS", "AUTO_SHUTIN", "FRONTSIM1", "FRONTSIM2"}),
    "WEFAC": frozenset({"USE_WEFAC_IN_NETWORK"}),
}
"""Of indices that are not reported, limits and networks that are refused by name."""

NOTHING: dict[str, dict[str, int | str]] = {
    "SPECGRID": {"NUMRES": 1},
    "START": {"TIME": "00:00:00"},
}


def unread(deck: Deck) -> list[Finding]:
    """Find items that are stated and that nobody reads."""
    found = []
    for keyword in deck.keywords:
        known = READ.get(keyword.name)
        if known is None:
            continue
        known = known | IDLE.get(keyword.name, frozenset())
        for record in keyword.records:
            found += [
                keyword.finding(f"item {item} is not done; leave it out (1*)")
                for item in sorted(record.given - known)
                if _asks(keyword.name, item, record)
            ]
    return found


def _asks(name: str, item: str, record: Record) -> bool:
    """Tell whether an item's value asks for something."""
    value = record.values.get(item)
    return value not in (None, 0, 0.0, "", NOTHING.get(name, {}).get(item))
