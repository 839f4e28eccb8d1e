"""A forward wavefield handed out in reverse order, within a memory budget.

- `protocol`   what runs, stores and sweeps are to one another; stopping and going on
- `plan`       how much is held, and what is run again
- `segments`   the sweep: snapshots of a segment held, states saved between segments
- `snapshots`  the store of snapshots as they are
"""

from anticline_solvers.numerics.storage.plan import (
    StoragePlan,
    plan_storage,
    segments_advanced,
)
from anticline_solvers.numerics.storage.protocol import (
    BACKWARD,
    FORWARD,
    ForwardRun,
    KeepSnapshot,
    Saved,
    Store,
    Sweep,
)
from anticline_solvers.numerics.storage.segments import Segments
from anticline_solvers.numerics.storage.snapshots import Snapshots

__all__ = [
    "BACKWARD",
    "FORWARD",
    "ForwardRun",
    "KeepSnapshot",
    "Saved",
    "Segments",
    "Snapshots",
    "StoragePlan",
    "Store",
    "Sweep",
    "plan_storage",
    "reverse_sweep",
    "segments_advanced",
]


def reverse_sweep(
    plan: StoragePlan, run: ForwardRun[object], use: KeepSnapshot
) -> None:
    """Run forward and call use(k, snapshot) for k = n_imaging - 1 ... 0, in memory."""
    Segments(plan, run, Snapshots(plan.segment)).run(use)
