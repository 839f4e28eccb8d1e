"""The geometry of any number of traces, gathered from pieces of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]
ROUND_M = 0.01


@dataclass(frozen=True, eq=False)
class Piece:
    """Some traces: source and receiver, float64 (n, 3): easting, northing, depth [m].

    middle : (n, 2), where the trace counts for the fold.
    """

    source: Positions
    receiver: Positions
    middle: Positions

    @classmethod
    def unstacked(cls, source: Positions, receiver: Positions) -> Piece:
        """Count each trace at its midpoint."""
        return cls(source, receiver, 0.5 * (source[:, :2] + receiver[:, :2]))


@dataclass(eq=False)
class Extents:
    """Bounds, distinct places and main direction of the traces added so far.

    traces : their number. low, high : (2, 8): of source, receiver (x, y, z) and
    middle (x, y). offset : least and greatest, horizontal [m].
    """

    traces: int = 0
    low: Positions = field(default_factory=lambda: np.full(8, np.inf))
    high: Positions = field(default_factory=lambda: np.full(8, -np.inf))
    offset: tuple[float, float] = (math.inf, -math.inf)
    _receivers: NDArray[np.int64] = field(
        default_factory=lambda: np.empty((0, 3), np.int64)
    )
    _origin: Positions | None = None
    _sum: Positions = field(default_factory=lambda: np.zeros(2))
    _products: Positions = field(default_factory=lambda: np.zeros((2, 2)))

    def add(self, piece: Piece) -> None:
        """Take in some traces."""
        everything = np.column_stack([piece.source, piece.receiver, piece.middle])
        self.low = np.minimum(self.low, everything.min(axis=0))
        self.high = np.maximum(self.high, everything.max(axis=0))
        apart = piece.receiver[:, :2] - piece.source[:, :2]
        offset = np.hypot(apart[:, 0], apart[:, 1])
        low, high = self.offset
        self.offset = (
            min(low, float(offset.min())),
            max(high, float(offset.max())),
        )
        places = np.rint(piece.receiver / ROUND_M).astype(np.int64)
        together = np.concatenate([self._receivers, places])
        self._receivers = np.unique(together, axis=0)
        self._moments(piece.middle)
        self.traces += len(piece.middle)

    def _moments(self, middle: Positions) -> None:
        if self._origin is None:
            self._origin = middle[0]
        moved = middle - self._origin
        self._sum += moved.sum(axis=0)
        self._products += moved.T @ moved

    @property
    def receivers(self) -> int:
        """Distinct receiver positions, to a centimetre."""
        return len(self._receivers)

    @property
    def azimuth_deg(self) -> float | None:
        """Main direction of the midpoints, 0 to 180, clockwise from north, or None."""
        mean = self._sum / max(1, self.traces)
        spread = self._products / max(1, self.traces) - np.outer(mean, mean)
        sizes, axes = np.linalg.eigh(spread)
        if not sizes[1] > ROUND_M**2:
            return None
        angle = math.degrees(math.atan2(axes[0, 1], axes[1, 1]))
        return round(angle % 180.0, 6) % 180.0

    @property
    def spacing_m(self) -> float | None:
        """Median distance of neighbouring receivers in the order of position."""
        if len(self._receivers) < 2:
            return None
        flat = np.unique(self._receivers[:, :2], axis=0) * ROUND_M
        steps = np.hypot(*np.diff(flat, axis=0).T)
        return float(np.median(steps)) if steps.size else None

    def bounds(self) -> dict[str, Any]:
        """Give the bounds by name, [least, greatest] in metres."""
        names = [
            f"{end}_{axis}_m"
            for end in ("source", "receiver")
            for axis in ("easting", "northing", "depth")
        ]
        return {
            name: [round(float(a), 4), round(float(b), 4)]
            for name, a, b in zip(names, self.low, self.high, strict=False)
        }
