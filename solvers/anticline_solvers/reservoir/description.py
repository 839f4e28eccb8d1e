"""What a reservoir is: everything the simulator is told, as frozen values in SI units.

Pressures are Pa (absolute), times s, lengths m, depths m (positive downwards),
permeabilities m2, densities kg/m3, viscosities Pa s. Volumes at surface conditions are
m3 as well ("sm3"): a formation volume factor is m3/sm3, a dissolved gas-oil ratio
sm3/sm3, a surface rate sm3/s. Cells are active cells, counted from 0 in natural order
(i fastest, then j, then k). Arrays are never changed once they are in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Phase = Literal["oil", "water", "gas"]
Direction = Literal["x", "y", "z"]
Status = Literal["open", "stop", "shut"]
"""Of a well: `stop` closes it at the surface, and its connections still crossflow."""

Mode = Literal["orat", "wrat", "grat", "lrat", "resv", "rate", "bhp"]
"""What a well is held at: `rate` is an injector's surface rate, the others its name."""


@dataclass(frozen=True)
class Grid:
    """The active cells and how they are joined; n cells, m connections.

    shape : nx, ny, nz. active : (n,) natural index of each active cell.
    depth : (n,) [m] of the centres. bulk_volume : (n,) [m3].
    pore_volume : (n,) [m3] at the rock's reference pressure; net-to-gross and
        multipliers applied.
    dx, dy, dz : (n,) [m] mean extents of a cell. permeability : (3, n) [m2] along
        them. net_to_gross, porosity : (n,) [-].
    connections : (m, 2) pairs of cells. transmissibility : (m,) [m3] permeability
        times area over length, multipliers applied, faults' connections included.
    coord, zcorn : corner-point geometry as EGRID keeps it [m]: (6 (nx+1) (ny+1),) and
        (8 nx ny nz,); None where the grid has none.
    """

    shape: tuple[int, int, int]
    active: Integers
    depth: Floats
    bulk_volume: Floats
    pore_volume: Floats
    dx: Floats
    dy: Floats
    dz: Floats
    permeability: Floats
    net_to_gross: Floats
    porosity: Floats
    connections: Integers
    transmissibility: Floats
    coord: Floats | None = None
    zcorn: Floats | None = None


@dataclass(frozen=True)
class LiveOil:
    """Oil that holds dissolved gas (PVTO): k branches, each from its bubble point up.

    rs : (k,) [sm3/sm3] rising. pressure : k arrays [Pa] rising, the first value of
    each is the bubble point. volume_factor : k arrays [m3/sm3].
    viscosity : k arrays [Pa s]. The last branch has two values or more.
    """

    rs: Floats
    pressure: tuple[Floats, ...]
    volume_factor: tuple[Floats, ...]
    viscosity: tuple[Floats, ...]


@dataclass(frozen=True)
class DeadOil:
    """Oil without gas in it (PVDO): arrays (k,) of pressure [Pa], factor, viscosity."""

    pressure: Floats
    volume_factor: Floats
    viscosity: Floats


@dataclass(frozen=True)
class Liquid:
    """A liquid of constant compressibility: water (PVTW) or dead oil (PVCDO).

    reference_pressure [Pa]. volume_factor [m3/sm3] and viscosity [Pa s] there.
    compressibility [1/Pa]. viscosibility [1/Pa]: of viscosity, with pressure.
    """

    reference_pressure: float
    volume_factor: float
    compressibility: float
    viscosity: float
    viscosibility: float = 0.0


@dataclass(frozen=True)
class DryGas:
    """Gas without oil in it (PVDG): arrays (k,) of pressure [Pa], factor, viscosity."""

    pressure: Floats
    volume_factor: Floats
    viscosity: Floats


@dataclass(frozen=True)
class Rock:
    """Pores that widen with pressure: compressibility [1/Pa] at a pressure [Pa]."""

    reference_pressure: float
    compressibility: float


@dataclass(frozen=True)
class Fluids:
    """Fluids and rock of one PVT region; None for a phase that is not there.

    surface_density : of oil, water, gas [kg/m3].
    """

    surface_density: tuple[float, float, float]
    oil: LiveOil | DeadOil | Liquid | None
    water: Liquid | None
    gas: DryGas | None
    rock: Rock


@dataclass(frozen=True)
class WaterOil:
    """Water against oil, no gas there (SWOF): arrays (k,), sw rising.

    krw, krow [-]. pcow : [Pa] oil's pressure less water's.
    """

    sw: Floats
    krw: Floats
    krow: Floats
    pcow: Floats


@dataclass(frozen=True)
class GasOil:
    """Gas against oil at connate water (SGOF): arrays (k,), sg rising from 0.

    krg, krog [-]. pcog : [Pa] gas's pressure less oil's.
    """

    sg: Floats
    krg: Floats
    krog: Floats
    pcog: Floats


@dataclass(frozen=True)
class SaturationFunctions:
    """Relative permeabilities and capillary pressures of one saturation region.

    Three columns of the other family (SWFN, SGFN, SOF3) are these same tables.
    A phase that is not there leaves None.
    """

    water_oil: WaterOil | None
    gas_oil: GasOil | None


ThreePhase = Literal["default", "stone1", "stone2"]


@dataclass(frozen=True)
class DepthTable:
    """A quantity against depth: arrays (k,) of depth [m], rising, and of values."""

    depth: Floats
    value: Floats


@dataclass(frozen=True)
class Equilibration:
    """Hydrostatic start of one region (EQUIL).

    datum_depth [m], datum_pressure [Pa]. water_contact, gas_contact : depths [m].
    pcow, pcog : capillary pressures at the contacts [Pa].
    rs : dissolved gas against depth [sm3/sm3]; bubble_point : against depth [Pa]; with
        neither the oil is saturated at the gas contact.
    levels : points in a cell over which saturations are averaged; 0: its centre alone.
    """

    datum_depth: float
    datum_pressure: float
    water_contact: float
    gas_contact: float
    pcow: float = 0.0
    pcog: float = 0.0
    rs: DepthTable | None = None
    bubble_point: DepthTable | None = None
    levels: int = 0


@dataclass(frozen=True)
class InitialState:
    """A start given cell by cell: arrays (n,) of oil pressure [Pa], sw, sg, rs."""

    pressure: Floats
    sw: Floats
    sg: Floats
    rs: Floats


@dataclass(frozen=True)
class Connection:
    """Where a well is open to a cell.

    cell : active index. depth : of its centre [m]. diameter : of the bore [m].
    factor : connection transmissibility factor [m3], all of Peaceman's formula
        included; None: from the cell's permeability. skin [-]. direction : of the bore.
    effective_kh : [m3] in place of the cell's permeability times thickness, or None.
    """

    cell: int
    depth: float
    diameter: float
    factor: float | None = None
    skin: float = 0.0
    direction: Direction = "z"
    is_open: bool = True
    effective_kh: float | None = None


@dataclass(frozen=True)
class Well:
    """A well as it is in force during a report step.

    head : i, j of its top, from 0. reference_depth : [m] of its bottom-hole pressure.
    kind : producer or injector. phase : preferred (producer) or injected (injector).
    control : what it is held at, while no limit is met. limits : positive surface rates
        [sm3/s], a reservoir rate [m3/s] (`resv`), a bottom-hole pressure [Pa] (`bhp`);
        the target of `control` is among them.
    efficiency : share of the time that it works. crossflow : fluid may run back.
    """

    name: str
    group: str
    head: tuple[int, int]
    reference_depth: float
    kind: Literal["producer", "injector"]
    phase: Phase
    status: Status
    control: Mode
    limits: dict[Mode, float]
    connections: tuple[Connection, ...]
    efficiency: float = 1.0
    crossflow: bool = True


@dataclass(frozen=True)
class ReportStep:
    """A stretch of time at whose end the run reports.

    length_s : its length. wells : all of them as they are in force, in the order in
    which they were named. drsdt : how fast dissolved gas may rise [sm3/sm3/s]; None:
    as fast as it will. drsdt_everywhere : also where no gas is free.
    """

    length_s: float
    wells: tuple[Well, ...]
    drsdt: float | None = None
    drsdt_everywhere: bool = True


@dataclass(frozen=True)
class SummaryVector:
    """A curve asked for: its keyword, and the well, or the cell's i, j, k from 0."""

    keyword: str
    well: str = ""
    cell: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Description:
    """A reservoir and its schedule.

    pvt_region, saturation_region, equilibration_region : (n,) from 0.
    phases : those that are there. initial : a region's equilibration each, or a state.
    start : the day on which the first report step begins.
    unit_system : of the deck, for output only.
    """

    title: str
    grid: Grid
    phases: tuple[Phase, ...]
    fluids: tuple[Fluids, ...]
    pvt_region: Integers
    saturation: tuple[SaturationFunctions, ...]
    saturation_region: Integers
    three_phase: ThreePhase
    initial: tuple[Equilibration, ...] | InitialState
    equilibration_region: Integers
    schedule: tuple[ReportStep, ...]
    summary: tuple[SummaryVector, ...] = field(default=())
    start: date = date(2000, 1, 1)
    unit_system: Literal["FIELD", "METRIC"] = "METRIC"
