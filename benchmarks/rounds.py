"""Rounds in which contestants take turns, and the ratios that come of them.

Each round every team runs once, in turned order every other round, so that whatever
else happens on the machine meets all of them. A ratio is made within a round; what is
reported is the median of the rounds' ratios with the smallest and the largest.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from worker import Players

Rates = dict[str, list[float]]
"""Points per second of each team, one value a round."""

MULTIPLE = 3
"""Runs are a multiple of this many steps: Devito keeps three time levels."""

LONGEST_RUN = 6000


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of the rounds."""

    median: float
    smallest: float
    largest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Median and range of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def as_dict(self) -> dict[str, float]:
        """Give the spread as a record holds it, four digits."""
        names = ("median", "min", "max")
        values = (self.median, self.smallest, self.largest)
        return {
            name: float(f"{value:.4g}")
            for name, value in zip(names, values, strict=True)
        }


def choose_steps(
    players: Sequence[Players], seconds: float, steps: int = 0
) -> dict[str, int]:
    """Choose the steps of a run: about `seconds`, the same for all that compute.

    Measured with one short run of each, which also warms it up. `steps` above 0 is
    what all that compute take instead.
    """
    wanted = {}
    for one in players:
        one.run(MULTIPLE)
        wanted[one.team.name] = seconds * one.run(MULTIPLE) / one.points
    work = [wanted[one.team.name] for one in players if not one.team.sweeps]
    common = steps or (statistics.median(work) if work else 0.0)
    return {
        one.team.name: _whole(wanted[one.team.name] if one.team.sweeps else common)
        for one in players
    }


def _whole(steps: float) -> int:
    return min(max(math.ceil(steps / MULTIPLE), 1) * MULTIPLE, LONGEST_RUN)


def play(players: Sequence[Players], steps: Mapping[str, int], rounds: int) -> Rates:
    """Let every team run once a round."""
    rates: Rates = {one.team.name: [] for one in players}
    orders = [list(players), list(reversed(players))]
    turns = chain.from_iterable(orders[turn % 2] for turn in range(rounds))
    for one in turns:
        rates[one.team.name].append(one.run(steps[one.team.name]))
    return rates


def ratios(rates: Rates, name: str, peer: str, weight: float = 1.0) -> Spread | None:
    """Spread of the rounds' ratios name/peer times weight; None without the peer."""
    if peer not in rates:
        return None
    pairs = zip(rates[name], rates[peer], strict=True)
    return Spread.of([weight * mine / theirs for mine, theirs in pairs])
