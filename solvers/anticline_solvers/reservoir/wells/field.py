"""All wells of a field, each worked by the rank that owns its cells.

A rank keeps arrays of its own wells that work in the present report step; pressures,
mixtures and heads go over to the next one by name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anticline_solvers.reservoir.description import (
    Description,
    Floats,
    Grid,
    Integers,
    ReportStep,
    Well,
)
from anticline_solvers.reservoir.discretization import Part, Pattern
from anticline_solvers.reservoir.properties import Cells
from anticline_solvers.reservoir.wells import control, coupling, head, inflow, rates
from anticline_solvers.reservoir.wells.bores import (
    BoreHoles,
    Bores,
    bores_of,
    open_connections,
    working,
)

ROUNDS = 4
"""How often heads and flows are made to agree when a well begins."""


def cells_of_wells(description: Description) -> dict[str, Integers]:
    """Give the active cells of each well, over the whole schedule, by name."""
    cells: dict[str, set[int]] = {}
    for step in description.schedule:
        for well in step.wells:
            cells.setdefault(well.name, set()).update(c.cell for c in well.connections)
    return {name: np.array(sorted(of), np.int64) for name, of in cells.items()}


class WellField:
    """The wells of one rank in the present report step.

    names : all wells of the schedule. bores, links : of the working ones here.
    """

    def __init__(
        self, grid: Grid, part: Part, pattern: Pattern, cells: Cells, names: list[str]
    ) -> None:
        self.grid, self.part, self.pattern, self.cells = grid, part, pattern, cells
        self.names = names
        self.wells: list[Well] = []
        self.bores: Bores
        self.holes: BoreHoles
        self.links = inflow.links_of(0)
        self._build([])

    def _build(self, wells: list[Well]) -> None:
        self.wells = wells
        self.bores, self.holes = bores_of(
            self.grid, self.part, self.pattern, wells, self.cells.scale
        )
        self.links = inflow.links_of(len(self.bores.cell))

    def open(self, step: ReportStep) -> None:
        """Take the wells of a report step; those that go on keep their state."""
        before = self.state()
        own = len(self.part.owned)
        local = self.part.local()

        def here(well: Well) -> bool:
            at = local[open_connections(well)[0].cell]
            return 0 <= int(at) < own

        self._build([well for well in step.wells if working(well) and here(well)])
        self.restore(before)

    def state(self) -> dict[str, Floats]:
        """Give what a well must be told to go on: its unknowns (4,), then heads."""
        start = self.bores.start
        return {
            well.name: np.concatenate(
                [self.bores.unknown[w], self.bores.head[start[w] : start[w + 1]]]
            )
            for w, well in enumerate(self.wells)
        }

    def restore(self, state: dict[str, Floats]) -> None:
        """Take what `state` gave; wells of other connections begin anew."""
        start = self.bores.start
        for w, well in enumerate(self.wells):
            kept = state.get(well.name, np.empty(0))
            if len(kept) == 4 + start[w + 1] - start[w]:
                self.bores.unknown[w] = kept[:4]
                self.bores.head[start[w] : start[w + 1]] = kept[4:]

    def begin(self, properties: Floats) -> None:
        """Weigh the bores for a time step that begins in this state."""
        fresh = bool(np.any(self.bores.unknown[:, 0] == 0.0))
        for _ in range(ROUNDS if fresh else 1):
            inflow.fill(self.links, self.bores, self.cells, properties)
            rates.reservoir_volume(self.bores, self.links)
            control.work(self.bores, self.links)
            head.weigh(self.bores, self.holes, self.links, self.cells)

    def add(self, properties: Floats, residual: Floats, values: Floats) -> None:
        """Let the wells work in this state, and add them to rows and blocks."""
        inflow.fill(self.links, self.bores, self.cells, properties)
        control.work(self.bores, self.links)
        coupling.add(residual, values, self.bores, self.links)

    def table(self) -> Floats:
        """Give a row a well of the schedule: (wells, 5), zeros for those not here.

        Columns: rates of oil, water, gas [sm3/s] while it works (up, or down),
        bottom-hole pressure [Pa], efficiency.
        """
        out = np.zeros((len(self.names), 5))
        flows = np.zeros((len(self.wells), 3))
        rates.surface_rates(self.bores, self.links, self.cells.scale, flows)
        for w, well in enumerate(self.wells):
            row = out[self.names.index(well.name)]
            row[:3] = flows[w]
            row[3] = self.bores.unknown[w, 0]
            row[4] = well.efficiency
        return out


def injectors(names: Sequence[str], step: ReportStep) -> list[bool]:
    """Say of each named well whether it injects in a report step."""
    kinds = {well.name: well.kind == "injector" for well in step.wells}
    return [kinds.get(name, False) for name in names]
