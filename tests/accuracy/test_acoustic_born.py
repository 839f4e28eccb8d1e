"""Born modelling is the derivative of modelling with respect to velocity."""

from __future__ import annotations

import numpy as np
import pytest

from accuracy import waves
from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.numerics.absorbing import Boundary
from anticline_solvers.seismic.acquisition.wavelets import ricker
from anticline_solvers.seismic.born import born
from anticline_solvers.seismic.timeloop import propagate

SCALES = 10.0 ** -np.arange(0.0, 3.5, 0.5)


def remainders(ndim, free_surface):
    """|F(v + s dv) - F(v)| and |F(v + s dv) - F(v) - s B dv| for each scale s.

    Layers keep their profiles, which velocity_m_s fixes; their velocity follows the
    model's outermost cells, so the perturbation reaches into them.
    """
    shape = {2: (30, 26), 3: (14, 13, 18)}[ndim]
    v = waves.rough(shape)
    boundary = Boundary(width=6, free_surface=free_surface, velocity_m_s=3000.0)
    model = waves.propagator(v, courant=0.7, boundary=boundary)
    dv = np.random.default_rng(4).normal(size=shape)
    dv *= 20.0 / np.abs(dv).max()
    nt = 150 if ndim == 2 else 90

    def survey(at):
        extent = np.array(model.grid.extent_m)
        source = at.points([0.31 * extent], density=True)
        receivers = at.points([0.83 * extent, 0.47 * extent, 0.05 * extent])
        series = ricker(25.0, model.dt_s, max(nt, 200))[None, :nt]
        return source, series, receivers

    def modelled(velocity):
        at = AcousticPropagator(
            model.grid,
            velocity,
            model.dt_s,
            boundary=boundary,
            dtype=np.float64,
            threads=1,
        )
        return propagate(at, *survey(at))

    base, slope = modelled(v), born(model, dv, *survey(model))
    changes = [modelled(v + s * dv) - base for s in SCALES]
    return (
        np.array([np.linalg.norm(change) for change in changes]),
        np.array(
            [
                np.linalg.norm(change - s * slope)
                for s, change in zip(SCALES, changes, strict=True)
            ]
        ),
    )


@pytest.mark.parametrize(
    ("ndim", "free_surface"), [(2, False), (2, True), (3, False), (3, True)]
)
def test_what_born_leaves_falls_at_second_order(ndim, free_surface):
    change, left = remainders(ndim, free_surface)
    slopes = -np.diff(np.log10(left)) / 0.5
    assert np.abs(slopes - 2.0).max() < 0.1
    assert np.abs(-np.diff(np.log10(change)) / 0.5 - 1.0).max() < 0.1
