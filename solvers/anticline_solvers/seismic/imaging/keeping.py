"""How a shot's source wavefield is kept: a case's wishes, the sizes, a sweep.

The tolerance of a case is one of the image: the relative difference (L2) that storage
may make in a shot's image. The codec's own is finer, for a condition that takes second
derivatives in space amplifies what is random from cell to cell. Measured on Marmousi2
and on a graded 3-D model, at 5 cells in the shortest wavelength, the image differs by
60 to 80 times the codec's tolerance with these conditions, and by about once with
plain correlation; `IMAGE_OVER_CODEC` holds the larger numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpi4py import MPI

from anticline_solvers.formats.spill import OverflowingSnapshots, SpilledSnapshots
from anticline_solvers.numerics.storage import (
    AUTO,
    BOUNDARIES,
    CHECKPOINTS,
    DISK,
    MEMORY,
    Choice,
    Elastic,
    EncodedSnapshots,
    Segments,
    Sizes,
    Snapshots,
    StoragePlan,
    Store,
    Sweep,
    choose,
)
from anticline_solvers.seismic.imaging import conditions
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.footprint import Footprint, footprint
from anticline_solvers.seismic.imaging.migration import SourceRun
from anticline_solvers.seismic.imaging.reconstruction import Reconstruction
from anticline_solvers.seismic.physics import Propagator

IMAGE_OVER_CODEC = {
    conditions.CROSS_CORRELATION: 2.0,
    conditions.INVERSE_SCATTERING: 80.0,
    conditions.LAPLACIAN: 80.0,
}
GRADIENT_OVER_CODEC = IMAGE_OVER_CODEC[conditions.CROSS_CORRELATION]
"""A gradient takes the snapshots as they are, as plain correlation does."""

FREE_MEMORY_SHARE = 0.5
"""Of a node's free memory, for its ranks, where a case names no budget."""

STRIPS_FINER = 4.0
"""How much finer strips are encoded than snapshots: their error travels."""


def codec_tolerance(parameters: Mapping[str, Any]) -> float:
    """Give the codec's tolerance for a case's tolerance of the image; 0.0 for 0."""
    asked = float(parameters["storage_tolerance"])
    return asked / IMAGE_OVER_CODEC[parameters["condition"]]


@dataclass(frozen=True)
class Keeping:
    """What a case says about the storage of the source wavefield.

    policy : asked for. tolerance : of the codec. folder : of the disk policy.
    budget_bytes : of this rank.
    """

    policy: str
    tolerance: float
    folder: Path
    budget_bytes: float

    @classmethod
    def of(
        cls,
        parameters: Mapping[str, Any],
        folder: Path,
        tolerance: float,
        budget_bytes: float,
    ) -> Keeping:
        """Read a case's parameters; folder : the one taken where none is named."""
        named = parameters["storage_folder"]
        return cls(
            parameters["storage"],
            tolerance,
            Path(named) if named else folder,
            budget_bytes,
        )

    def sizes(
        self, propagator: Propagator, extent: Extent, every: int, n_imaging: int
    ) -> Sizes:
        """Measure what a choice depends on; collective, the same on all ranks."""
        comm, placement = propagator.placement.comm, propagator.placement
        state_bytes = propagator.state_bytes
        held = footprint(placement, propagator.reach, state_bytes, extent, every)
        mine = (held, int(self.budget_bytes))
        every_rank = comm.allgather(mine) if comm else [mine]
        parts, budgets = zip(*every_rank, strict=True)
        return largest(parts, n_imaging, every, self.tolerance, min(budgets))

    def choose(
        self, propagator: Propagator, extent: Extent, every: int, n_imaging: int
    ) -> tuple[Choice, Sizes]:
        """Choose a policy; ValueError where the budget does not suffice."""
        sizes = self.sizes(propagator, extent, every, n_imaging)
        return self.chosen(sizes, propagator.backend), sizes

    def chosen(self, sizes: Sizes, backend: str) -> Choice:
        """Choose a policy for sizes that are known; ValueError as `choose`."""
        on_gpu = backend == "cuda"
        return choose(sizes, on_device(self.policy, sizes) if on_gpu else self.policy)

    def sweep(
        self, choice: Choice, sizes: Sizes, run: SourceRun, comm: MPI.Comm
    ) -> Sweep:
        """Make the sweep of a choice; collective."""
        n = sizes.n_imaging
        if choice.plan is not None:
            return Segments(choice.plan, run, Snapshots(choice.plan.segment))
        run.source.to_host = True
        if choice.policy == BOUNDARIES:
            finer = self.tolerance / STRIPS_FINER
            return Reconstruction(n, run, finer)
        if choice.policy == DISK:
            self.folder.mkdir(parents=True, exist_ok=True)
            spilled = SpilledSnapshots(self.folder, self.tolerance)
            return Segments(StoragePlan(n, n, 0), run, spilled)

        def any_rank(mine: bool) -> bool:
            return bool(comm.allreduce(mine, MPI.LOR))

        store, room = self._encoded(sizes), sizes.encoded_budget
        return Elastic(n, run, store, room, sizes.most_states, any_rank)

    def _encoded(self, sizes: Sizes) -> Store:
        """Make a store that goes to disk where no state fits to run again from."""
        if sizes.most_states:
            return EncodedSnapshots(self.tolerance)
        room = sizes.encoded_budget
        return OverflowingSnapshots(self.folder, self.tolerance, room)


def largest(
    parts: Iterable[Footprint],
    n_imaging: int,
    every: int,
    tolerance: float,
    budget: int,
) -> Sizes:
    """Take the largest rank's bytes of each kind."""
    snapshot, state, strip = map(max, zip(*parts, strict=True))
    return Sizes(n_imaging, every, snapshot, state, strip, tolerance, budget)


def on_device(policy: str, sizes: Sizes) -> str:
    """Give the policy for a wavefield on a device, where running again is cheap.

    Snapshots stay on the device; what is encoded goes through the host's memory.

    Raises ValueError for a policy that only cores know.
    """
    if policy == BOUNDARIES:
        msg = (
            "storage boundaries runs on cores; on a GPU ask for memory, checkpoints, "
            "compressed or disk"
        )
        raise ValueError(msg)
    if policy != AUTO:
        return policy
    whole = sizes.n_imaging * sizes.snapshot
    return MEMORY if whole <= sizes.budget else CHECKPOINTS
