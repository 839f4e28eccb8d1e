"""The work that every contestant of a case does: grid, model, source, receivers.

A homogeneous medium of `velocity_m_s`, absorbing layers of `layer` cells on all
sides within `shape`, one source, a line of receivers. Any Python with NumPy reads it;
contestants get it as JSON on their command line.

    (1/v^2) p_tt - laplace p = f(t) delta(x - x_s),     dt = courant h / v

f is a Ricker wavelet that starts anew when it has died out, so that the wavefield
stays alive however many steps are run.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

CELLS_IN_PEAK_WAVELENGTH = 10.0


@dataclass(frozen=True)
class Problem:
    """One modelling problem, free of any contestant's conventions.

    shape : all cells, layers included, (nx, nz) or (nx, ny, nz).
    order : space order.   layer : cells of each absorbing layer.
    receivers : number of receivers, on a line along x through the centre.
    spread : cells from the source to the last receiver; 0 is the whole line.
    off_grid : fraction of a cell that source and receivers lie beside cells.
    start : "noise", every run goes on from the last one, which began with noise;
        "rest", every run begins at rest, as a shot does.
    """

    shape: tuple[int, ...]
    order: int
    layer: int = 20
    spacing_m: float = 10.0
    velocity_m_s: float = 2000.0
    courant: float = 0.4
    receivers: int = 100
    spread: int = 0
    off_grid: float = 0.37
    start: str = "noise"

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def points(self) -> int:
        """Cells that one time step updates, layers included."""
        return int(np.prod(self.shape))

    @property
    def physical(self) -> tuple[int, ...]:
        """Cells without the layers."""
        return tuple(n - 2 * self.layer for n in self.shape)

    @property
    def dt_s(self) -> float:
        """Time step [s]."""
        return self.courant * self.spacing_m / self.velocity_m_s

    def source_cells(self) -> np.ndarray:
        """Position of the source in physical cells, float64 (1, ndim)."""
        return np.array([[n // 2 + self.off_grid for n in self.physical]])

    def receiver_cells(self) -> np.ndarray:
        """Positions of the receivers in physical cells, float64 (n, ndim)."""
        centre = self.physical[0] // 2
        spread = self.spread or centre - 1
        line = np.rint(np.linspace(centre - spread, centre + spread, self.receivers))
        cells = np.repeat(self.source_cells(), self.receivers, axis=0)
        cells[:, 0] = line + self.off_grid
        cells[:, -1] += min(5, self.physical[-1] // 4)
        return cells

    def series(self, steps: int) -> np.ndarray:
        """Source samples f(n dt), float32 (steps,)."""
        peak_hz = self.velocity_m_s / (CELLS_IN_PEAK_WAVELENGTH * self.spacing_m)
        time = np.arange(0.0, 2.5 / peak_hz, self.dt_s)
        a = (np.pi * peak_hz * (time - 1.25 / peak_hz)) ** 2
        return np.resize((1.0 - 2.0 * a) * np.exp(-a), steps).astype(np.float32)

    def crossing_steps(self) -> int:
        """Time steps in which the wave from the centre reaches the layers."""
        return int(min(self.physical) / 2 / self.courant)

    def to_json(self) -> str:
        """Text that `from_json` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Problem:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, "shape": tuple(values["shape"])})
