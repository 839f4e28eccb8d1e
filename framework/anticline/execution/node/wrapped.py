"""Running a component that is an executable: one copy of it on every rank.

The executable may be an MPI program: it inherits the launcher's environment, and this
process starts no MPI. It writes beside the outputs (image.part.h5), which get their
names once rank 0's copy has ended with 0.

    its end                 ours
    0, 65, 70, 75           the same
    another exit code       70, and the code is told
    killed by a signal      killed by that signal
    asked to stop           75, unless it ends with 0; every stop signal is a SIGTERM
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anticline.cluster.here import usable_cpus
from anticline.component import made
from anticline.component.case import Case
from anticline.component.context import provenance
from anticline.component.executable import command_line, program, texts_of
from anticline.component.stop import StopFlag
from anticline.errors import BadInput, ExitCode, Failed, Interrupted
from anticline.execution.node import failure, outcome
from anticline.execution.node.component import checked_case, components
from anticline.execution.node.cores import set_threads
from anticline.execution.node.launched import Rank, rank_of
from anticline.execution.node.local import ending
from anticline.execution.node.measure import largest_child_bytes
from anticline.execution.node.ranks import ends_with_us

WAIT_S = 0.05  # between two looks at the executable and at the stop flag


def wraps(words: Sequence[str]) -> bool:
    """Tell whether arguments of `anticline-rank` are for an executable."""
    component = components().components.get(words[0]) if words else None
    return component is not None and component.command is not None


def main(name: str, path: Path, stop: StopFlag) -> int:
    """Run a case's executable on this rank; returns the exit code."""
    rank = rank_of(os.environ)
    set_threads(os.environ, max(1, len(usable_cpus()) // rank.local_size))
    where = f"{name} {path}: rank {rank.number} of {rank.size}"
    try:
        case = checked_case(name, path, rank.size)
        if not made.is_made(case):
            _run(case, rank, stop)
    except Exception as error:
        _tell(error, where, rank, stop)
        return failure.exit_code(error)
    if rank.size == 1:
        outcome.leave(None, peak=largest_child_bytes())
    return ExitCode.DONE


def _tell(error: Exception, where: str, rank: Rank, stop: StopFlag) -> None:
    """Say what went wrong: findings and stops once, else each rank for itself."""
    if rank.number != 0 and isinstance(error, BadInput | Interrupted):
        return
    print(failure.message(error, where, None), file=sys.stderr, flush=True)
    if not isinstance(error, Interrupted) or stop.received != signal.SIGTERM:
        # a SIGTERM may be the launcher's, for another rank's failure
        outcome.leave(error, peak=largest_child_bytes())


def _run(case: Case, rank: Rank, stop: StopFlag) -> None:
    """Run the executable and give its outputs their names.

    Raises
    ------
    OutputExists
        An output is there from another case.
    Failed, Interrupted
        How the executable ended.
    """
    made.refuse_others(case)
    parts = {port: part_of(path) for port, path in case.outputs.items()}
    for part in parts.values():
        part.parent.mkdir(parents=True, exist_ok=True)
        if rank.number == 0:
            part.unlink(missing_ok=True)
    origin = provenance(case, rank.size) if rank.number == 0 else {}
    line = line_of(case, parts, rank.size)
    _judge(case, line, _run_to_end(line, stop), stop)
    if rank.number == 0:
        _keep(case, parts, origin, line)


def part_of(path: Path) -> Path:
    """Name the file that an output is written to, beside it and of its kind."""
    return path.with_name(f"{path.stem}.part{path.suffix}")


def line_of(case: Case, parts: Mapping[str, Path], ranks: int) -> tuple[str, ...]:
    """Give the command line of a case's executable.

    Raises
    ------
    BadInput
        It is not on this machine.
    """
    command = case.component.command or ()
    found = program(command)
    if found is None:
        msg = f"'{command[0]}' is not on the PATH of this node"
        raise BadInput(msg)
    return (found, *command_line(command[1:], texts_of(case, parts, ranks)))


def _run_to_end(line: tuple[str, ...], stop: StopFlag) -> int:
    """Run it, stop signals passed on as SIGTERM, once; returns its exit code."""
    if stop:
        return -signal.SIGTERM
    try:
        process = subprocess.Popen(
            (*ends_with_us(), *line), stdin=subprocess.DEVNULL, process_group=0
        )
    except OSError as error:
        msg = f"{line[0]} cannot be started: {error.strerror}"
        raise Failed(msg) from error
    asked = False
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(WAIT_S)
        if stop and not asked:
            asked = True
            os.killpg(process.pid, signal.SIGTERM)


def _judge(case: Case, line: tuple[str, ...], code: int, stop: StopFlag) -> None:
    """Make an error of an end that is none."""
    name = Path(line[0]).name
    if code == ExitCode.DONE:
        return
    if code == ExitCode.BAD_INPUT:
        msg = f"{case.path}: {name} says that its input cannot be used"
        raise BadInput(msg)
    if code == ExitCode.INTERRUPTED or (stop and code != ExitCode.FAILED):
        how = ending(code, "it").removeprefix("it was ").removeprefix("ended with ")
        msg = f"{name} stopped early ({how}); run it again to go on"
        raise Interrupted(msg)
    if code < 0:
        print(f"{case.path}: {ending(code, name)}", file=sys.stderr, flush=True)
        _end_by(-code)
    msg = f"{name} {ending(code, 'it').removeprefix('it ')}"
    raise Failed(msg)


def _end_by(number: int) -> None:
    """End this process by the signal that ended its program."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # SIGKILL has no handler
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _keep(
    case: Case, parts: Mapping[str, Path], origin: dict[str, Any], line: tuple[str, ...]
) -> None:
    lacking = [part for part in parts.values() if not part.is_file()]
    if lacking:
        listed = ", ".join(map(str, lacking))
        msg = f"{Path(line[0]).name} ended well and has not written {listed}"
        raise Failed(msg)
    try:
        made.keep(case, origin | {"command": list(line)})
        for port, part in parts.items():
            part.replace(case.outputs[port])
    except OSError as error:
        msg = f"{error.filename} cannot be written: {error.strerror}"
        raise Failed(msg) from error
