"""Acquisition geometries from a few numbers, or from a table of positions.

Sources stand at first, first + interval, ... along x (and, in 3-D, along y: lines).
Receivers are a fixed spread, the same for every shot, or roll with the source: then
their first and last are offsets from it, of either sign (a streamer behind the
source, a split spread around it).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Shot
from anticline_solvers.formats.text import lines_of

Positions = NDArray[np.float64]

FIXED, ROLLING = "fixed", "rolling"
MOST_SOURCES = 1_000_000
MOST_RECEIVERS = 10_000_000
MOST = (MOST_SOURCES, MOST_RECEIVERS)
MOST_ROLLING = 100_000_000  # receivers of all shots together: 2.4 GB of positions


@dataclass(frozen=True)
class Line:
    """Regular positions on one axis: first, first + interval, ... up to last [m]."""

    first_m: float
    last_m: float
    interval_m: float

    @property
    def count(self) -> int:
        """Number of positions; one where first and last agree.

        Raises ValueError where the interval is not positive or last is below first.
        """
        if self.last_m == self.first_m:
            return 1
        if not (self.interval_m > 0.0 and self.last_m > self.first_m):
            msg = (
                f"first {self.first_m:g} m, last {self.last_m:g} m, interval "
                f"{self.interval_m:g} m: last must not be below first, and the "
                "interval positive"
            )
            raise ValueError(msg)
        intervals = (self.last_m - self.first_m) / self.interval_m
        if not intervals < sys.maxsize:
            msg = f"interval {self.interval_m:g} m: it makes more positions than count"
            raise ValueError(msg)
        return int(intervals + 1e-6) + 1

    def positions_m(self) -> Positions:
        """All of them, float64 (count,) [m]; ValueError as for `count`."""
        if self.count == 1:
            return np.array([self.first_m])
        return np.asarray(self.first_m + self.interval_m * np.arange(self.count))


@dataclass(frozen=True)
class Spread:
    """Sources or receivers at one depth; ``y`` is None on a 2-D line."""

    x: Line
    y: Line | None
    depth_m: float

    @property
    def count(self) -> int:
        """Number of positions."""
        return self.x.count * (1 if self.y is None else self.y.count)

    def positions_m(self) -> Positions:
        """Positions, float64 (n, 2 or 3) [m], x fastest."""
        x = self.x.positions_m()
        if self.y is None:
            return np.column_stack([x, np.full(x.size, self.depth_m)])
        y, x = (a.ravel() for a in np.meshgrid(self.y.positions_m(), x, indexing="ij"))
        return np.column_stack([x, y, np.full(x.size, self.depth_m)])


def too_many(sources: Spread, receivers: Spread, rolling: bool) -> list[str]:
    """Say which counts no survey has, in a line each; nothing is laid out."""
    texts = [
        f"{spread.count:,} {kind}, at most {most:,} are taken; widen the interval"
        for kind, spread, most in (
            ("sources", sources, MOST_SOURCES),
            ("receivers", receivers, MOST_RECEIVERS),
        )
        if spread.count > most
    ]
    together = sources.count * receivers.count
    if rolling and not texts and together > MOST_ROLLING:
        texts.append(
            f"{together:,} receivers roll with the sources, at most {MOST_ROLLING:,} "
            "are taken; widen an interval"
        )
    return texts


def fixed_spread(sources: Spread, receivers: Spread) -> tuple[Shot, ...]:
    """Every source into the same receivers; shots numbered from 1."""
    spread = receivers.positions_m()
    return tuple(
        Shot(number, source, spread)
        for number, source in enumerate(sources.positions_m(), start=1)
    )


def rolling_spread(
    sources: Spread, receivers: Spread, grid: Grid | None
) -> tuple[Shot, ...]:
    """Receivers at offsets from each source; shots numbered from 1.

    grid : receivers that roll off it are left out; None keeps all.
    """
    offsets = receivers.positions_m()
    shots = []
    for number, source in enumerate(sources.positions_m(), start=1):
        moved = offsets.copy()
        moved[:, :-1] += source[:-1]
        if grid is not None:
            moved = moved[_beside(grid, moved)]
        shots.append(Shot(number, source, moved))
    return tuple(shots)


def _beside(grid: Grid, positions_m: Positions) -> NDArray[np.bool_]:
    """Tell which positions lie over the grid, whatever their depth."""
    flat = positions_m.copy()
    flat[:, -1] = grid.origin_m[-1]
    return grid.contains(flat)


def outside(grid: Grid, shots: Iterable[Shot]) -> list[str]:
    """Say which sources and receivers lie outside the grid, one line a kind."""
    shots = list(shots)
    there = grid.contains(np.stack([shot.source_m for shot in shots]))
    lost_sources = [shots[int(i)].id for i in np.flatnonzero(~there)]
    lost_receivers, n_lost = [], 0
    checked: dict[int, int] = {}
    for shot in shots:
        key = id(shot.receivers_m)
        if key not in checked:
            checked[key] = int((~grid.contains(shot.receivers_m)).sum())
        if checked[key]:
            lost_receivers.append(shot.id)
            n_lost += checked[key]
    extent = _extent(grid)
    found = []
    if lost_sources:
        found.append(
            f"the sources of {_listed(lost_sources)} lie outside the model, which "
            f"spans {extent}; move or drop them"
        )
    if lost_receivers:
        found.append(
            f"{n_lost:,} receivers of {_listed(lost_receivers)} lie outside the "
            f"model, which spans {extent}; move or drop them"
        )
    return found


def outside_alone(grid: Grid, kind: str, spread: Spread, rolling: bool) -> list[str]:
    """Say how many sources, or receivers, lie outside the grid, the others unknown.

    rolling : the spread holds offsets from sources, so that its depth alone counts.
    """
    if grid.ndim != (2 if spread.y is None else 3):
        return []
    positions = spread.positions_m()
    if rolling:
        positions[:, :-1] = grid.origin_m[:-1]
    lost = int((~grid.contains(positions)).sum())
    if not lost:
        return []
    text = f"{lost:,} {kind}s lie outside the model, which spans {_extent(grid)}"
    return [f"{text}; move or drop them"]


def on_free_surface(grid: Grid, shots: Iterable[Shot]) -> list[str]:
    """Say which shots have points on the top cells, where the pressure is zero."""
    margin = 1e-9 * grid.spacing_m[-1]
    silent = [
        shot.id
        for shot in shots
        if abs(shot.source_m[-1] - grid.origin_m[-1]) < margin
        or (abs(shot.receivers_m[:, -1] - grid.origin_m[-1]) < margin).any()
    ]
    if not silent:
        return []
    return [
        f"the source or receivers of {_listed(silent)} lie on the free surface, where "
        f"the pressure is zero; put them deeper, a cell is {grid.spacing_m[-1]:g} m"
    ]


def empty_spreads(shots: Iterable[Shot]) -> list[str]:
    """Say which shots have no receiver, in one line or none."""
    silent = [shot.id for shot in shots if not len(shot.receivers_m)]
    if not silent:
        return []
    return [f"{_listed(silent)} have no receiver; widen the spread or drop them"]


def _listed(shots: Sequence[int]) -> str:
    shown = ", ".join(map(str, shots[:8]))
    more = f" and {len(shots) - 8} more" if len(shots) > 8 else ""
    return f"shot{'s' if len(shots) > 1 else ''} {shown}{more}"


def _extent(grid: Grid) -> str:
    return ", ".join(
        f"{axis} {first:g} to {first + length:g} m"
        for axis, first, length in zip(
            grid.axes, grid.origin_m, grid.extent_m, strict=True
        )
    )


def read_positions(path: Path) -> tuple[Shot, ...]:
    """Read a table with one row a trace.

    Columns, named in the first row and in any order: shot, source_x_m, source_z_m,
    receiver_x_m, receiver_z_m, and in 3-D source_y_m and receiver_y_m. Rows of one
    shot need not follow each other; receivers keep their order.

    Raises BadInput with every finding, each at its line.
    """
    rows = csv.DictReader(lines_of(path))
    names = rows.fieldnames or []
    axes = "xyz" if "source_y_m" in names else "xz"
    wanted = ["shot"] + [f"{e}_{a}_m" for e in ("source", "receiver") for a in axes]
    missing = [name for name in wanted if name not in names]
    if missing:
        text = f"columns {missing} are missing; needed are {', '.join(wanted)}"
        raise BadInput([Finding(str(path), 1, text)])
    table = _Table(path)
    try:
        for row in rows:
            table.take(rows.line_num, [row[name] for name in wanted])
    except csv.Error as error:
        raise BadInput([Finding(str(path), rows.line_num, str(error))]) from error
    return table.shots()


class _Table:
    """Traces grouped by shot while a table is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sources: dict[int, list[float]] = {}
        self._receivers: dict[int, list[list[float]]] = {}
        self._findings: list[Finding] = []

    def take(self, line: int, texts: Sequence[str | None]) -> None:
        """Add one row."""
        try:
            numbers = [float(text or "") for text in texts]
            shot = int(str(texts[0]))
        except ValueError:
            self._fault(line, f"{list(texts)} are not all numbers")
            return
        if not np.isfinite(numbers).all() or shot < 0:
            self._fault(line, f"{list(texts)}: finite numbers, shot at least 0")
            return
        ndim = (len(numbers) - 1) // 2
        source = numbers[1 : 1 + ndim]
        if self._sources.setdefault(shot, source) != source:
            self._fault(line, f"shot {shot} stood elsewhere above; one source a shot")
        self._receivers.setdefault(shot, []).append(numbers[1 + ndim :])

    def _fault(self, line: int, text: str) -> None:
        self._findings.append(Finding(str(self._path), line, text))

    def shots(self) -> tuple[Shot, ...]:
        """Give the shots, sorted by number; raise BadInput on any fault."""
        if not self._sources and not self._findings:
            self._fault(1, "holds no trace; one row a trace is needed")
        if self._findings:
            raise BadInput(self._findings)
        return tuple(
            Shot(n, np.array(self._sources[n]), np.array(self._receivers[n]))
            for n in sorted(self._sources)
        )
