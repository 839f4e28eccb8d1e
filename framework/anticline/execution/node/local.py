"""Running a launch line on this machine, and passing stop signals on.

The ranks hear of Ctrl-C, SIGTERM and SIGHUP as SIGUSR1: `mpirun` hands that one on
at once and keeps forwarding output, where its own way with SIGTERM is to wait,
close the output and kill. A second Ctrl-C kills.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from anticline.component.progress import QUIET, TERMINAL
from anticline.errors import BadInput, ExitCode, Failed, Finding
from anticline.execution.node.launch import Family, Launch, recognise

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
STOPPED = 130  # what a shell reports of a program stopped by Ctrl-C
_VERSION_TIMEOUT_S = 20.0


def find_launcher() -> tuple[str, Family]:
    """Find `mpirun` (or `mpiexec`) and its family.

    Raises
    ------
    BadInput
        When there is none, or it is of an unknown kind.
    """
    path = shutil.which("mpirun") or shutil.which("mpiexec")
    if path is None:
        msg = "neither mpirun nor mpiexec is on the PATH; see: anticline doctor"
        raise BadInput(msg)
    shown = subprocess.run(
        [path, "--version"],
        capture_output=True,
        text=True,
        check=False,
        timeout=_VERSION_TIMEOUT_S,
    )
    family = recognise(shown.stdout + shown.stderr)
    if family is None:
        known = ", ".join(member.value for member in Family)
        msg = f"{path} is of no known MPI ({known}); put another first on the PATH"
        raise BadInput(msg)
    return path, family


def check_apart(cases: Sequence[Path], ranks: int | None) -> set[Path]:
    """Run `anticline check` in a process of its own; returns the finished cases.

    A check may load a library that starts MPI, which a process that is to start
    `mpirun` must not.

    Raises
    ------
    BadInput, Failed
        What the check says.
    """
    command = [sys.executable, "-P", "-m", "anticline.cli", "check", "--json"]
    command += [] if ranks is None else ["--ranks", str(ranks)]
    done = subprocess.run(
        [*command, "--", *map(str, cases)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        text = done.stderr.strip().removeprefix("anticline: ")
        text = text or f"checking the cases: {ending(done.returncode, 'it')}"
        raise Failed(text) from error
    if said["findings"]:
        raise BadInput(Finding(**finding) for finding in said["findings"])
    return {Path(case["path"]) for case in said["cases"] if case["finished"]}


def run_here(launch: Launch, *, quiet: bool = False) -> int:
    """Run a launch line to its end; returns its exit code.

    quiet : the ranks show neither messages nor progress, only what goes wrong.

    130 when it was stopped before its ranks could say how they ended.

    Raises
    ------
    Failed
        The ranks ended by no code of theirs, such as one that was killed.
    """
    environment = os.environ | launch.environment
    if sys.stderr.isatty():
        columns = shutil.get_terminal_size().columns
        environment = {TERMINAL: str(columns)} | environment
    if quiet:
        environment = environment | {QUIET: "1"}
    with StopSignals() as signals:
        process = subprocess.Popen(
            launch.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C reaches it through this process alone
        )
        signals.pass_to(process)
        code = process.wait()
    if code in tuple(ExitCode):
        return code
    if signals.received:
        return STOPPED
    raise Failed(ending(code))


def ending(code: int, program: str = "mpirun") -> str:
    """Say how a program ended whose exit code is none of `ExitCode`.

    A shell, and so a launcher, reports a process killed by a signal as 128 and the
    signal's number; Python reports ``program`` itself as the number's negative.
    """
    number = -code if code < 0 else code - 128
    if number not in {int(known) for known in signal.Signals}:
        return f"ended with exit code {code}"
    who = program if code < 0 else "a rank"
    hint = "out of memory?" if number == signal.SIGKILL else signal.strsignal(number)
    return f"{who} was killed by signal {number} ({hint})"


class StopSignals:
    """Holds the stop signals of this process back, and passes them to another.

    Only the main thread may handle signals; elsewhere this does nothing.
    """

    def __init__(self) -> None:
        self.received: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in STOP_SIGNALS:
                self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pass_to(self, process: subprocess.Popen[bytes]) -> None:
        """Name the process; what came before is passed on now."""
        self._process = process
        if self.received:
            process.send_signal(signal.SIGUSR1)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        impatient = number == signal.SIGINT and signal.SIGINT in self.received
        self.received.append(number)
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM if impatient else signal.SIGUSR1)
