"""What the smallest task does; every contestant calls `write`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(path: str, value: int) -> int:
    """Write a number to a file."""
    Path(path).write_text(json.dumps({"value": value}))
    return value


def run(case: Any, context: Any) -> None:
    """Do it as a component."""
    write(str(case.outputs["report"]), case.parameters["value"])
