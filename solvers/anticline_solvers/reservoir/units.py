"""The unit systems of decks, METRIC and FIELD: what their units are in SI.

A quantity's factor turns a number of the deck into SI. Names of units are those that
result files carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAY_S = 86_400.0
FOOT_M = 0.3048
PSI_PA = 6_894.757293168361
BAR_PA = 1e5
BARREL_M3 = 0.158987294928
MSCF_M3 = 28.316846592
POUND_PER_FT3 = 16.01846337396014
MILLIDARCY_M2 = 9.869232667160129e-16
CENTIPOISE = 1e-3

Quantity = Literal[
    "one",
    "length",
    "pressure",
    "time",
    "permeability",
    "volume",
    "reservoir_volume",
    "reservoir_rate",
    "liquid",
    "liquid_rate",
    "gas",
    "gas_rate",
    "gas_oil_ratio",
    "transmissibility",
    "density",
    "viscosity",
]


@dataclass(frozen=True)
class UnitSystem:
    """A unit system: size in SI and name of the unit of each quantity.

    code : in the heads of result files.
    """

    name: Literal["FIELD", "METRIC"]
    code: int
    units: dict[Quantity, tuple[float, str]]

    def size(self, quantity: Quantity) -> float:
        """SI value of the unit of a quantity."""
        return self.units[quantity][0]

    def unit(self, quantity: Quantity) -> str:
        """Name of the unit of a quantity."""
        return self.units[quantity][1]


METRIC = UnitSystem(
    "METRIC",
    1,
    {
        "one": (1.0, ""),
        "length": (1.0, "METRES"),
        "pressure": (BAR_PA, "BARSA"),
        "time": (DAY_S, "DAYS"),
        "permeability": (MILLIDARCY_M2, "MD"),
        "volume": (1.0, "RM3"),
        "reservoir_volume": (1.0, "RM3"),
        "reservoir_rate": (1.0 / DAY_S, "RM3/DAY"),
        "liquid": (1.0, "SM3"),
        "liquid_rate": (1.0 / DAY_S, "SM3/DAY"),
        "gas": (1.0, "SM3"),
        "gas_rate": (1.0 / DAY_S, "SM3/DAY"),
        "gas_oil_ratio": (1.0, "SM3/SM3"),
        "transmissibility": (CENTIPOISE / DAY_S / BAR_PA, "CPR3/DAY/BARS"),
        "density": (1.0, "KG/M3"),
        "viscosity": (CENTIPOISE, "CP"),
    },
)
FIELD = UnitSystem(
    "FIELD",
    2,
    {
        "one": (1.0, ""),
        "length": (FOOT_M, "FEET"),
        "pressure": (PSI_PA, "PSIA"),
        "time": (DAY_S, "DAYS"),
        "permeability": (MILLIDARCY_M2, "MD"),
        "volume": (BARREL_M3, "RB"),
        "reservoir_volume": (BARREL_M3, "RB"),
        "reservoir_rate": (BARREL_M3 / DAY_S, "RB/DAY"),
        "liquid": (BARREL_M3, "STB"),
        "liquid_rate": (BARREL_M3 / DAY_S, "STB/DAY"),
        "gas": (MSCF_M3, "MSCF"),
        "gas_rate": (MSCF_M3 / DAY_S, "MSCF/DAY"),
        "gas_oil_ratio": (MSCF_M3 / BARREL_M3, "MSCF/STB"),
        "transmissibility": (
            CENTIPOISE * BARREL_M3 / DAY_S / PSI_PA,
            "CPRB/DAY/PSI",
        ),
        "density": (POUND_PER_FT3, "LB/FT3"),
        "viscosity": (CENTIPOISE, "CP"),
    },
)
SYSTEMS = {"METRIC": METRIC, "FIELD": FIELD}
