"""On ranks too, the gradient of every misfit is its exact derivative."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.seismic.misfits import MISFITS
from gradients import SmallShot, slopes_of_remainders

DECADES = 10.0 ** -np.arange(0.0, 4.0)
LARGEST_M_S, DURATION_S = 4.0, 0.24


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize("ndim", [2, 3])
def test_what_the_gradient_of_every_misfit_leaves_falls_at_second_order(ndim):
    shot = SmallShot(ndim, duration_s=DURATION_S)
    data = shot.predicted(1.02 * shot.velocity)
    found = slopes_of_remainders(shot, data, MISFITS, LARGEST_M_S, DECADES)
    assert set(found) == set(MISFITS)
    for name, slopes in found.items():
        assert np.abs(slopes - 2.0).max() < 0.1, name
