"""SPE9: 9,000 cells, 26 wells, 900 days of water injection (catalogue: spe9)."""

from __future__ import annotations

import os
from pathlib import Path

from reservoir_case import ReservoirCase
from worker import Failure

PLACE = Path("reservoir/opm_data/spe9/SPE9.DATA")


def deck(folder: Path, quick: bool) -> Path:
    """Find the deck below ANTICLINE_DATA."""
    found = Path(os.environ.get("ANTICLINE_DATA", "")) / PLACE
    if not found.is_file():
        msg = f"ANTICLINE_DATA names no folder with {PLACE}"
        raise Failure(msg)
    return found


CASE = ReservoirCase("reservoir_spe9", "SPE9, 9,000 cells", deck)
