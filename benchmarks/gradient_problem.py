"""The shot whose gradient is taken, as every contestant's Python reads it.

    (1/v^2) p_tt - laplace p = f(t) delta(x - x_s)       J = 1/2 sum (p - d)^2

The sum is over receivers and time steps, p read at t_n = n dt; the gradient is dJ/dv
on the physical grid, absorbing layers folded onto the cells whose velocity they carry.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

WARM_CELLS, WARM_STEPS = (96, 64), 48


@dataclass(frozen=True, eq=False)
class ShotProblem:
    """A shot over a start model, and what was observed over the true one.

    velocity : float32 (nx, nz), of the start model [m/s].
    fastest_m_s : of both models; it shapes the layers.
    order : space order.   layer : cells of each absorbing layer.
    reflection : theoretical, of the layers at normal incidence.
    peak_hz, top_hz : of the wavelet.   wavelet : float32 (steps,), f(n dt).
    source, receivers : cells, int64 (1, 2) and (n, 2).
    observed : float32 (n, steps) [Pa].
    """

    velocity: np.ndarray
    fastest_m_s: float
    spacing_m: float
    dt_s: float
    order: int
    layer: int
    reflection: float
    peak_hz: float
    top_hz: float
    wavelet: np.ndarray
    source: np.ndarray
    receivers: np.ndarray
    observed: np.ndarray

    @property
    def steps(self) -> int:
        """Time steps."""
        return int(self.wavelet.size)

    @property
    def longest_interval(self) -> int:
        """Most time steps between terms that ours takes unasked, 1 / (2.5 top_hz)."""
        return max(1, int(0.4 / self.top_hz / self.dt_s + 1e-6))

    def small(self) -> ShotProblem:
        """Cut a corner out, to compile and load everything on."""
        nx, nz = WARM_CELLS
        return replace(
            self,
            velocity=np.ascontiguousarray(self.velocity[:nx, :nz]),
            wavelet=self.wavelet[:WARM_STEPS],
            source=np.array([[nx // 2, 5]]),
            receivers=np.array([[5, 6], [nx - 6, 6]]),
            observed=np.zeros((2, WARM_STEPS), np.float32),
        )

    def write(self, path: Path) -> None:
        """Write all of it to an .npz file."""
        np.savez(path, **asdict(self))

    @classmethod
    def read(cls, path: Path) -> ShotProblem:
        """Read what `write` wrote."""
        with np.load(path) as file:
            values = {name: file[name] for name in file.files}
        plain = {n: v.item() if v.ndim == 0 else v for n, v in values.items()}
        return cls(**plain)
