"""Anticline's acoustic propagator: CPML, one source, a line of receivers.

    python anticline_acoustic.py PROBLEM THREADS

The seconds of a run are wall time around the time loop of `seismic.timeloop`:
sources, receivers, layers and the interpreter are all in them.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
from problem import Problem
from serve import Line, serve

import anticline
from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.domain.grid import Grid
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate


class Anticline:
    """The contestant of `serve`; `comm` is the ranks that share the problem."""

    version = anticline.__version__

    def __init__(self, problem: Problem, threads: int, comm: Any = None) -> None:
        self.problem = problem
        self.points = problem.points
        spacing = (problem.spacing_m,) * problem.ndim
        self.propagator = AcousticPropagator(
            Grid(problem.physical, spacing, (0.0,) * problem.ndim),
            self._velocity,
            problem.dt_s,
            space_order=problem.order,
            boundary=Boundary(width=problem.layer),
            comm=comm,
            threads=threads,
        )
        points = self.propagator.points
        self.source = points(problem.source_cells() * problem.spacing_m, density=True)
        self.receivers = points(problem.receiver_cells() * problem.spacing_m)
        self.state = self.propagator.start()
        self._propagate(3)
        self.state.clear()
        if problem.start == "noise":
            self._fill()

    def _velocity(self, box: tuple[slice, ...]) -> np.ndarray:
        shape = [side.stop - side.start for side in box]
        return np.full(shape, self.problem.velocity_m_s, np.float32)

    def _fill(self) -> None:
        random = np.random.default_rng(0)
        for wave in self.state.waves:
            cells = self.propagator.layout.cells(wave)
            cells[...] = 1e-6 * random.standard_normal(cells.shape, np.float32)

    @property
    def bytes_per_point(self) -> float:
        """Bytes that must move for each point and step.

        Reads of p^n, p^(n-1) and (v dt)^2 and the write of p^(n+1), each once; in
        the layers also the read and the write of their memories.
        """
        cells = np.prod([s.stop - s.start for s in self.propagator.layout.box])
        return 16.0 + 8.0 * self.state.memories[0].size / float(cells)

    def _propagate(self, steps: int) -> np.ndarray:
        series = self.problem.series(steps)[None, :]
        return propagate(
            self.propagator, self.source, series, self.receivers, state=self.state
        )

    def run(self, steps: int) -> float:
        """Seconds of `steps` time steps."""
        if self.problem.start == "rest":
            self.state.clear()
        start = time.perf_counter()
        self._propagate(steps)
        return time.perf_counter() - start

    def gather(self, steps: int) -> np.ndarray:
        """Traces from rest, float32 (receivers, steps)."""
        self.state.clear()
        return self._propagate(steps)


if __name__ == "__main__":
    line = Line()
    serve(line, Anticline(Problem.from_json(sys.argv[1]), int(sys.argv[2])))
