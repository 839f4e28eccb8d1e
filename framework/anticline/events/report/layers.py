"""Steps in layers, in an order in which few arrows cross.

Layered drawing (K. Sugiyama, S. Tagawa, M. Toda 1981, Methods for visual understanding
of hierarchical system structures, doi:10.1109/TSMC.1981.4308636): a step stands right
of all that it reads; steps of a layer are ordered by the mean place of their
neighbours, a few times to and fro; an arrow over several layers has a place in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

_SWEEPS = 6

Edge = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """A step in its layer, or where an arrow passes a layer (step None)."""

    key: str
    step: str | None


def layered(
    steps: Sequence[str], edges: Sequence[Edge]
) -> tuple[list[list[Place]], list[list[Place]]]:
    """Give the places of each layer, and of each arrow from its start to its end."""
    layers, chains = _layers(ranks(steps, edges), edges)
    _order(layers, chains)
    return layers, chains


def ranks(steps: Sequence[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Give each step's layer: one behind the last of those it reads."""
    given = list(edges)
    rank = dict.fromkeys(steps, 0)
    for _ in steps:  # as many rounds as there are steps always suffice
        changed = False
        for before, after in given:
            if rank[after] <= rank[before] < len(steps):
                rank[after], changed = rank[before] + 1, True
        if not changed:
            break
    return rank


def _layers(
    rank: Mapping[str, int], edges: Iterable[Edge]
) -> tuple[list[list[Place]], list[list[Place]]]:
    """Give the places of each layer, and of each arrow from its start to its end."""
    layers: list[list[Place]] = [[] for _ in range(1 + max(rank.values(), default=-1))]
    at = {name: Place(name, name) for name in rank}
    for name, layer in rank.items():
        layers[layer].append(at[name])
    chains = []
    for before, after in edges:
        chain = [at[before]]
        for layer in range(rank[before] + 1, rank[after]):
            passing = Place(f"{before} {after} {layer}", None)
            layers[layer].append(passing)
            chain.append(passing)
        chains.append([*chain, at[after]])
    return layers, chains


def _order(layers: list[list[Place]], chains: Iterable[Sequence[Place]]) -> None:
    """Sort each layer by the mean place of its neighbours, so that few arrows cross."""
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for chain in chains:
        for before, after in pairwise(chain):
            right.setdefault(before.key, []).append(after.key)
            left.setdefault(after.key, []).append(before.key)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        near = left if forward else right
        for layer in layers if forward else reversed(layers):
            _sort(layer, near, layers)


def _sort(
    layer: list[Place],
    near: Mapping[str, Sequence[str]],
    layers: Iterable[Sequence[Place]],
) -> None:
    at = {p.key: _middle(k, row) for row in layers for k, p in enumerate(row)}

    def mean(place: Place) -> float:
        beside = near.get(place.key)
        return fmean(at[key] for key in beside) if beside else at[place.key]

    layer.sort(key=mean)


def _middle(k: int, row: Sequence[Place]) -> float:
    """Give the place of the k-th of a layer, counted from its middle."""
    return k - (len(row) - 1) / 2
