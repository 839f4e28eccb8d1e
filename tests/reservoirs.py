"""Small reservoirs for tests: boxes of cells, fluids, wells, in SI units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from anticline_solvers.reservoir.description import (
    Connection,
    DeadOil,
    Description,
    DryGas,
    Equilibration,
    Fluids,
    GasOil,
    Grid,
    InitialState,
    Liquid,
    LiveOil,
    ReportStep,
    Rock,
    SaturationFunctions,
    WaterOil,
    Well,
)

BAR = 1e5
DAY = 86400.0
DARCY = 9.869233e-13
CP = 1e-3


def box(
    shape=(4, 3, 2),
    size=(100.0, 100.0, 10.0),
    permeability=0.1 * DARCY,
    porosity=0.2,
    top=2000.0,
):
    """A box of equal cells; permeability a number, or an array (cells,)."""
    nx, ny, nz = shape
    n = nx * ny * nz
    k = np.broadcast_to(np.asarray(permeability, float), (3, n)).copy()
    index = np.arange(n).reshape(nz, ny, nx)
    pairs, trans = [], []
    for axis, here, there in (
        (0, index[:, :, :-1], index[:, :, 1:]),
        (1, index[:, :-1], index[:, 1:]),
        (2, index[:-1], index[1:]),
    ):
        a, b = here.ravel(), there.ravel()
        area = np.prod(size) / size[axis]
        half = size[axis] / 2
        t = area / (half / k[axis, a] + half / k[axis, b])
        pairs.append(np.stack([a, b], axis=1))
        trans.append(t)
    layer = np.repeat(np.arange(nz), nx * ny)
    volume = np.full(n, float(np.prod(size)))
    return Grid(
        shape=shape,
        active=np.arange(n),
        depth=top + (layer + 0.5) * size[2],
        bulk_volume=volume,
        pore_volume=volume * porosity,
        dx=np.full(n, size[0]),
        dy=np.full(n, size[1]),
        dz=np.full(n, size[2]),
        permeability=k,
        net_to_gross=np.ones(n),
        porosity=np.full(n, porosity),
        connections=np.concatenate(pairs),
        transmissibility=np.concatenate(trans),
    )


WATER = Liquid(200 * BAR, 1.03, 4.5e-10, 0.4 * CP, 0.0)
GAS = DryGas(
    np.array([1.0, 50.0, 100.0, 200.0, 300.0, 400.0, 600.0]) * BAR,
    np.array([1.2, 0.022, 0.0105, 0.0052, 0.0037, 0.0031, 0.0025]),
    np.array([0.010, 0.012, 0.014, 0.019, 0.024, 0.029, 0.038]) * CP,
)
LIVE = LiveOil(
    np.array([0.2, 20.0, 60.0, 120.0, 200.0]),
    (
        np.array([1.0]) * BAR,
        np.array([50.0]) * BAR,
        np.array([120.0]) * BAR,
        np.array([220.0, 400.0]) * BAR,
        np.array([340.0, 500.0]) * BAR,
    ),
    (
        np.array([1.05]),
        np.array([1.12]),
        np.array([1.25]),
        np.array([1.42, 1.37]),
        np.array([1.65, 1.60]),
    ),
    (
        np.array([1.2]) * CP,
        np.array([1.0]) * CP,
        np.array([0.8]) * CP,
        np.array([0.6, 0.7]) * CP,
        np.array([0.45, 0.55]) * CP,
    ),
)
DEAD = DeadOil(
    np.array([50.0, 200.0, 400.0]) * BAR,
    np.array([1.12, 1.10, 1.08]),
    np.array([1.0, 1.1, 1.25]) * CP,
)
ROCK = Rock(200 * BAR, 5e-10)
DENSITY = (850.0, 1020.0, 0.9)


def curved(capillary=0.0):
    """Saturation functions with curved, strictly moving relative permeabilities."""
    sw = np.linspace(0.2, 0.9, 15)
    s = (sw - 0.2) / 0.7
    sg = np.linspace(0.0, 0.8, 17)
    g = sg / 0.8
    return SaturationFunctions(
        WaterOil(sw, 0.5 * s**2, 0.9 * (1 - s) ** 2, capillary * BAR * (1 - s) ** 2),
        GasOil(sg, 0.8 * g**2, 0.9 * (1 - g) ** 2, 0.5 * capillary * BAR * g),
    )


def fluids(oil=LIVE, water=WATER, gas=GAS, rock=ROCK, density=DENSITY):
    return Fluids(density, oil, water, gas, rock)


def well(name, kind, cells, grid, phase="oil", control="bhp", limits=None, **more):
    """A vertical well through cells; its pressure is that at its first cell."""
    nx, ny, _ = grid.shape
    links = tuple(Connection(int(c), float(grid.depth[c]), 0.2) for c in cells)
    first = int(grid.active[cells[0]])
    built = Well(
        name=name,
        group="G",
        head=(first % nx, first // nx % ny),
        reference_depth=float(grid.depth[cells[0]]),
        kind=kind,
        phase=phase,
        status="open",
        control=control,
        limits=dict(limits or {}),
        connections=links,
    )
    return replace(built, **more)


def steps(days, wells, **more):
    return tuple(ReportStep(d * DAY, tuple(wells), **more) for d in days)


def reservoir(
    grid,
    schedule=(),
    regions=None,
    saturation=None,
    initial=None,
    phases=("oil", "water", "gas"),
    three_phase="default",
    summary=(),
):
    n = len(grid.active)
    zero = np.zeros(n, np.int64)
    if initial is None:
        initial = (Equilibration(2010.0, 250 * BAR, 5000.0, 1000.0),)
    return Description(
        title="box",
        grid=grid,
        phases=phases,
        fluids=(regions or fluids(),),
        pvt_region=zero,
        saturation=(saturation or curved(),),
        saturation_region=zero,
        three_phase=three_phase,
        initial=initial,
        equilibration_region=zero,
        schedule=tuple(schedule),
        summary=tuple(summary),
        start=date(2020, 1, 1),
    )


def at(n, pressure, sw=0.25, sg=0.0, rs=50.0):
    """The same state in n cells, or one of arrays (n,)."""
    return InitialState(
        *(
            np.broadcast_to(np.asarray(v, float), n).copy()
            for v in (pressure, sw, sg, rs)
        )
    )
