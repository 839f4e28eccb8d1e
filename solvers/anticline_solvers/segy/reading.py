"""From a case's parameters to the layout and index of its SEG-Y file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anticline.component import Case
from anticline.errors import BadInput, Finding
from anticline_solvers.formats.segy.binary import ORDERS, Stated
from anticline_solvers.formats.segy.fields import map_faults
from anticline_solvers.formats.segy.index import Index, index_of
from anticline_solvers.formats.segy.layout import read_layout
from anticline_solvers.segy import findings

DETECT = "detect"
LENGTH = "length"


def stated_by(parameters: Mapping[str, Any], interval: float | None = None) -> Stated:
    """Gather what parameters say in the place of headers.

    interval : of the samples, a millionth of a second or kilometre.
    """
    header_map: dict[str, int] = parameters["header_map"] or {}
    return Stated(
        ORDERS.get(parameters["byte_order"]),
        parameters["revision"],
        parameters["sample_format"],
        parameters["n_samples"],
        interval,
        tuple(sorted(header_map.items())),
    )


def map_findings(case: Case) -> list[Finding]:
    """Find entries of `header_map` outside the trace header."""
    faults = map_faults(case.parameters["header_map"] or {})
    return [case.finding("parameters.header_map", text) for text in faults]


def opened(case: Case, interval: float | None) -> Index:
    """Index a case's SEG-Y file; BadInput with everything that is in doubt.

    interval : that the case states, a millionth of a second or kilometre.
    """
    if wrong := map_findings(case):
        raise BadInput(wrong)
    path, stated = case.inputs["segy"], stated_by(case.parameters, interval)
    layout = read_layout(path, stated)
    layout.insist()
    index = index_of(layout)
    lengths = case.parameters["coordinate_units"] == LENGTH
    texts = findings.doubts(index, stated, units_are_lengths=lengths)
    if not layout.interval:
        texts.append("no header says the sample interval (bytes 3217, 117); state it")
    insist(path, texts)
    return index


def insist(path: Path, texts: list[str]) -> None:
    """Raise BadInput with every text, if there is one."""
    if texts:
        raise BadInput([Finding(str(path), None, text) for text in texts])
