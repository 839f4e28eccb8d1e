"""Threads change no bit of the waves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import hashlib, sys
import numpy as np
from accuracy import waves
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.timeloop import propagate

shape = tuple(map(int, sys.argv[1].split("x")))
for threads in (1, 2, 3, 4):
    model = waves.propagator(
        waves.rough(shape).astype(np.float32),
        dtype=np.float32,
        boundary=Boundary(width=6, free_surface=True),
        threads=threads,
    )
    source = model.points([0.4 * np.array(model.grid.extent_m)])
    series = np.random.default_rng(1).normal(size=(1, 41))
    state = model.start()
    traces = propagate(model, source, series, source, state=state)
    field = model.view(state)
    assert (field != 0).any(axis=-1).all()
    print(hashlib.sha256(field.tobytes() + traces.tobytes()).hexdigest())
"""


@pytest.mark.parametrize("shape", ["61x26", "17x79x18"])
def test_waves_do_not_depend_on_the_number_of_threads(shape):
    """In a process of its own, which may start four threads on any machine."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": "4"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, shape],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = done.stdout.split()
    assert len(found) == 4
    assert len(set(found)) == 1
