"""Cases that run one after the other, read together before any of them runs.

01_model.yaml     outputs: {model: model.h5}
02_smooth.yaml    inputs:  {model: model.h5}      not there yet, and no finding
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from anticline.component.case import Case, Reading, read_case
from anticline.component.registry import Registry
from anticline.errors import CaseError, Finding


def read_cases(paths: Iterable[Path], registry: Registry) -> Iterator[Reading]:
    """Read cases in the order they run; a document that is none is all findings.

    An input that is not there is no finding where an earlier case writes it, even
    if that case has findings of its own. An output that an earlier case writes is.
    """
    coming: dict[Path, str] = {}
    for path in paths:
        try:
            reading = read_case(path, registry, coming)
        except CaseError as error:
            reading = Reading(path, None, {}, list(error.findings))
        twice = _twice(path, reading, coming)
        for name, output in reading.outputs.items():
            coming.setdefault(output, f"output '{name}' of {path}")
        yield replace(reading, findings=reading.findings + twice)


def _twice(path: Path, reading: Reading, coming: Mapping[Path, str]) -> list[Finding]:
    found = []
    for name, output in reading.outputs.items():
        if output in coming:
            text = f"output '{name}': {output} is also {coming[output]}; name another"
            place = Finding(str(path), None, text)
            case = reading.case
            found.append(case.finding(f"outputs.{name}", text) if case else place)
    return found


def load_cases(paths: Iterable[Path], registry: Registry) -> list[Case]:
    """Read cases that run one after the other.

    Raises
    ------
    CaseError
        With the findings of all of them.
    """
    readings = list(read_cases(paths, registry))
    findings = [finding for reading in readings for finding in reading.findings]
    if findings:
        raise CaseError(findings)
    return [reading.case for reading in readings if reading.case is not None]
