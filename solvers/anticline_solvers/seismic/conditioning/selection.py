"""Traces left out by name: SHOT:RECEIVER, SHOT:FIRST-LAST or all:FIRST-LAST.

    leave_out_traces: ["12:40", "12:50-59", "all:0-3"]

A receiver is named by its number in its shot, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic.conditioning.operators import Weights

_NUMBER = "([0-9]{1,18})"
_NAMED = re.compile(rf"(all|{_NUMBER[1:-1]}):{_NUMBER}(?:-{_NUMBER})?")


def left_out(named: Iterable[str], shot_id: int, n_receivers: int) -> Weights:
    """Give 0 for the traces of a shot that are named and 1 for the others, (n,)."""
    weights = np.ones(n_receivers)
    for text in named:
        shot, first, last = _read(text)
        if shot in (None, shot_id):
            weights[first : last + 1] = 0.0
    return weights


def name_faults(named: Iterable[str], survey: Survey) -> Iterator[str]:
    """Say which names are none, or name a shot or receiver that is not there."""
    sizes = {shot.id: len(shot.receivers_m) for shot in survey.shots}
    for text in named:
        if _NAMED.fullmatch(text) is None:
            yield f"{text!r}: SHOT:RECEIVER, SHOT:FIRST-LAST or all:... is needed"
            continue
        shot, first, last = _read(text)
        if shot is not None and shot not in sizes:
            yield f"{text!r}: shot {shot} is not among the {len(sizes)} of the survey"
            continue
        n = max(sizes.values()) if shot is None else sizes[shot]
        if not first <= last < n:
            yield f"{text!r}: receivers run from 0 to {n - 1}"


def _read(text: str) -> tuple[int | None, int, int]:
    match = _NAMED.fullmatch(text)
    if match is None:
        msg = f"{text!r} names no trace"
        raise ValueError(msg)
    shot, first, last = match.groups()
    return None if shot == "all" else int(shot), int(first), int(last or first)
