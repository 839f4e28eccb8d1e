"""What a dead driver left running: found, asked to keep its work, and ended.

A driver that is killed takes its tasks' way back with it, not the tasks: its blocks
end by themselves once they miss it (`Timing.lost`), and until then they work on. The
next driver does not wait for that. It knows them by the run's folder: Slurm tells the
script that a job was submitted with, the kernel the command line of a process.

Source: the manual pages squeue(1) and scancel(1), Slurm 22.05; proc(5).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from anticline.cluster.model import Cluster
from anticline.errors import Failed
from anticline.execution.blocks.configuration import FOLDER

GRACE_S = 150.0
"""What tasks have to keep their work [s]; then they are ended all the same."""
PATIENCE_S = 600.0
"""How long Slurm may be silent [s] before the run is given up."""
_COMMAND_S = 60.0
_LOOK_S = 0.5
Tell = Callable[[str], None]


class NoAnswer(Exception):
    """Slurm cannot be asked now; the text is what it says."""


class Place(Protocol):
    """Where orphans may live."""

    def find(self) -> Sequence[str]:
        """Name those that live; NoAnswer where that cannot be told now."""

    def ask(self, names: Sequence[str]) -> None:
        """Ask them to keep their work and end."""

    def end(self, names: Sequence[str]) -> None:
        """End them."""


def end_orphans(
    run: Path, cluster: Cluster, tell: Tell, grace_s: float = GRACE_S
) -> int:
    """End what earlier drivers of a run left; returns how many jobs that were.

    The caller holds the run's lock. tell : called with a line if there is any.

    Raises
    ------
    Failed
        Jobs that do not end, or a Slurm that does not answer.
    """
    if not (run / FOLDER).is_dir():
        return 0
    return sum(_end(place, tell, grace_s) for place in places(run, cluster))


def places(run: Path, cluster: Cluster) -> Iterator[Place]:
    """Give where orphans of a run may live."""
    if cluster.launcher == "mpirun":
        yield Here(run)
        return
    for name in dict.fromkeys(queue.slurm_cluster for queue in cluster.queues.values()):
        yield Slurm(run, name)


def _end(place: Place, tell: Tell, grace_s: float) -> int:
    found = _found(place, tell)
    if not found:
        return 0
    names = ", ".join(found)
    tell(f"a driver left {len(found)} jobs behind ({names}): they keep their work")
    place.ask(found)
    until = time.monotonic() + grace_s
    while (left := _found(place, tell)) and time.monotonic() < until:
        time.sleep(_LOOK_S)
    if left:
        place.end(left)
        until = time.monotonic() + grace_s
        while (left := _found(place, tell)) and time.monotonic() < until:
            time.sleep(_LOOK_S)
    if left:
        msg = f"jobs of an earlier driver do not end: {', '.join(left)}; end them"
        raise Failed(msg)
    return len(found)


def _found(place: Place, tell: Tell) -> Sequence[str]:
    until, told = time.monotonic() + PATIENCE_S, False
    while True:
        try:
            return place.find()
        except NoAnswer as error:
            if time.monotonic() > until:
                msg = f"Slurm does not say which jobs still run: {error}"
                raise Failed(msg) from None
            if not told:
                tell(f"waiting for Slurm: {error}")
                told = True
            time.sleep(10 * _LOOK_S)


class Slurm:
    """The jobs of a Slurm cluster; None: the one at hand."""

    def __init__(self, run: Path, cluster: str | None) -> None:
        self._scripts = f"{run / FOLDER}/"
        self._where = () if cluster is None else (f"--clusters={cluster}",)

    def find(self) -> Sequence[str]:
        """Name the jobs that were submitted with a script of the run."""
        shown = _command("squeue", *self._where, "--me", "--noheader", "--format=%i %o")
        pairs = (line.partition(" ") for line in shown.splitlines())
        return [job for job, _, script in pairs if script.startswith(self._scripts)]

    def ask(self, names: Sequence[str]) -> None:
        """Cancel those that wait; send the signal of the end to those that run."""
        with contextlib.suppress(NoAnswer):
            _command("scancel", *self._where, "--state=PENDING", *names)
            _command("scancel", *self._where, "--batch", "--signal=USR1", *names)

    def end(self, names: Sequence[str]) -> None:
        """Cancel."""
        with contextlib.suppress(NoAnswer):
            _command("scancel", *self._where, *names)


def _command(*words: str) -> str:
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_COMMAND_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoAnswer(str(error)) from None
    if done.returncode != 0:
        raise NoAnswer(done.stderr.strip())
    return done.stdout


class Here:
    """The processes of this machine."""

    def __init__(self, run: Path) -> None:
        self._logs = f"{run / FOLDER}/".encode()

    def find(self) -> Sequence[str]:
        """Name the processes that look after a block of the run, or its manager."""
        return [pid for pid, _ in self._processes()]

    def ask(self, names: Sequence[str]) -> None:
        """Tell the blocks; a manager without one is left to its end."""
        for pid, line in self._processes():
            if pid in names and b"anticline.execution.node.block" in line:
                _signal(int(pid), signal.SIGTERM)

    def end(self, names: Sequence[str]) -> None:
        """Kill them with all that they started."""
        for pid in names:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(os.getpgid(int(pid)), signal.SIGKILL)

    def _processes(self) -> Iterator[tuple[str, bytes]]:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and int(folder.name) != os.getpid():
                with contextlib.suppress(OSError):
                    line = (folder / "cmdline").read_bytes()
                    if self._logs in line and b"process_worker_pool" in line:
                        yield folder.name, line


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
