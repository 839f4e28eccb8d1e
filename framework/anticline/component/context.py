"""What a driver is given beside its case: communicator, folder, reporting, stop.

A driver over many shots reads like this:

    def run(case: Case, context: RunContext) -> None:
        shots = context.progress("shots", total=240)
        for shot in mine(context.comm):
            if context.stop_requested():
                ...                          # agree with the other ranks first
                raise Interrupted("120 of 240 shots are kept")
            ...
            shots.advance(note=f"shot {shot.id}")
        shots.close()
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anticline.component.progress import Progress, Reporter, reporter
from anticline.component.stop import StopFlag

if TYPE_CHECKING:
    from mpi4py import MPI

    from anticline.component.case import Case


@dataclass(frozen=True, eq=False)
class RunContext:
    """The surroundings of one run, the same on every rank but for reporting.

    ``provenance`` is what an output says about its origin: text, numbers, and dicts
    and lists of them.
    """

    comm: MPI.Comm
    place: Path
    fingerprint: str
    provenance: dict[str, Any]
    reporter: Reporter
    stop: StopFlag = field(default_factory=StopFlag)

    @classmethod
    def open(
        cls, case: Case, comm: MPI.Comm, stop: StopFlag | None = None
    ) -> RunContext:
        """Make the outputs' folders and hash the inputs on rank 0 (collective).

        The hash reads every input once.
        """
        origin: dict[str, Any] | None = None
        if comm.rank == 0:
            for folder in {output.parent for output in case.outputs.values()}:
                folder.mkdir(parents=True, exist_ok=True)
            origin = provenance(case, comm.size)
        origin = comm.bcast(origin)
        flag = StopFlag() if stop is None else stop
        place, made_of = work_folder(case), origin["fingerprint"]
        return cls(comm, place, made_of, origin, reporter(comm.rank), flag)

    @property
    def folder(self) -> Path:
        """The folder of this case's restart files, made by whoever asks for it."""
        self.place.mkdir(parents=True, exist_ok=True)
        return self.place

    def log(self, text: str) -> None:
        """Show a line, from rank 0."""
        self.reporter.log(text)

    def tell(self, text: str) -> None:
        """Show a line, from this rank, whichever it is."""
        if self.comm.rank == 0:
            self.reporter.log(text)
        else:
            print(text, file=sys.stderr, flush=True)

    def progress(self, label: str, total: int) -> Progress:
        """Begin a count of ``total`` pieces, shown by rank 0 with the time left."""
        return self.reporter.progress(label, total)

    def stop_requested(self) -> bool:
        """Whether a signal asked this rank to stop (local: ranks may differ)."""
        return bool(self.stop)


def work_folder(case: Case) -> Path:
    """Name the folder of a case's restart files: ``<first output>.work``."""
    first = next(iter(case.outputs.values()))
    return first.with_name(first.name + ".work")


def provenance(case: Case, ranks: int) -> dict[str, Any]:
    """Say what makes the outputs of ``case``, for the outputs to carry."""
    inputs = case.input_hashes()
    return {
        "code": f"anticline {code_version()}",
        "component": case.component.name,
        "component_version": case.component.version,
        "parameters": dict(case.parameters),
        "inputs": inputs,
        "fingerprint": case.fingerprint(inputs),
        "architecture": platform.machine(),
        "ranks": ranks,
        "started_utc": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def code_version() -> str:
    """Give the installed version of anticline."""
    try:
        return version("anticline")
    except PackageNotFoundError:
        return "unknown"
