"""Columns of layers: velocity against restored depth, averaged over cells.

Restored depth s is a fraction of the sediments' thickness, before folding and
faulting. A cell takes the mean slowness of what lies in it, so a model on a coarse
grid is the fine one seen through larger cells and not another model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEAL, RESERVOIR, RESERVOIR_BASE = 0.53, 0.58, 0.635
CARBONATE, CARBONATE_BASE = 0.77, 0.815
BASEMENT = 1.04
DEEPEST = 1.8


@dataclass(frozen=True, eq=False)
class Column:
    """Layers of one velocity each.

    tops : (n,) increasing restored depths [fraction]; the last layer has no end.
    velocities : (n,) [m/s].
    """

    tops: Floats
    velocities: Floats

    def mean_slowness(self, depth: Floats, thickness: float) -> Floats:
        """Mean slowness [s/m] over `thickness` about each depth, any shape."""
        slowness = 1.0 / self.velocities
        edges = np.append(self.tops, self.tops[-1] + 10.0)
        integral = np.concatenate([[0.0], np.cumsum(slowness * np.diff(edges))])
        low = np.interp(depth - thickness / 2, edges, integral)
        high = np.interp(depth + thickness / 2, edges, integral)
        mean: Floats = (high - low) / thickness
        return mean


def folded_column(rng: np.random.Generator) -> Column:
    """Draw the sequence that is folded: shales and sands, a seal, a reservoir.

    Compaction makes it faster with depth; below are a carbonate and the basement.
    """
    fixed = np.array(
        [SEAL, RESERVOIR, RESERVOIR_BASE, CARBONATE, CARBONATE_BASE, BASEMENT]
    )
    tops = _bedded(rng, 0.0, DEEPEST, 0.017, fixed)
    facies = _facies(rng, len(tops))
    velocities = _compacted(tops) * (1.0 + 0.055 * facies)
    velocities[_between(tops, SEAL, RESERVOIR)] = 0.96 * _compacted(np.array(SEAL))
    sand = _between(tops, RESERVOIR, RESERVOIR_BASE)
    velocities[sand] = 1.06 * _compacted(tops[sand])
    velocities[_between(tops, CARBONATE, CARBONATE_BASE)] = 4350.0
    deep = tops >= BASEMENT - 1e-9
    velocities[deep] = 4450.0 + 40.0 * facies[deep]
    return Column(tops, velocities)


def with_gas(column: Column, factor: float = 0.76) -> Column:
    """Fill the reservoir with gas: its velocities times `factor`."""
    velocities = column.velocities.copy()
    velocities[_between(column.tops, RESERVOIR, RESERVOIR_BASE)] *= factor
    return Column(column.tops, velocities)


def cover_column(rng: np.random.Generator) -> Column:
    """Draw the young, unfolded sequence above the unconformity: 1,560 m/s and up."""
    tops = _bedded(rng, -0.5, 0.6, 0.011, np.empty(0))
    trend = 1620.0 + 1500.0 * np.maximum(tops, 0.0)
    return Column(tops, trend * (1.0 + 0.028 * np.clip(_facies(rng, len(tops)), -1, 3)))


def _compacted(depth: Floats) -> Floats:
    """Velocity of ordinary sediments at a restored depth [m/s]."""
    return 1850.0 + 2150.0 * np.maximum(depth, 0.0) ** 0.9


def _between(tops: Floats, start: float, stop: float) -> NDArray[np.bool_]:
    return (tops >= start - 1e-9) & (tops < stop - 1e-9)


def _bedded(
    rng: np.random.Generator, first: float, last: float, mean: float, fixed: Floats
) -> Floats:
    """Tops of beds of log-normal thickness, thick and thin in bundles.

    A bed boundary lies exactly at each of `fixed`; slivers beside them are merged.
    """
    count = int(4 * (last - first) / mean)
    bundles = 0.6 * np.sin(2 * np.pi * np.arange(count) / 13.0 + rng.uniform(0, 6.3))
    thick = mean * np.exp(bundles + 0.5 * rng.standard_normal(count) - 0.25)
    drawn = first + np.cumsum(thick)
    drawn = drawn[drawn < last]
    for boundary in fixed:
        drawn = drawn[np.abs(drawn - boundary) > mean / 3]
    return np.sort(np.concatenate([[first], drawn, fixed]))


def _facies(rng: np.random.Generator, count: int) -> Floats:
    """Draw a sequence of shale (slow) and sand (fast) that alternates unevenly."""
    alternating = np.where(np.arange(count) % 2, 0.7, -0.7)
    slow = np.convolve(rng.standard_normal(count + 6), np.ones(7) / np.sqrt(7), "valid")
    value: Floats = alternating + 0.6 * slow + 0.5 * rng.standard_normal(count)
    return value
