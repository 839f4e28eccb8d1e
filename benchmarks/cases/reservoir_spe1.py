"""SPE1 as it ships with the project: 300 cells, ten years of gas injection."""

from __future__ import annotations

from pathlib import Path

from reservoir_case import ReservoirCase

SHIPPED = Path(__file__).resolve().parents[2] / "configs/cases/spe1/SPE1.DATA"


def deck(folder: Path, quick: bool) -> Path:
    """Give the deck."""
    return SHIPPED


CASE = ReservoirCase("reservoir_spe1", "SPE1, 300 cells", deck)
