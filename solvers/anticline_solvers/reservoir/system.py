"""The equations of one rank, put together: state, properties, residual, Jacobian.

Everything that a time step needs is made once here and changed in place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mpi4py import MPI

from anticline_solvers.reservoir import assembly, properties
from anticline_solvers.reservoir.convergence import Errors, errors_of
from anticline_solvers.reservoir.description import Description, Floats, InitialState
from anticline_solvers.reservoir.discretization import (
    Part,
    flows_of,
    part_of,
    pattern_of,
)
from anticline_solvers.reservoir.equations import (
    AG,
    AO,
    AW,
    GAS,
    OIL,
    PRESSURE,
    RHOG,
    RHOO,
    RHOW,
    RS,
    SW,
    WATER,
    WIDTH,
    X3,
)
from anticline_solvers.reservoir.fluids.tables import LIVE, fluid_tables
from anticline_solvers.reservoir.halo import exchange_of
from anticline_solvers.reservoir.linear.jacobian import Jacobian
from anticline_solvers.reservoir.linear.solver import LinearSolver
from anticline_solvers.reservoir.partition import partition
from anticline_solvers.reservoir.properties import Cells, State
from anticline_solvers.reservoir.saturation.tables import saturation_tables
from anticline_solvers.reservoir.settings import Settings
from anticline_solvers.reservoir.update import advance
from anticline_solvers.reservoir.wells.field import WellField, cells_of_wells


class System:
    """The reservoir as one rank sees it.

    part : its cells. state : unknowns of local cells. table : (local, WIDTH) their
    properties. before : (owned, 3) contents at the start of the time step.
    """

    def __init__(
        self,
        description: Description,
        communicator: MPI.Comm,
        settings: Settings,
        initial: InitialState,
    ) -> None:
        grid = description.grid
        wells = cells_of_wells(description)
        owner = partition(communicator, grid, list(wells.values()))
        self.communicator = communicator
        self.description = description
        self.part = part_of(grid, owner, row_order(description), communicator.rank)
        local = self.part.local()
        groups = [local[of] for of in wells.values()]
        own = [g for g in groups if np.all((g >= 0) & (g < len(self.part.owned)))]
        pattern = pattern_of(grid, self.part, own)
        self.own = pattern.own
        self.flows = flows_of(grid, self.part, pattern)
        self.exchange = exchange_of(communicator, self.part)
        self.cells = cells_of(description, self.part, initial)
        self.table = properties.table(len(self.part.cells))
        self.before = np.zeros((len(self.part.owned), 3))
        self.change = np.zeros((len(self.part.cells), 3))
        self.has_gas = "gas" in description.phases and "oil" in description.phases
        self.state = state_from(description, self.cells, self.part, initial)
        self.jacobian = Jacobian(communicator, self.part, pattern, self.exchange)
        self.wells = WellField(grid, self.part, pattern, self.cells, list(wells))
        self.linear = LinearSolver(
            communicator, self.part, pattern, self.jacobian, settings.linear
        )
        self.evaluate()

    @property
    def count(self) -> int:
        """How many cells the rank owns."""
        return len(self.part.owned)

    def evaluate(self) -> None:
        """Bring the properties of all local cells up to the state."""
        properties.evaluate(self.table, self.cells, self.state)

    def contents(self) -> Floats:
        """Give what owned cells hold: (n, 3) oil, water, gas, scaled as rows [m3]."""
        return np.ascontiguousarray(self.table[: self.count, (AO, AW, AG)])

    def begin(self, length_s: float, drsdt: float | None, everywhere: bool) -> None:
        """Begin a time step: keep contents, limit dissolved gas, weigh the bores."""
        self.before[:] = self.contents()
        self.limit_dissolved(length_s, drsdt, everywhere)
        self.wells.begin(self.table)

    def dissolved(self) -> Floats:
        """Give r_s [sm3/sm3] of all local cells."""
        ratio = self.cells.scale[OIL] / self.cells.scale[GAS]
        return np.asarray(self.table[:, RS] * ratio, np.float64)

    def limit_dissolved(
        self, length_s: float, drsdt: float | None, everywhere: bool
    ) -> None:
        """Set how far r_s of each cell may rise in a time step."""
        if drsdt is None:
            self.state.rs_limit[:] = np.inf
            return
        limit = self.dissolved() + drsdt * length_s
        self.state.rs_limit[:] = limit
        if not everywhere:
            self.state.rs_limit[~self.state.free] = np.inf

    def assemble(self, length_s: float) -> None:
        """Write residual (into the right side) and Jacobian for the present state."""
        jacobian, table = self.jacobian, self.table
        self.evaluate()
        jacobian.coupling[:] = 0.0
        assembly.accumulate(
            jacobian.right, jacobian.values, self.own, table, self.before, 1 / length_s
        )
        assembly.flow(
            jacobian.right,
            jacobian.values,
            jacobian.coupling,
            self.own,
            table,
            self.flows,
        )
        self.wells.add(table, jacobian.right, jacobian.values)

    def errors(self, length_s: float, tolerance: float) -> Errors:
        """Measure the residual; all ranks call it."""
        return errors_of(
            self.communicator,
            self.jacobian.right,
            self.table,
            self.cells,
            length_s,
            tolerance,
        )

    def advance(
        self, saturation_change: float, pressure_change: float, share: float = 1.0
    ) -> int:
        """Solve and make a share of the change; give the linear iterations taken."""
        iterations = self.linear.solve()
        np.multiply(self.jacobian.solution, -share, out=self.change[: self.count])
        self.exchange.refresh(self.change)
        advance(
            self.state,
            self.change,
            self.cells,
            self.has_gas,
            saturation_change,
            pressure_change,
        )
        return iterations

    def save(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Give copies of what `restore` takes back."""
        return self.state.x.copy(), self.state.free.copy()

    def restore(self, saved: tuple[Floats, NDArray[np.bool_]]) -> None:
        """Go back to a state, r_s limits aside."""
        self.state.x[:], self.state.free[:] = saved

    def destroy(self) -> None:
        """Free the memory that PETSc holds."""
        self.linear.destroy()
        self.jacobian.destroy()


def row_order(description: Description) -> np.ndarray:
    """Give the active cells in the order in which ranks number their own: natural."""
    return np.arange(len(description.grid.active))


def cells_of(description: Description, part: Part, initial: InitialState) -> Cells:
    """Give what does not change of a rank's local cells."""
    fluids = fluid_tables(description.fluids)
    functions = saturation_tables(
        description.saturation, description.three_phase, description.phases
    )
    here = part.cells
    cells = Cells(
        pore_volume=description.grid.pore_volume[here],
        pvt=description.pvt_region[here],
        saturation=description.saturation_region[here],
        scale=np.ones(3),
        fluids=fluids,
        functions=functions,
    )
    cells.scale[:] = row_scale(description, cells, initial)
    return cells


def row_scale(description: Description, cells: Cells, initial: InitialState) -> Floats:
    """Give factors [m3/sm3] of oil, water, gas at the field's mean initial pressure."""
    weight = description.grid.pore_volume
    p = float(np.average(initial.pressure, weights=weight))
    rs = float(np.average(initial.rs, weights=weight))
    state = properties.state_of(np.array([[p, 0.0, rs]]), np.array([False]))
    table = np.zeros((1, WIDTH))
    one = cells._replace(
        pore_volume=np.ones(1),
        pvt=description.pvt_region[:1],
        saturation=description.saturation_region[:1],
    )
    properties.evaluate(table, one, state)
    density = cells.fluids.density[one.pvt[0]]
    oil = density[OIL] + rs * density[GAS]
    row = table[0]
    scale = np.empty(3)
    scale[OIL] = oil / row[RHOO]
    scale[WATER] = density[WATER] / row[RHOW]
    scale[GAS] = density[GAS] / row[RHOG]
    return scale


def state_from(
    description: Description, cells: Cells, part: Part, initial: InitialState
) -> State:
    """Give the unknowns of a rank's local cells."""
    here = part.cells
    sg, rs = initial.sg[here], initial.rs[here]
    live = cells.fluids.oil_kind[cells.pvt] == LIVE
    dissolves = live & ("gas" in description.phases)
    free = (sg > 0.0) | ~dissolves | (initial.sw[here] >= 1.0)
    x = np.empty((len(here), 3))
    x[:, PRESSURE] = initial.pressure[here]
    x[:, SW] = initial.sw[here]
    x[:, X3] = np.where(free, sg, rs)
    limit = np.where(dissolves & free & (sg > 0.0), rs, np.inf)
    return State(x, free, limit)
