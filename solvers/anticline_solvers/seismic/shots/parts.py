"""A share of a survey's shots, so that many tasks do one survey.

Of n shots, in the survey's order, part k of P takes those from k n // P up to
(k + 1) n // P: neighbours, and sizes that differ by one shot at most. The split
depends on the list of shots, k and P alone. Neighbours are taken rather than every
P-th shot, because they light the same part of the model: with an aperture, what a
part sums and stores is then a window of the image and not the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anticline_solvers.formats.survey import Survey

PART, PARTS = "part", "parts"


def share(shot_ids: tuple[int, ...], part: int, parts: int) -> tuple[int, ...]:
    """Give the shots of a part, counted from 0."""
    n = len(shot_ids)
    return shot_ids[part * n // parts : (part + 1) * n // parts]


def of(survey: Survey, parameters: Mapping[str, Any]) -> Survey:
    """Give the survey with the shots of the part that a case asks for."""
    part, parts = parameters[PART], parameters[PARTS]
    return survey.only(share(survey.shot_ids, part, parts))


def faults(parameters: Mapping[str, Any], n_shots: int) -> dict[str, str]:
    """Say by parameter why there is no such part of a survey of n_shots."""
    part, parts = parameters[PART], parameters[PARTS]
    found = {}
    if parts > n_shots:
        found[PARTS] = (
            f"parts is {parts} and the survey has {n_shots} shots; take {n_shots} "
            "parts at most"
        )
    if part >= parts:
        found[PART] = (
            f"part is {part} and parts is {parts}; parts are counted from 0, the last "
            f"is {parts - 1}"
        )
    return found


def told(survey: Survey, parameters: Mapping[str, Any]) -> str:
    """Say in front of a line which part it speaks of; nothing where it is all."""
    if parameters[PARTS] == 1:
        return ""
    first, last = survey.shot_ids[0], survey.shot_ids[-1]
    part, parts = parameters[PART], parameters[PARTS]
    return f"part {part} of {parts} (0 to {parts - 1}), shots {first} to {last}: "
