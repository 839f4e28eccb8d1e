"""Reports: JSON that says whose result it is, written beside and renamed.

Pictures and texts cannot say it; a case that writes some beside its report is known by
the report.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anticline.component import Case
from anticline.errors import Finding, OutputExists
from anticline_solvers.formats.hdf5 import finished as hdf5_finished
from anticline_solvers.formats.hdf5 import format_of, part_of


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write JSON; what it cannot hold is written as text."""
    text = json.dumps(report, indent=2, sort_keys=True, default=str)
    write_bytes(path, f"{text}\n".encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file beside its place and rename it there."""
    part = part_of(path)
    part.write_bytes(content)
    part.replace(path)


def fingerprint_of(path: Path) -> str:
    """Give the fingerprint of the case that made a report; empty where it has none."""
    try:
        return str(json.loads(path.read_text())["provenance"]["fingerprint"])
    except (ValueError, KeyError, TypeError, OSError):
        return ""


def finished(case: Case) -> bool:
    """Tell whether every output is there, and those that can say so are this case's."""
    if not all(path.exists() for path in case.outputs.values()):
        return False
    wanted = case.fingerprint()
    return all(_owner(path, wanted) == wanted for path in case.outputs.values())


def _owner(path: Path, otherwise: str) -> str:
    """Give the fingerprint that a file carries; `otherwise` where it can carry none."""
    if path.suffix == ".json":
        return fingerprint_of(path)
    if format_of(path) is None:
        return otherwise
    try:
        return otherwise if hdf5_finished(path, otherwise) else ""
    except OutputExists:
        return ""


def other_cases(case: Case) -> list[Finding]:
    """Find a report of another case, or of none, in the place of one of this case."""
    return [
        finding
        for path in case.outputs.values()
        if path.suffix == ".json" and path.exists()
        if fingerprint_of(path) != case.fingerprint()
        for finding in OutputExists.at(path).findings
    ]
