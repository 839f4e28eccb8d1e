"""Whether images, or gradients, may be added.

They must be alike in all but their shots, hold no shot twice, and be finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats.sums import Heading, read_sum

MOST_LISTED = 8


def differences(headings: Sequence[Heading]) -> Iterator[str]:
    """Say how images differ from the first of them, one line an image."""
    for other in headings[1:]:
        first = headings[0]
        if unlike := [*_geometry(first, other), *_making(first, other)]:
            yield (
                f"{other.path} cannot be added to {first.path}: {'; '.join(unlike)}; "
                "make both alike"
            )


def _geometry(first: Heading, other: Heading) -> Iterator[str]:
    if not first.grid.agrees_with(other.grid):
        yield f"it is on {other.grid}, not on {first.grid}"
    if first.frame != other.frame:
        yield f"its map position is {other.frame}, not {first.frame}"
    if first.windows.keys() != other.windows.keys():
        yield f"it has {_names(other.windows)}, not {_names(first.windows)}"
    if first.origin.epsilon != other.origin.epsilon:
        yield f"it is divided by {_light(other)}, not by {_light(first)}"


def _light(heading: Heading) -> str:
    epsilon = heading.origin.epsilon
    return "nothing" if epsilon is None else f"illumination + {epsilon:g} of its mean"


def _making(first: Heading, other: Heading) -> Iterator[str]:
    one, two = dict(first.origin.made_with), dict(other.origin.made_with)
    pairs = one.pop("parameters", {}), two.pop("parameters", {})
    for name in _changed(one, two):
        yield f"its {name} differs{_inside(one.get(name), two.get(name))}"
    for name in _changed(*pairs):
        yield f"its {name} is {pairs[1].get(name)}, not {pairs[0].get(name)}"


def _inside(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        return f": {_names(_changed(one, other))}"
    return ""


def _changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*one, *other} if one.get(key) != other.get(key))


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def shared_shots(headings: Iterable[Heading]) -> Iterator[str]:
    """Say which shots are in two images, and which image has none."""
    holder: dict[int, Path] = {}
    for heading in headings:
        twice: dict[Path, list[int]] = {}
        for shot in heading.origin.shots:
            if shot in holder:
                twice.setdefault(holder[shot], []).append(shot)
        for path, shots in twice.items():
            yield (
                f"{_listed(shots)} in {path} and again in {heading.path}; a shot is "
                "added once, leave one of the files out"
            )
        if not heading.origin.shots:
            yield f"{heading.path} holds no shot; leave it out"
        holder |= dict.fromkeys(heading.origin.shots, heading.path)


def _listed(shots: Sequence[int]) -> str:
    if len(shots) == 1:
        return f"shot {shots[0]} is"
    shown, more = ", ".join(map(str, shots[:MOST_LISTED])), len(shots) - MOST_LISTED
    return f"shots {shown}{f' and {more} more' if more > 0 else ''} are"


def not_finite(
    heading: Heading, read: Callable[[Path, str], Placed] = read_sum
) -> Iterator[str]:
    """Say which sums of a file hold a NaN or an infinity; reads them all."""
    for name in heading.windows:
        values = read(heading.path, name).values
        bad = ~np.isfinite(values)
        if bad.any():
            yield (
                f"{heading.path}: {int(bad.sum()):,} of {bad.size:,} values of its "
                f"{name} are not finite; do its shots again"
            )
