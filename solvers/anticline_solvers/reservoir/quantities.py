"""What a curve's numbers are: the quantity that its keyword names."""

from __future__ import annotations

from anticline_solvers.reservoir.units import Quantity

_ENDS: dict[str, Quantity] = {
    **dict.fromkeys(("OPR", "WPR", "LPR", "OIR", "WIR"), "liquid_rate"),
    **dict.fromkeys(("GPR", "GIR"), "gas_rate"),
    **dict.fromkeys(("OPT", "WPT", "LPT", "OIT", "WIT", "OIP", "WIP"), "liquid"),
    **dict.fromkeys(("GPT", "GIT", "GIP"), "gas"),
    **dict.fromkeys(("GOR", "RS"), "gas_oil_ratio"),
    **dict.fromkeys(("BHP", "PR"), "pressure"),
    "TIME": "time",
}


def quantity_of(key: str) -> Quantity:
    """Give the quantity of a curve's key, such as WOPR:PROD."""
    keyword = key.partition(":")[0]
    if keyword == "TIME":
        return "time"
    return _ENDS.get(keyword[1:], "one")
