"""Devito's acoustic operator: damping layers, one source, a line of receivers.

    python devito_acoustic.py PROBLEM           (Devito's own environment)

The equation and the damping profile are those of Devito's seismic examples: the
layers have the cells of ours, m = 1/v^2 and the damping are arrays. OpenMP by gcc,
block sizes by Devito's aggressive autotuning. The seconds of a run are the sum of
Devito's own timers around its generated loops: what its Python costs for each call
is not counted, and it interpolates linearly (2 cells an axis; ours takes 8). Both
are in its favour.

Source: M. Louboutin et al. (2019), Devito (v3.1.0), Geosci. Model Dev. 12,
doi:10.5194/gmd-12-1165-2019.
"""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.update(DEVITO_LANGUAGE="openmp", DEVITO_ARCH="gcc", DEVITO_LOGGING="ERROR")

import devito
import numpy as np
from problem import Problem
from serve import Line, serve

TUNING_STEPS = 40
LONGEST_RUN = 6000


class Devito:
    """The contestant of `serve`."""

    version = devito.__version__
    bytes_per_point = 20.0  # reads of p^n, p^(n-1), m and damping, one write

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.points = problem.points
        extent = tuple((n - 1) * problem.spacing_m for n in problem.shape)
        self.grid = devito.Grid(problem.shape, extent=extent, dtype=np.float32)
        self.field = devito.TimeFunction(
            name="u", grid=self.grid, time_order=2, space_order=problem.order
        )
        self.source = self._points("src", problem.source_cells())
        self.receivers = self._points("rec", problem.receiver_cells())
        volume = problem.spacing_m**problem.ndim
        self.source.data[:, 0] = problem.series(LONGEST_RUN) / volume
        self.operator = self._operator()
        self.blocks = self._tune()
        self.field.data[:] = 0.0
        if problem.start == "noise":
            random = np.random.default_rng(0)
            self.field.data[:] = 1e-6 * random.standard_normal(self.field.data.shape)

    def _points(self, name: str, cells: np.ndarray) -> Any:
        points = devito.SparseTimeFunction(
            name=name, grid=self.grid, npoint=len(cells), nt=LONGEST_RUN
        )
        points.coordinates.data[:] = (
            cells + self.problem.layer
        ) * self.problem.spacing_m
        return points

    def _operator(self) -> Any:
        u = self.field
        m = devito.Function(name="m", grid=self.grid, space_order=2)
        m.data_with_halo[:] = 1.0 / self.problem.velocity_m_s**2
        damp = devito.Function(name="damp", grid=self.grid, space_order=0)
        damp.data[:] = self._damping() / self.problem.velocity_m_s
        wave = m * u.dt2 - u.laplace + damp * u.dt
        update = devito.Eq(u.forward, devito.solve(wave, u.forward))
        step = self.grid.stepping_dim.spacing
        act = self.source.inject(field=u.forward, expr=self.source * step**2 / m)
        read = self.receivers.interpolate(expr=u)
        return devito.Operator(
            [update, act, read],
            subs=self.grid.spacing_map,
            opt=("advanced", {"openmp": True}),
        )

    def _damping(self) -> np.ndarray:
        """Damping [1/m] of every cell, float32 of the grid's shape."""
        layer, shape = self.problem.layer, self.problem.shape
        strength = 1.5 * np.log(1.0 / 0.001) / layer / self.problem.spacing_m
        damping = np.zeros(shape, np.float32)
        for axis, n in enumerate(shape):
            cells = np.arange(n)
            outside = np.maximum(layer - cells, layer - (n - 1 - cells))
            depth = np.clip(outside, 0, layer) / layer
            ramp = depth - np.sin(2.0 * np.pi * depth) / (2.0 * np.pi)
            along = [1] * len(shape)
            along[axis] = n
            damping += (strength * ramp).reshape(along).astype(np.float32)
        return damping

    def _tune(self) -> dict[str, int]:
        self._apply(TUNING_STEPS, autotune="aggressive")
        tuning = self.operator._state["autotuning"]
        return dict(tuning[-1].get("tuned", {})) if tuning else {}

    def _apply(self, steps: int, **options: Any) -> float:
        summary = self.operator.apply(
            time_m=0, time_M=steps - 1, dt=self.problem.dt_s, **options
        )
        return float(sum(section.time for section in summary.values()))

    def run(self, steps: int) -> float:
        """Seconds of `steps` time steps, at most LONGEST_RUN."""
        if self.problem.start == "rest":
            self.field.data[:] = 0.0
        return self._apply(steps, autotune="off", **self.blocks)

    def gather(self, steps: int) -> np.ndarray:
        """Traces from rest, float32 (receivers, steps)."""
        self.field.data[:] = 0.0
        self._apply(steps, autotune="off", **self.blocks)
        return np.ascontiguousarray(np.asarray(self.receivers.data)[:steps].T)


if __name__ == "__main__":
    line = Line()
    serve(line, Devito(Problem.from_json(sys.argv[1])))
