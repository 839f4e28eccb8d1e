"""Flow in rock against analytic solutions: a front of water, Theis' well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import exp1

from mpi4py import MPI

from anticline_solvers.reservoir.description import (
    Liquid,
    Rock,
    SaturationFunctions,
    WaterOil,
)
from anticline_solvers.reservoir.settings import proof_settings
from anticline_solvers.reservoir.simulate import simulate
from reservoirs import BAR, CP, DARCY, DAY, at, box, fluids, reservoir, steps, well

LENGTH_M, AREA_M2, POROSITY = 1000.0, 100.0, 0.2
RATE = 1e-4  # m3/s
SPAN_S = 0.25 * LENGTH_M * AREA_M2 * POROSITY / RATE
"""Time in which a quarter of the pores is injected: the front is on its way."""

STIFF = Rock(200 * BAR, 0.0)
BRINE = Liquid(200 * BAR, 1.0, 0.0, 1 * CP)


@dataclass(frozen=True)
class Displacement:
    """Water into oil: k_rw = s^n, k_ro = (1 - s)^n, oil `ratio` times as viscous."""

    exponent: int
    ratio: float

    def tables(self):
        s = np.linspace(0.0, 1.0, 2001)
        n = self.exponent
        return SaturationFunctions(WaterOil(s, s**n, (1 - s) ** n, 0 * s), None)

    def fraction(self, s):
        """Fractional flow of water, and its slope."""
        n, m = self.exponent, self.ratio
        water, oil = s**n, (1 - s) ** n / m
        water_s, oil_s = n * s ** (n - 1), -n * (1 - s) ** (n - 1) / m
        slope = (water_s * oil - water * oil_s) / (water + oil) ** 2
        return water / (water + oil), slope

    def front(self):
        """Saturation behind the shock, by Welge's tangent; 0 where there is none."""
        if self.exponent == 1:
            return 0.0 if self.ratio > 1 else 1.0

        def tangent(s):
            return self.fraction(s)[0] / s - self.fraction(s)[1]

        return brentq(tangent, 0.1, 0.99)

    def profile(self, cells):
        """Cell means of the analytic saturation after a quarter of a pore volume."""
        shock = self.front()
        s = np.linspace(1.0, shock, 8001)
        speed = self.fraction(s)[1] if shock < 1 else np.ones(len(s))
        place = 0.25 * LENGTH_M * speed
        fine = np.linspace(0.0, LENGTH_M, 64 * cells + 1)
        middle = 0.5 * (fine[1:] + fine[:-1])
        value = np.where(middle <= place[-1], np.interp(middle, place, s), 0.0)
        if shock == 1:
            value = (middle <= 0.25 * LENGTH_M) * 1.0
        return value.reshape(cells, 64).mean(axis=1)

    def error(self, n):
        """L1 error of the saturation in n cells, with time steps that shrink alike."""
        grid = box((n, 1, 1), (LENGTH_M / n, 10.0, 10.0), DARCY, POROSITY)
        limits = {"rate": RATE, "bhp": 9000 * BAR}
        wells = [
            well("I", "injector", [0], grid, "water", "rate", limits),
            well("P", "producer", [n - 1], grid, limits={"bhp": 100 * BAR}),
        ]
        oil = Liquid(200 * BAR, 1.0, 0.0, self.ratio * CP)
        seen = []
        simulate(
            reservoir(
                grid,
                steps([SPAN_S / DAY], wells),
                fluids(oil, BRINE, None, STIFF),
                self.tables(),
                at(n, 200 * BAR, 0.0, 0.0, 0.0),
                phases=("oil", "water"),
            ),
            MPI.COMM_SELF,
            proof_settings().changed(steps={"longest_s": SPAN_S / (2 * n)}),
            lambda told: seen.append(told.snapshot()),
        )
        return np.abs(seen[-1].sw - self.profile(n)).mean()

    def rates(self, *cells):
        errors = np.array([self.error(n) for n in cells])
        return np.log2(errors[:-1] / errors[1:]), errors


def test_a_water_front_converges_to_buckley_and_leveretts_in_the_mean():
    rates, errors = Displacement(1, 0.5).rates(40, 80, 160)
    assert rates.min() >= 0.8
    assert errors[-1] < 0.01


def test_a_front_behind_which_saturation_goes_on_rising_is_buckley_and_leveretts():
    # Waves run as fast as such a front just behind it, which slows convergence.
    rates, errors = Displacement(2, 2.0).rates(50, 100, 200)
    assert rates.min() >= 0.7
    assert errors[-1] < 0.012


SIDE, CELL_M, THICK_M = 61, 20.0, 10.0
PERMEABILITY = 0.05 * DARCY
COMPRESSIBLE = Liquid(200 * BAR, 1.0, 1e-9, 1 * CP)
WATER_RATE = 1e-4
WELL_TIME_S = 2 * DAY


def drawdown(parts):
    """Fall of pressure [Pa] around a well after two days, in equal time steps."""
    grid = box((SIDE, SIDE, 1), (CELL_M, CELL_M, THICK_M), PERMEABILITY, POROSITY)
    centre = SIDE * SIDE // 2
    limits = {"wrat": WATER_RATE, "bhp": BAR}
    producer = well("P", "producer", [centre], grid, "water", "wrat", limits)
    seen = []
    simulate(
        reservoir(
            grid,
            steps([WELL_TIME_S / DAY], [producer]),
            fluids(None, COMPRESSIBLE, None, STIFF),
            SaturationFunctions(None, None),
            at(SIDE**2, 200 * BAR, 1.0, 0.0, 0.0),
            phases=("water",),
        ),
        MPI.COMM_SELF,
        proof_settings().changed(
            steps={"longest_s": WELL_TIME_S / parts}, linear={"reduction": 1e-10}
        ),
        lambda told: seen.append(told.snapshot()),
    )
    return 200 * BAR - seen[-1].pressure.reshape(SIDE, SIDE)


def distance():
    """Distance [m] of cells' centres from the well's."""
    offset = (np.arange(SIDE) - SIDE // 2) * CELL_M
    return np.hypot(*np.meshgrid(offset, offset))


def theis(r):
    """Theis (1935): drawdown [Pa] of a line sink in an endless layer."""
    u = POROSITY * 1e-3 * 1e-9 * r**2 / (4 * PERMEABILITY * WELL_TIME_S)
    return WATER_RATE * 1e-3 / (4 * np.pi * PERMEABILITY * THICK_M) * exp1(u)


def test_the_drawdown_around_a_well_is_theis_away_from_it():
    r = distance()
    ring = (r > 6 * CELL_M) & (r < 14 * CELL_M)
    found, exact = drawdown(64)[ring], theis(r[ring])
    assert np.abs(found - exact).max() < 0.01 * exact.max()


def test_the_drawdown_converges_at_first_order_in_time():
    r = distance()
    ring = (r > 5 * CELL_M) & (r < 14 * CELL_M)
    fine = drawdown(128)[ring]
    errors = [np.abs(drawdown(parts)[ring] - fine).mean() for parts in (8, 16, 24)]
    # The fine solution has an error of its own, 1/16 of the first.
    exact = np.array([1 / 8, 1 / 16, 1 / 24]) - 1 / 128
    assert np.ptp(errors / exact) < 0.15 * np.mean(errors / exact)
