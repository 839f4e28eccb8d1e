"""The program of a block: it looks after Parsl's manager on the first of its nodes.

    exec python -m anticline.execution.node.block --cores 96 ... -- COMMAND

It makes a folder on the node where tasks share it (`leases`), and takes the signals:
SIGUSR1 comes some time before the walltime, SIGTERM when the block is taken away.
Parsl's manager and its workers ignore both, or results on their way would be lost
with them. This program closes the block, so that no task begins there any more, and
asks those that run to stop; when all have said how they ended, it ends the manager,
and with it the job.

    FOLDER/block.json   what the block is: a `Block`
    FOLDER/closed       why nothing begins here any more; not there: it is open
    FOLDER/stop         there: what runs was asked to stop
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from anticline.execution.node.leases import owners
from anticline.execution.node.pinning import of_this_machine
from anticline.execution.node.sharing import Room

BLOCK = "ANTICLINE_BLOCK"
LOOK_S = 0.25
RESULTS_TAKE_S = 3.0  # from a worker through Parsl's manager to the driver
TIDY_S = 2.0  # for what removes the semaphores of workers that are gone
_NEW = 0.1  # share of its time for which a block counts as new, at least
_NEW_S = 60.0  # so long: workers take a while to start
_SIGNALS = (signal.SIGUSR1, signal.SIGTERM)


@dataclass(frozen=True)
class Block:
    """A block, as its workers know it.

    folder : on this node. name : of its queue and number. job : Slurm's number of it,
    or empty. room : that a node of it has. nodes : of it. began, ends : in seconds
    since 1970; ends None: nobody ends it.
    """

    folder: Path
    name: str
    job: str
    room: Room
    nodes: int
    began: float
    ends: float | None

    @property
    def closed(self) -> str | None:
        """Why nothing begins here any more; None: it is open."""
        if not os.path.exists(f"{self.folder}/closed"):  # noqa: PTH110  asked often
            return None if self.folder.is_dir() else "the block is gone"
        try:
            return (self.folder / "closed").read_text(encoding="utf-8")
        except OSError:
            return "the block is gone"

    @property
    def stopping(self) -> bool:
        """Whether what runs is to stop too."""
        return (self.folder / "stop").exists()

    def close(self, why: str, *, stop: bool = False) -> None:
        """Let nothing begin here any more; ``stop``: and end what runs."""
        with contextlib.suppress(FileNotFoundError):
            if stop:
                (self.folder / "stop").touch()
            closed = self.folder / "closed"
            if not closed.exists():
                closed.write_text(why, encoding="utf-8")

    def lacks_time(self, walltime_s: float | None) -> bool:
        """Whether a task would outlive this block, and may find a longer one.

        One that no new block has time for begins in a new one all the same: it goes
        on, in the next, from what it keeps.
        """
        if self.ends is None or walltime_s is None:
            return False
        now = time.time()
        new_until = self.began + max(_NEW_S, _NEW * (self.ends - self.began))
        return self.ends - now < walltime_s and now > new_until

    def save(self) -> None:
        """Write it for the workers."""
        made = asdict(self) | {"folder": str(self.folder)}
        (self.folder / "block.json").write_text(json.dumps(made), encoding="utf-8")


def here() -> Block | None:
    """Give the block that this process works in; None: it works in none."""
    folder = os.environ.get(BLOCK)
    return None if folder is None else _read(Path(folder))


@cache
def _read(folder: Path) -> Block:
    made = json.loads((folder / "block.json").read_text(encoding="utf-8"))
    return Block(**made | {"folder": folder, "room": Room(**made["room"])})


def main(arguments: Sequence[str] | None = None) -> int:
    """Look after a block's manager until it ends; gives its exit code."""
    given = _arguments(arguments)
    folder = Path(tempfile.mkdtemp(prefix="anticline-block-", dir=of_this_machine()))
    try:
        block = _block(given, folder)
        block.save()
        return _Watch(block).over(given.command)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="anticline.execution.node.block")
    parser.add_argument("--name", required=True)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--memory-gib", type=float, required=True)
    parser.add_argument("--gpus", type=int, default=0)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--walltime-s", type=float)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(given)


def _block(given: argparse.Namespace, folder: Path) -> Block:
    began = time.time()
    slurm_says = os.environ.get("SLURM_JOB_END_TIME")
    ends = None if given.walltime_s is None else began + given.walltime_s
    return Block(
        folder=folder,
        name=given.name,
        job=os.environ.get("SLURM_JOB_ID", ""),
        room=Room(given.cores, given.memory_gib, given.gpus),
        nodes=given.nodes,
        began=began,
        ends=float(slurm_says) if slurm_says else ends,
    )


class _Watch:
    """Runs the manager, and ends it once the block is closed and has nothing to do."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._asked = False
        self._busy = -RESULTS_TAKE_S

    def over(self, command: Sequence[str]) -> int:
        manager = self._start(command)
        while (code := manager.poll()) is None:
            if self._block.closed is not None and self._idle():
                manager.kill()
            time.sleep(LOOK_S)
        _end_workers(manager.pid)
        return 0 if self._block.closed is not None else abs(code)

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # in the manager and its workers
        environment = os.environ | {BLOCK: str(self._block.folder)}
        manager = subprocess.Popen(command, env=environment, process_group=0)
        for number in _SIGNALS:
            signal.signal(number, self._receive)
        return manager

    def _receive(self, number: int, frame: FrameType | None) -> Any:
        name = signal.Signals(number).name
        self._block.close(f"the block was sent {name}", stop=True)

    def _idle(self) -> bool:
        """Ask those that run to stop, once; tell whether nobody runs any more."""
        running = owners(self._block.folder)
        if running:
            self._busy = time.monotonic()
        if self._block.stopping and not self._asked:
            self._asked = True
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGUSR1)
        return not running and time.monotonic() - self._busy > RESULTS_TAKE_S


def _end_workers(group: int) -> None:
    """Kill the workers that outlive their manager.

    The process that removes their semaphores is left to do so: it ends after them.
    """
    until = time.monotonic() + TIDY_S
    while (left := dict(_members(group))) and time.monotonic() < until:
        for process, words in left.items():
            if b"resource_tracker" not in words:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _members(group: int) -> Iterator[tuple[int, bytes]]:
    """Give the living processes of a group with their command lines."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] not in "ZX":
                yield int(folder.name), (folder / "cmdline").read_bytes()


if __name__ == "__main__":
    sys.exit(main())
