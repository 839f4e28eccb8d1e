"""What is done by whoever runs tasks, and what is measured of it.

A program `peers/tasks_NAME.py` is called with KIND, COUNT, WORKERS and FOLDER, runs
COUNT tasks of a kind on as many workers, and prints one line of JSON: `Clock.record`.

    trivial   write a number to FOLDER/out/000042.json
    shots     model one shot of FOLDER/survey.h5, its case FOLDER/cases/000042.json
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHORE = Path(__file__).resolve().parent / "chore"
PATH = f"{CHORE.parent}:{CHORE}"
"""What processes of a contestant find this module and the smallest task by."""

sys.path.insert(0, str(CHORE))


@dataclass(frozen=True)
class Wanted:
    """The tasks of one round."""

    kind: str
    count: int
    workers: int
    folder: Path

    @classmethod
    def of_command_line(cls) -> Wanted:
        """Read the four words."""
        kind, count, workers, folder = sys.argv[1:]
        return cls(kind, int(count), int(workers), Path(folder))

    def call(self, number: int) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Give a task as a function and its arguments."""
        if self.kind == "trivial":
            return trivial, (str(self.folder / "out" / f"{number:06d}.json"), number)
        return shot, (str(self.folder / "cases" / f"{number:06d}.json"),)


def trivial(path: str, number: int) -> int:
    """Write a number."""
    from chore_driver import write

    return write(path, number)


def shot(path: str) -> str:
    """Model a shot, with nothing around the solver."""
    from mpi4py import MPI

    from anticline.component.stop import StopFlag
    from anticline.execution.node.component import Job, checked_case, drive

    job = Job.of(checked_case("seismic.forward", Path(path), 1))
    drive(MPI.COMM_SELF, job, StopFlag())
    return path


@dataclass
class Clock:
    """When each task's end was known to who ordered it [s of a monotonic clock]."""

    begun: float = field(default_factory=time.monotonic)
    ends: list[float] = field(default_factory=list)
    error: BaseException | None = None
    _all: threading.Event = field(default_factory=threading.Event)

    def watch(self, future: Future[Any], count: int) -> None:
        """Note the end of a task; of the last of ``count``, wake `wait`."""

        def note(done: Future[Any]) -> None:
            self.ends.append(time.monotonic())
            self.error = self.error or done.exception()
            if len(self.ends) == count:
                self._all.set()

        future.add_done_callback(note)

    def wait(self) -> None:
        """Wait for the last task; raises the error of one that failed."""
        self._all.wait()
        if self.error is not None:
            raise self.error

    def record(self, **more: Any) -> dict[str, Any]:
        """Give the time from the first end to the last, and the driver's memory.

        seconds : between the two [s]. starting : before the first [s]. peak_bytes :
        most memory of this process.
        """
        ends = sorted(self.ends)
        return {
            "seconds": ends[-1] - ends[0],
            "starting": ends[0] - self.begun,
            "tasks": len(ends),
            "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            **more,
        }


def tell(record: dict[str, Any]) -> None:
    """Print the answer."""
    print(json.dumps(record), flush=True)
