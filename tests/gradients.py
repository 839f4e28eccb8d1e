"""A small shot with all the pieces of its gradient, in float64 or float32."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from mpi4py import MPI

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.numerics.dispersion import correct, predisperse
from anticline_solvers.numerics.stability import choose_time_step
from anticline_solvers.seismic.acquisition.recording import Traces
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.gradient.adjoint_source import AdjointSource
from anticline_solvers.seismic.gradient.aliasing import ramp
from anticline_solvers.seismic.gradient.finishing import finished
from anticline_solvers.seismic.gradient.sums import GradientSums
from anticline_solvers.seismic.imaging.correlation import Correlation
from anticline_solvers.seismic.imaging.extent import OWNED
from anticline_solvers.seismic.imaging.keeping import GRADIENT_OVER_CODEC, Keeping
from anticline_solvers.seismic.imaging.migration import (
    ReceiverField,
    Series,
    SourceField,
)
from anticline_solvers.seismic.misfits import misfit
from anticline_solvers.seismic.timeloop import propagate

SHAPES = {2: (34, 30), 3: (16, 15, 18)}
SPACING_M, ORDER, LAYER = 10.0, 4, 6


class Compared:
    """An objective without conditioning: a misfit by its name."""

    def __init__(self, name: str, observed: Any, interval_s: float, settings: Any):
        self.evaluate = partial(
            lambda predicted: misfit(
                name, observed, predicted, interval_s, **(settings or {})
            )
        )


class SmallShot:
    """One source and a few receivers over a rough medium; layers of fixed profiles."""

    def __init__(
        self,
        ndim: int,
        *,
        free_surface: bool = False,
        dtype: Any = np.float64,
        comm: MPI.Comm | None = None,
        duration_s: float = 0.36,
        peak_hz: float = 18.0,
        shape: tuple[int, ...] | None = None,
    ) -> None:
        shape = shape or SHAPES[ndim]
        self.grid = Grid(shape, (SPACING_M,) * ndim, (0.0,) * ndim)
        depth = np.linspace(0.0, 1.0, shape[-1])
        draw = np.random.default_rng(11)
        self.velocity = 1600.0 + 500.0 * depth + draw.uniform(-60.0, 60.0, shape)
        self.comm = MPI.COMM_WORLD if comm is None else comm
        self.options = {
            "space_order": ORDER,
            "boundary": Boundary(
                width=LAYER, free_surface=free_surface, velocity_m_s=2500.0
            ),
            "comm": self.comm,
            "dtype": dtype,
        }
        self.dt_s = choose_time_step(2600.0, self.grid.spacing_m, ORDER)
        extent = np.array(self.grid.extent_m)
        across = np.linspace(0.13, 0.87, 7)[:, None] * extent
        across[:, -1] = 0.21 * extent[-1]
        self.shot = Shot(0, 0.37 * extent + 1.7, across)
        interval_s = 2.6 * self.dt_s
        n_samples = int(duration_s / interval_s)
        self.survey = Survey(
            (self.shot,),
            ricker(peak_hz, 0.002),
            0.002,
            interval_s,
            n_samples,
            peak_hz,
            2.6 * peak_hz,
        )
        self.steps = int(np.ceil((n_samples - 1) * interval_s / self.dt_s)) + 26

    def propagator(self, velocity: Any) -> AcousticPropagator:
        return AcousticPropagator(self.grid, velocity, self.dt_s, **self.options)

    def series(self, waves: AcousticPropagator) -> Series:
        survey = self.survey
        moved = predisperse(
            survey.wavelet, survey.wavelet_interval_s, self.dt_s, self.steps
        )
        points = waves.points(self.shot.source_m[None, :], density=True)
        return Series(points, np.ascontiguousarray(moved[:, None], waves.dtype))

    def predicted(self, velocity: Any) -> Any:
        """Traces at the samples, on every rank."""
        waves = self.propagator(velocity)
        source, points = self.series(waves), waves.points(self.shot.receivers_m)
        mine = propagate(waves, source.points, source.values.T, points)
        whole = waves.placement.collect(points, mine)
        traces = None
        if whole is not None:
            interval_s, n = self.survey.sample_interval_s, self.survey.n_samples
            traces = correct(whole, self.dt_s, interval_s, n)
        return self.comm.bcast(traces)

    def gradient(
        self,
        velocity: Any,
        observed: Any,
        *,
        name: str = "least_squares",
        settings: Any = None,
        every: int = 1,
        storage: str = "memory",
        tolerance: float = 0.0,
        budget: float = 1e12,
        folder: Any = None,
        parameter: str = "vp",
    ) -> SimpleNamespace:
        """Misfit and fields on every rank, as seismic.gradient makes them."""
        waves = self.propagator(velocity)
        points = waves.points(self.shot.receivers_m)
        traces = Traces(waves, points, self.steps)
        unwatched = lambda n, state: None  # noqa: E731
        source = SourceField(waves, self.series(waves), every, OWNED, unwatched, traces)
        aim = Compared(name, observed, self.survey.sample_interval_s, settings)
        here = aim if self.comm.rank == 0 else None
        band = ramp(every, self.dt_s, self.survey.maximum_frequency_hz)
        adjoint = AdjointSource(waves, traces, self.survey, self.shot, here, band)
        receiver = ReceiverField(waves, adjoint, unwatched, self.steps)
        sums = GradientSums(waves)
        work = Correlation(sums, source, receiver, every, -(-self.steps // every))
        wishes = {"storage": storage, "storage_folder": None}
        codec = tolerance / GRADIENT_OVER_CODEC
        keeping = Keeping.of(wishes, folder, codec, budget)
        made = []

        def make(n: int, run: Any) -> Any:
            choice, sizes = keeping.choose(waves, OWNED, every, n)
            made.append((choice, sizes))
            return keeping.sweep(choice, sizes, run, self.comm)

        work.run(make)
        factor = adjoint.outcome.factor if adjoint.outcome else 1.0
        fields = finished(
            waves.placement,
            sums,
            np.asarray(velocity),
            self.dt_s,
            factor,
            every,
            parameter,
        )
        value = adjoint.outcome.misfit if adjoint.outcome else None
        value, fields = self.comm.bcast((value, fields))
        return SimpleNamespace(
            misfit=value, choice=made[0][0], sizes=made[0][1], **fields
        )


def direction(shape: tuple[int, ...], largest_m_s: float) -> Any:
    """Perturb every cell, those at the edges (which the layers carry) most."""
    dv = np.random.default_rng(4).normal(size=shape)
    for axis in range(len(shape)):
        edges = np.moveaxis(dv, axis, 0)
        edges[[0, -1]] *= 3.0
    return dv * largest_m_s / np.abs(dv).max()


def value_of(shot: SmallShot, data: Any, name: str) -> Any:
    """Give what makes the misfit of a velocity."""
    return lambda v: _misfit(shot, data, name, shot.predicted(v))


def _misfit(shot: SmallShot, data: Any, name: str, predicted: Any) -> float:
    return misfit(name, data, predicted, shot.survey.sample_interval_s).value


def slopes_of_remainders(
    shot: SmallShot, data: Any, names: Any, largest_m_s: float, scales: Any
) -> dict[str, Any]:
    """Orders, between scales, of J(v + s dv) - J(v) - s <g, dv>, by misfit.

    scales : falling, of a perturbation of largest_m_s.
    """
    v, dv = shot.velocity, direction(shot.velocity.shape, largest_m_s)
    here, ahead = shot.predicted(v), [shot.predicted(v + s * dv) for s in scales]
    slopes = {}
    for name in names:
        found = shot.gradient(v, data, name=name)
        assert found.misfit == _misfit(shot, data, name, here)
        fall = found.misfit + scales * float((found.gradient * dv).sum())
        left = [_misfit(shot, data, name, traces) for traces in ahead] - fall
        slopes[name] = np.diff(np.log10(np.abs(left))) / np.diff(np.log10(scales))
    return slopes
