"""What ranks of their own leave for the process that started them.

An exit code says too little: not why, and nothing of what the ranks of other nodes
used. Where ANTICLINE_OUTCOME names a file, the rank that speaks writes it:

    {"kind": "diverged", "reason": "shot 7: the gather is not finite; ...",
     "cpu_seconds": 81.2, "peak_bytes": 734003200}
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anticline.errors import BadInput, Diverged, Interrupted
from anticline.execution.node.measure import peak_bytes, used_cpu_seconds
from anticline.execution.node.order import Kind

if TYPE_CHECKING:
    from mpi4py import MPI

OUTCOME = "ANTICLINE_OUTCOME"
MOST_CHARACTERS = 2000  # of a reason


@dataclass(frozen=True)
class Outcome:
    """How ranks ended; cpu_seconds and peak_bytes of all of them, 0: not known."""

    kind: Kind
    reason: str = ""
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


def kind_of_error(error: BaseException) -> Kind:
    """Tell what an error makes of a task."""
    if isinstance(error, BadInput):
        return Kind.BAD_INPUT
    if isinstance(error, Interrupted | KeyboardInterrupt):
        return Kind.INTERRUPTED
    if isinstance(error, Diverged):
        return Kind.DIVERGED
    return Kind.OUT_OF_MEMORY if isinstance(error, MemoryError) else Kind.FAILED


def reason_of(error: BaseException) -> str:
    """Say why in a few lines: an error of ours is its text, any other has its class."""
    own = type(error).__module__ == "anticline.errors"
    text = str(error) if own else f"{type(error).__name__}: {error}"
    return text[:MOST_CHARACTERS]


def leave(
    error: BaseException | None, comm: MPI.Comm | None = None, *, peak: int = 0
) -> None:
    """Write the file, where one is wanted.

    peak : most memory of a program that this rank has run [bytes].

    comm : of ranks that are all here, and call this together; rank 0 then writes
    what all of them used. None: this rank alone is here.
    """
    wanted = os.environ.get(OUTCOME)
    if wanted is None:
        return
    used, peak = used_cpu_seconds(), max(peak, peak_bytes())
    if comm is not None:
        used, peak = comm.allreduce(used), comm.allreduce(peak)
        if comm.rank:
            return
    kind = Kind.DONE if error is None else kind_of_error(error)
    reason = "" if error is None else reason_of(error)
    with contextlib.suppress(OSError):  # a full disk: the exit code says the rest
        made = asdict(Outcome(kind, reason, used, peak))
        Path(wanted).write_text(json.dumps(made), encoding="utf-8")


def read(path: Path) -> Outcome | None:
    """Read what was left; None: nothing, or no more than a part of it."""
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(**made | {"kind": Kind(made["kind"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
