"""A table of weights, one row a trace; traces without a row weigh 1.

    shot,receiver,weight
    12,40,0.5

A receiver is named by its number in its shot, counted from 0.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.survey import Survey
from anticline_solvers.formats.text import lines_of
from anticline_solvers.seismic.conditioning.operators import Weights

COLUMNS = ("shot", "receiver", "weight")


def read(path: Path, survey: Survey) -> Mapping[int, Weights]:
    """Read a table of weights: of each shot it names, (n_receivers,).

    Raises BadInput with every line that is wrong.
    """
    sizes = {shot.id: len(shot.receivers_m) for shot in survey.shots}
    rows = csv.DictReader(lines_of(path))
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        text = f"columns {rows.fieldnames}; {', '.join(COLUMNS)} are needed"
        raise BadInput(Finding(str(path), 1, text))
    table: dict[int, Weights] = {}
    findings: list[Finding] = []
    try:
        for row in rows:
            try:
                shot, receiver, weight = _row(row, sizes)
            except ValueError as error:
                findings.append(Finding(str(path), rows.line_num, str(error)))
                continue
            table.setdefault(shot, np.ones(sizes[shot]))[receiver] = weight
    except csv.Error as error:
        findings.append(Finding(str(path), rows.line_num, str(error)))
    if findings:
        raise BadInput(findings)
    return table


def _row(row: Mapping[str, str], sizes: Mapping[int, int]) -> tuple[int, int, float]:
    """Read a row; ValueError says what is wrong with it."""
    try:
        shot, receiver = int(row["shot"]), int(row["receiver"])
        weight = float(row["weight"])
    except (TypeError, ValueError):
        msg = f"{list(row.values())}: two whole numbers and a weight are needed"
        raise ValueError(msg) from None
    if shot not in sizes:
        msg = f"shot {shot} is not among the {len(sizes)} of the survey"
        raise ValueError(msg)
    if not 0 <= receiver < sizes[shot]:
        msg = (
            f"receiver {receiver} of shot {shot}: they run from 0 to {sizes[shot] - 1}"
        )
        raise ValueError(msg)
    if not 0.0 <= weight < math.inf:
        msg = f"weight {weight:g}; a finite number of at least 0 is needed"
        raise ValueError(msg)
    return shot, receiver, weight
