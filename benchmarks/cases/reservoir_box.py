"""A box of 60 x 220 x 20 cells flooded with water: permeability over six decades."""

from __future__ import annotations

from pathlib import Path

from layered_box import write
from reservoir_case import ReservoirCase

SHAPE, QUICK_SHAPE = (60, 220, 20), (12, 22, 4)


def deck(folder: Path, quick: bool) -> Path:
    """Write the deck."""
    path = folder / "BOX.DATA"
    write(path, QUICK_SHAPE if quick else SHAPE)
    return path


CASE = ReservoirCase("reservoir_box", "Water flood of a box, 264,000 cells", deck)
