"""A forward wavefield handed out in reverse order, within a memory budget.

- `protocol`   what runs, stores and sweeps are to one another; stopping and going on
- `plan`       how much is held, and what is run again
- `segments`   a sweep by a schedule: a segment's snapshots, states between segments
- `elastic`    a sweep that keeps what fits: for snapshots of unknown size
- `snapshots`  a store of snapshots as they are
- `encoded`    a store of snapshots in few bits
- `choice`     the cheapest policy that fits a budget
- `codec`      fields in few bits: blocks, cosines, rounding; `kernels` its loops
"""

from anticline_solvers.numerics.storage.choice import (
    AUTO,
    BOUNDARIES,
    CHECKPOINTS,
    COMPRESSED,
    DISK,
    MEMORY,
    POLICIES,
    Choice,
    Sizes,
    choose,
)
from anticline_solvers.numerics.storage.elastic import Elastic
from anticline_solvers.numerics.storage.encoded import (
    Coder,
    Encoded,
    EncodedSnapshots,
    working_bytes,
)
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
    "AUTO",
    "BACKWARD",
    "BOUNDARIES",
    "CHECKPOINTS",
    "COMPRESSED",
    "DISK",
    "FORWARD",
    "MEMORY",
    "POLICIES",
    "Choice",
    "Coder",
    "Elastic",
    "Encoded",
    "EncodedSnapshots",
    "ForwardRun",
    "KeepSnapshot",
    "Saved",
    "Segments",
    "Sizes",
    "Snapshots",
    "StoragePlan",
    "Store",
    "Sweep",
    "choose",
    "plan_storage",
    "reverse_sweep",
    "segments_advanced",
    "working_bytes",
]


def reverse_sweep(
    plan: StoragePlan, run: ForwardRun[object], use: KeepSnapshot
) -> None:
    """Run forward and call use(k, snapshot) for k = n_imaging - 1 ... 0, in memory."""
    Segments(plan, run, Snapshots(plan.segment)).run(use)
