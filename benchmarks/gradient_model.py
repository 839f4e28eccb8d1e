"""Makes the shot whose gradient is taken; started by `gradient`.

    python gradient_model.py SHOT.npz full|quick

The true model is the project's own geology under deep water, the start model is it
smoothed below the water. Source and receivers lie on cells, and the layers follow one
law in every program, so that neither differs between contestants. Observed traces are
modelled over the true model.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from gradient_problem import ShotProblem
from peers.gradient_anticline import Waves

from anticline_solvers.domain.grid import Grid
from anticline_solvers.models.anticline import Anticline
from anticline_solvers.models.smoothing import smooth
from anticline_solvers.models.water import water_layer
from anticline_solvers.numerics.stability import choose_time_step
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker

ORDER, LAYER_CELLS, REFLECTION = 8, 20, 1e-3
SPACING_M, PEAK_HZ = 20.0, 6.0
WATER_M, WATER_SHARE, TEXTURE, SEED = 450.0, 0.2, 0.02, 1
FASTEST_WATER_M_S, SMOOTHED_CELLS = 1510.0, (15.0, 10.0)
SOURCE_DEPTH, RECEIVER_DEPTH = 2, 3


@dataclass(frozen=True)
class Size:
    """Cells (nx, nz), time steps, receivers."""

    shape: tuple[int, int]
    steps: int
    receivers: int


SIZES = {"full": Size((851, 176), 2400, 200), "quick": Size((120, 80), 800, 20)}
"""Steps are a multiple of 8: Deepwave's terms lie that far apart."""


def make(size: Size) -> tuple[ShotProblem, np.ndarray]:
    """Make the shot, its observed traces still zero, and the true velocity [m/s]."""
    grid = Grid(size.shape, (SPACING_M, SPACING_M), (0.0, 0.0))
    cells = tuple(slice(0, n) for n in size.shape)
    water_m = min(WATER_M, WATER_SHARE * grid.extent_m[-1])
    true = Anticline(grid.extent_m, water_m, TEXTURE, SEED).fields(grid, cells)["vp"]
    start = smooth(true, SMOOTHED_CELLS, water_layer(true, FASTEST_WATER_M_S))
    fastest = float(max(true.max(), start.max()))
    dt_s = choose_time_step(fastest, grid.spacing_m, ORDER)
    pulse = ricker(PEAK_HZ, dt_s)
    wavelet = np.zeros(size.steps, np.float32)
    wavelet[: pulse.size] = pulse[: size.steps]
    along = np.rint(np.linspace(2, size.shape[0] - 3, size.receivers)).astype(np.int64)
    shot = ShotProblem(
        velocity=start,
        fastest_m_s=fastest,
        spacing_m=SPACING_M,
        dt_s=dt_s,
        order=ORDER,
        layer=LAYER_CELLS,
        reflection=REFLECTION,
        peak_hz=PEAK_HZ,
        top_hz=maximum_frequency(pulse, dt_s),
        wavelet=wavelet,
        source=np.array([[size.shape[0] // 2, SOURCE_DEPTH]]),
        receivers=np.stack([along, np.full_like(along, RECEIVER_DEPTH)], axis=1),
        observed=np.zeros((size.receivers, size.steps), np.float32),
    )
    return shot, true


if __name__ == "__main__":
    wanted, true_m_s = make(SIZES[sys.argv[2]])
    observed = Waves(replace(wanted, velocity=true_m_s)).forward()
    replace(wanted, observed=observed).write(Path(sys.argv[1]))
