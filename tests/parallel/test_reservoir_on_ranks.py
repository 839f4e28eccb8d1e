"""The reservoir's curves do not depend on the number of ranks, nor do restarts."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.reservoir.description import Equilibration
from anticline_solvers.reservoir.settings import field_settings, proof_settings
from anticline_solvers.reservoir.simulate import simulate
from anticline_solvers.reservoir.state_files import fingerprint, load, save
from reservoirs import BAR, DARCY, DAY, box, curved, reservoir, steps, well

WORLD = MPI.COMM_WORLD
RANKS = pytest.mark.parallel([1, 2, 4])
KEYS = ("FOPR", "FGPR", "FWPR", "FPR", "WBHP:P", "WBHP:Q", "WBHP:I", "FGOR", "FOIP")


def layered():
    """Layers of very different permeability, gas on top, water below, three wells."""
    nx, ny, nz = 8, 6, 4
    random = np.random.default_rng(5)
    k = 0.1 * DARCY * np.exp(random.normal(0.0, 1.5, nx * ny * nz))
    grid = box((nx, ny, nz), (120.0, 100.0, 6.0), k)
    layer = nx * ny
    wells = [
        well(
            "P",
            "producer",
            [7 + k * layer for k in range(1, 4)],
            grid,
            control="lrat",
            limits={"lrat": 300 / DAY, "bhp": 90 * BAR},
        ),
        well(
            "Q",
            "producer",
            [layer - 8 + k * layer for k in range(2, 4)],
            grid,
            limits={"bhp": 160 * BAR},
        ),
        well(
            "I",
            "injector",
            [0, layer],
            grid,
            "gas",
            "rate",
            {"rate": 2e4 / DAY, "bhp": 400 * BAR},
        ),
    ]
    return reservoir(
        grid,
        steps([20, 40, 60], wells),
        saturation=curved(0.2),
        initial=(Equilibration(2015.0, 210 * BAR, 2020.0, 2005.0),),
    )


def curves(report):
    return np.array([report.curve(key) for key in KEYS])


def near(found, wanted, tolerance):
    return np.all(
        np.abs(found - wanted) <= tolerance * np.abs(wanted).max(axis=1)[:, None]
    )


@RANKS
@pytest.mark.parametrize("preconditioner", ["ilu", "cpr"])
def test_the_curves_do_not_depend_on_the_number_of_ranks(preconditioner):
    settings = proof_settings().changed(linear={"preconditioner": preconditioner})
    alone = curves(simulate(layered(), MPI.COMM_SELF, settings))
    together = curves(simulate(layered(), WORLD, settings))
    assert near(together, alone, 1e-6)


@RANKS
def test_the_field_settings_stay_within_a_thousandth_across_ranks():
    # Newton's iterations choose time steps, and are not the same on every rank count.
    equal = {"fixed": True, "longest_s": 5 * DAY}
    settings = field_settings().changed(steps=equal)
    alone = curves(simulate(layered(), MPI.COMM_SELF, settings))
    together = curves(simulate(layered(), WORLD, settings))
    assert near(together, alone, 1e-3)


@RANKS
def test_a_state_of_one_rank_count_goes_on_at_another(tmp_path_factory):
    folder = tmp_path_factory.mktemp("states") if WORLD.rank == 0 else None
    folder = WORLD.bcast(folder)
    description, settings = layered(), proof_settings()
    part = fingerprint(description)

    def keep(told):
        state = told.snapshot()
        if state is not None:
            save(folder, state, "a" * 64, part)

    whole = simulate(description, WORLD, settings, keep)
    WORLD.Barrier()
    start = load(folder / "000002.h5", part)
    for communicator in (MPI.COMM_SELF, WORLD):
        rest = simulate(description, communicator, settings, start=start)
        for key in KEYS:
            wanted = whole.curves[-1][key]
            assert rest.curves[-1][key] == pytest.approx(wanted, rel=1e-6)
    WORLD.Barrier()
