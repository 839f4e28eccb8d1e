"""The whole state of a run at a report step, in active numbering: all to go on from.

It does not depend on the ranks of the run that it comes from, nor of the one that goes
on from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.reservoir.description import Floats
from anticline_solvers.reservoir.equations import PRESSURE, SW, X3

if TYPE_CHECKING:
    from anticline_solvers.reservoir.simulate import Run


@dataclass(frozen=True)
class Snapshot:
    """The state of n cells and w wells.

    report : number of the report step that is done. time_s : since the start.
    next_s : length that the next time step should have.
    pressure [Pa], sw, sg [-], rs [sm3/sm3] : (n,). free : (n,) gas is free, so that
    S_g is the unknown and not r_s.
    produced, injected : (w, 3) [sm3] oil, water, gas. names : of the wells.
    rates : (w, 5) at the report time, see `WellField.table`.
    bores : of each working well its unknowns (4,) and heads.
    """

    report: int
    time_s: float
    next_s: float
    pressure: Floats
    sw: Floats
    sg: Floats
    rs: Floats
    free: NDArray[np.bool_]
    names: tuple[str, ...]
    rates: Floats
    produced: Floats
    injected: Floats
    bores: dict[str, Floats]


def snapshot_of(run: Run, number: int) -> Snapshot | None:
    """Gather the state on rank 0; all ranks call it, the others are given None."""
    system = run.system
    x, free = system.state.x[: system.count], system.state.free[: system.count]
    columns = np.column_stack([x, free, system.dissolved()[: system.count]])
    parts = system.communicator.gather((system.part.owned, columns))
    bores = system.communicator.gather(system.wells.state())
    if parts is None or bores is None:
        return None
    whole = np.empty((len(system.part.rows), 5))
    for owned, values in parts:
        whole[owned] = values
    free = whole[:, 3] != 0.0
    return Snapshot(
        report=number,
        time_s=run.time_s,
        next_s=run.next_s,
        pressure=whole[:, PRESSURE].copy(),
        sw=whole[:, SW].copy(),
        sg=np.where(free, whole[:, X3], 0.0),
        rs=whole[:, 4].copy(),
        free=free,
        names=tuple(run.names),
        rates=run.wells.copy(),
        produced=run.totals.produced.copy(),
        injected=run.totals.injected.copy(),
        bores={name: state for part in bores for name, state in part.items()},
    )


def take_up(run: Run, snapshot: Snapshot) -> None:
    """Set a run to a snapshot that every rank has.

    Raises ValueError where it is of another reservoir: other cells or other wells.
    """
    from anticline_solvers.reservoir.summary import Totals

    system = run.system
    found = (len(snapshot.pressure), snapshot.names)
    if found != (len(system.part.rows), tuple(run.names)):
        msg = (
            f"the state has {found[0]} cells and wells {', '.join(found[1])}; the "
            f"reservoir has {len(system.part.rows)} cells and wells "
            f"{', '.join(run.names)}"
        )
        raise ValueError(msg)
    here = system.part.cells
    free, rs = snapshot.free[here], snapshot.rs[here]
    system.state.free[:] = free
    system.state.x[:, PRESSURE] = snapshot.pressure[here]
    system.state.x[:, SW] = snapshot.sw[here]
    system.state.x[:, X3] = np.where(free, snapshot.sg[here], rs)
    system.state.rs_limit[:] = np.where(free, rs, np.inf)
    system.evaluate()
    step = run.system.description.schedule[snapshot.report - 1]
    system.wells.open(step)
    system.wells.restore(snapshot.bores)
    run.time_s, run.next_s = snapshot.time_s, snapshot.next_s
    run.totals = Totals(snapshot.produced.copy(), snapshot.injected.copy())
    run.wells = snapshot.rates.copy()
