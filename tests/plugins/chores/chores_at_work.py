"""The drivers of `chores`."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from anticline.component import Case, RunContext
from anticline.errors import BadInput, Diverged, Interrupted


def work(case: Case, context: RunContext) -> None:
    """Do the steps that are not done yet."""
    given = case.parameters
    if context.comm.rank == 0 and _still_in_trouble(context.folder, given["times"]):
        _trouble(given["trouble"])
    kept = context.folder / "steps.txt"
    done = len(kept.read_text()) if kept.exists() else 0
    for step in range(done, given["steps"]):
        if context.comm.allreduce(int(context.stop_requested())):
            msg = f"{step} of {given['steps']} steps are kept"
            raise Interrupted(msg)
        time.sleep(given["seconds"] / given["steps"])
        if context.comm.rank == 0:
            _note(given["journal"], f"{case.path.parent} {step}")
            kept.write_text("." * (step + 1))
    context.comm.Barrier()
    if context.comm.rank == 0:
        before = case.inputs["after"].read_text() if "after" in case.inputs else ""
        text = f"{given['value']} {given['steps']} {before}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        _write(case, {"value": int(digest[:8], 16) % 1000})
        kept.unlink(missing_ok=True)
        (context.folder / "attempts.txt").unlink(missing_ok=True)


def _still_in_trouble(folder: Path, times: int) -> bool:
    counted = folder / "attempts.txt"
    attempts = 1 + (len(counted.read_text()) if counted.exists() else 0)
    counted.write_text("." * attempts)
    return attempts <= times


def _trouble(kind: str) -> None:
    match kind:
        case "fail":
            msg = "the salt is upside down"
            raise RuntimeError(msg)
        case "diverge":
            msg = "the wavefield is not finite"
            raise Diverged(msg)
        case "memory":
            raise MemoryError
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        case "refuse":
            msg = "the survey is on the moon"
            raise BadInput(msg)


def _note(journal: str | None, line: str) -> None:
    if journal is not None:
        file = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(file, f"{line}\n".encode())
        os.close(file)


def add(case: Case, context: RunContext) -> None:
    """Add up."""
    if context.comm.rank == 0:
        values = [_read(path)["value"] for path in case.lists["reports"]]
        _write(case, {"value": sum(values)})


def count(case: Case, context: RunContext) -> None:
    """Count on."""
    if context.comm.rank == 0:
        value = _read(case.inputs["report"])["value"] + 1
        _write(case, {"value": value, "enough": value >= case.parameters["target"]})


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def _write(case: Case, content: dict[str, Any]) -> None:
    output = case.outputs["report"]
    beside = output.with_name(output.name + ".part")
    beside.write_text(json.dumps(content))
    beside.replace(output)
