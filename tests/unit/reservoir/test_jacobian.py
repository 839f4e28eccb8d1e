"""The Jacobian is the derivative of the residual, wells included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpi4py import MPI

from anticline_solvers.reservoir.settings import proof_settings
from anticline_solvers.reservoir.system import System
from reservoirs import BAR, DAY, at, box, curved, reservoir, steps, well

SHAPE = (3, 3, 3)
N = 27
LENGTH_S = 5 * DAY
STEPS = (1e-5 * 200 * BAR, 1e-6, 1e-6)


def mixed_state(seed):
    """Cells of all kinds: free gas, undersaturated; away from where tables bend."""
    random = np.random.default_rng(seed)
    p = (150 + 100 * random.random(N)) * BAR
    sw = 0.25 + 0.3 * random.random(N)
    free = random.random(N) < 0.5
    sg = np.where(free, 0.05 + 0.3 * random.random(N), 0.0)
    rs = np.where(free, 0.0, 10 + 40 * random.random(N))
    return at(N, p, sw, sg, rs)


def two_wells(grid, control):
    column = [4, 13, 22]
    producer = well(
        "P", "producer", column, grid, control=control, limits=LIMITS[control]
    )
    injector = well(
        "I",
        "injector",
        [0, 9, 18],
        grid,
        phase="gas",
        control="rate",
        limits={"rate": 2.0, "bhp": 600 * BAR},
    )
    return [producer, injector]


LIMITS = {
    "bhp": {"bhp": 200 * BAR},
    "orat": {"orat": 1e-4, "bhp": BAR},
    "lrat": {"lrat": 1e-4, "bhp": BAR},
    "grat": {"grat": 1e-2, "bhp": BAR},
    "resv": {"resv": 1e-3, "bhp": BAR},
}


def jacobian_and_differences(system):
    """The Jacobian as PETSc multiplies with it, and central differences."""
    residual = system.jacobian.right
    system.assemble(LENGTH_S)
    system.jacobian.written()
    dense = system.jacobian.matrix.copy()
    dense = dense.convert("dense").getDenseArray().copy()
    differences = np.empty_like(dense)
    for cell in range(N):
        for v in range(3):
            step = STEPS[v]
            if v == 2 and not system.state.free[cell]:
                step *= 100
            for sign in (1, -1):
                system.state.x[cell, v] += sign * step
                system.assemble(LENGTH_S)
                part = residual.ravel().copy()
                system.state.x[cell, v] -= sign * step
                if sign > 0:
                    upper = part
            differences[:, 3 * cell + v] = (upper - part) / (2 * step)
    return dense, differences


def worst(system):
    """The largest error of a column, relative to what changes in it at all."""
    dense, differences = jacobian_and_differences(system)
    size = np.abs(differences).max(axis=0)
    return np.max(np.abs(dense - differences).max(axis=0) / size)


def system_of(seed, control="bhp", capillary=0.3, three_phase="default", gravity=10.0):
    grid = box(SHAPE, (50.0, 60.0, gravity))
    description = reservoir(
        grid,
        steps([5], two_wells(grid, control)),
        saturation=curved(capillary),
        initial=mixed_state(seed),
        three_phase=three_phase,
    )
    system = System(description, MPI.COMM_SELF, proof_settings(), description.initial)
    system.wells.open(description.schedule[0])
    system.begin(LENGTH_S, None, True)
    return system


@pytest.mark.parametrize("control", sorted(LIMITS))
def test_the_jacobian_is_the_derivative_under_every_control(control):
    assert worst(system_of(3, control)) < 2e-5


@pytest.mark.parametrize("model", ["default", "stone1", "stone2"])
def test_the_jacobian_is_the_derivative_for_every_three_phase_model(model):
    assert worst(system_of(7, three_phase=model)) < 2e-5


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_the_jacobian_is_the_derivative_in_any_state(seed):
    assert worst(system_of(seed)) < 2e-4
