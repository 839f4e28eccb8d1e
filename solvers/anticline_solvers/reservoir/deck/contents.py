"""What a deck says, as one digest: its own bytes and those of the files it includes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from anticline_solvers.formats import digest as of_files
from anticline_solvers.reservoir.deck.locating import scan


def digest(path: Path) -> str | None:
    """Give the sha256 of a deck with its included files, or of an anticline file."""
    if path.suffix.upper() != ".DATA":
        return of_files.digest(path)
    total = hashlib.sha256()
    for name in scan(path).files:
        content = Path(name).read_bytes()
        total.update(f"{len(content)}\n".encode() + content)
    return total.hexdigest()
