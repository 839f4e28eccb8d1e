"""What an executable's outputs cannot say themselves: whose result they are.

    image.h5  image.h5.made.json      {"format": "anticline-made/1", "fingerprint": ...}

The file lies beside the first output of a component that is a `command`, and holds the
provenance that other components write into their outputs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anticline.component.case import Case
from anticline.errors import OutputExists

FORMAT = "anticline-made/1"
SUFFIX = ".made.json"


def record(case: Case) -> Path:
    """Name the file that says whose result the outputs are."""
    first = next(iter(case.outputs.values()))
    return first.with_name(first.name + SUFFIX)


def is_made(case: Case) -> bool:
    """Tell whether every output is there as the result of this very case."""
    there = all(map(Path.exists, case.outputs.values()))
    return there and _maker(case) == case.fingerprint()


def refuse_others(case: Case) -> None:
    """Keep what another case made from being overwritten.

    Raises
    ------
    OutputExists
        An output is there, and not as this case's result.
    """
    there = [path for path in case.outputs.values() if path.exists()]
    if there and _maker(case) != case.fingerprint():
        raise OutputExists.at(there[0])


def keep(case: Case, provenance: dict[str, Any]) -> None:
    """Say whose result the outputs are; written before they get their names."""
    path = record(case)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps({"format": FORMAT, **provenance}, indent=1))
    beside.replace(path)


def _maker(case: Case) -> str | None:
    """Give the fingerprint of the case that made the outputs; None: nobody knows."""
    try:
        said = json.loads(record(case).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(said, dict) and said.get("format") == FORMAT
    return str(said.get("fingerprint")) if known else None
