"""Anticline's gradient of a shot, as its component takes it, on samples of time steps.

    python gradient_anticline.py SHOT.npz OUT.npz EVERY POLICY SHARE

SHARE of the memory that all snapshots take is the budget.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import checkpoint_schedules  # noqa: F401, loading it takes seconds
import numpy as np
from gradient_contest import compete
from gradient_problem import ShotProblem

from mpi4py import MPI

import anticline
from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.storage import (
    AUTO,
    BOUNDARIES,
    CHECKPOINTS,
    COMPRESSED,
    MEMORY,
)
from anticline_solvers.seismic.acquisition.recording import Traces
from anticline_solvers.seismic.gradient.adjoint_source import power_of_two
from anticline_solvers.seismic.gradient.aliasing import kept, ramp
from anticline_solvers.seismic.gradient.finishing import by_velocity
from anticline_solvers.seismic.gradient.sums import GradientSums
from anticline_solvers.seismic.imaging.correlation import Correlation
from anticline_solvers.seismic.imaging.extent import OWNED
from anticline_solvers.seismic.imaging.keeping import GRADIENT_OVER_CODEC, Keeping
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)
from anticline_solvers.seismic.timeloop import propagate

TOLERANCE, PLENTY = 1e-3, 9.0
WARM = (MEMORY, COMPRESSED, BOUNDARIES, CHECKPOINTS)
"""What `AUTO` may take."""


def unwatched(n: int, state: Any) -> None:
    """Let a time step pass."""


class Waves:
    """A shot's propagator, and the points where waves start and are read."""

    def __init__(self, shot: ShotProblem) -> None:
        self.shot = shot
        self.grid = Grid(shot.velocity.shape, (shot.spacing_m,) * 2, (0.0, 0.0))
        boundary = Boundary(
            width=shot.layer,
            reflection=shot.reflection,
            velocity_m_s=shot.fastest_m_s,
            frequency_hz=shot.peak_hz,
        )
        self.propagator = AcousticPropagator(
            self.grid,
            shot.velocity,
            shot.dt_s,
            space_order=shot.order,
            boundary=boundary,
        )
        points = self.propagator.points
        self.source = points(shot.source * shot.spacing_m, density=True)
        self.receivers = points(shot.receivers * shot.spacing_m)

    def forward(self) -> np.ndarray:
        """Model the traces."""
        return propagate(
            self.propagator, self.source, self.shot.wavelet[None], self.receivers
        )


class Gradient:
    """One gradient, its source wavefield kept in a way."""

    def __init__(self, waves: Waves, every: int) -> None:
        self.waves, self.shot, self.every = waves, waves.shot, every
        self.factor, steps = 1.0, waves.shot.steps
        propagator = waves.propagator
        self.sums = GradientSums(propagator)
        self.traces = Traces(propagator, waves.receivers, steps)
        wavelet = np.ascontiguousarray(self.shot.wavelet[:, None])
        source = Series(waves.source, wavelet)
        self.correlation = Correlation(
            self.sums,
            SourceField(propagator, source, every, OWNED, unwatched, self.traces),
            ReceiverField(propagator, self._residual, unwatched, steps),
            every,
            -(-steps // every),
        )

    def gather(self) -> np.ndarray:
        """Give the traces, float32 (receivers, steps) [Pa]."""
        whole = self.traces.whole()
        assert whole is not None
        return whole

    def _residual(self) -> Series:
        shot = self.shot
        difference = self.gather() - shot.observed.astype(np.float64)
        difference = kept(
            difference, shot.dt_s, ramp(self.every, shot.dt_s, shot.top_hz)
        )
        self.factor = power_of_two(float(np.abs(difference).max()))
        values = np.ascontiguousarray(difference.T / self.factor, np.float32)
        return Series(self.waves.receivers, values)

    def run(self, policy: str, share: float) -> tuple[np.ndarray, str]:
        """Give dJ/dv, float64 (nx, nz), and the policy that kept the wavefield."""
        propagator, work = self.waves.propagator, self.correlation
        snapshot = OWNED.view(propagator.placement, propagator.start().current).nbytes
        wishes = {"storage": policy, "storage_folder": None}
        finest, budget = TOLERANCE / GRADIENT_OVER_CODEC, snapshot * work.n_imaging
        keeping = Keeping.of(wishes, Path.cwd(), finest, share * budget)
        chosen = []

        def sweep(n: int, run: Any) -> Any:
            choice, sizes = keeping.choose(propagator, OWNED, self.every, n)
            chosen.append(choice.policy)
            return keeping.sweep(choice, sizes, run, MPI.COMM_SELF)

        work.run(sweep)
        place, shot = propagator.placement, self.shot
        found = by_velocity(place, self.sums, shot.velocity, shot.dt_s)
        assert found is not None
        return found * (self.factor * self.every), chosen[0]


class Anticline:
    """The contestant of `compete`."""

    version = anticline.__version__

    def __init__(self, policy: str, share: float) -> None:
        self.policy, self.share = policy, share

    def forward(self, shot: ShotProblem) -> np.ndarray:
        """Model the traces."""
        return Waves(shot).forward()

    def gradient(
        self, shot: ShotProblem, every: int
    ) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
        """Model, compare, and go back by the exact transpose."""
        work = Gradient(Waves(shot), every)
        found, chosen = work.run(self.policy, self.share)
        return work.gather(), found, {"chosen": chosen}


def main() -> None:
    """Load what any policy needs on a small shot, then compete."""
    policy, share = sys.argv[4], float(sys.argv[5])
    needed = (policy,) if policy != AUTO else WARM
    compete(Anticline(policy, share), [Anticline(one, PLENTY) for one in needed])


if __name__ == "__main__":
    main()
