"""The record of a task that a batch script runs; called by the script, on its node.

    python -P -m anticline.execution.batch.job finished FOLDER  0: done, 1: not yet
    python -P -m anticline.execution.batch.job ended FOLDER CODE BEGAN

`finished` asks for `ended.json` with code 0 and the key of `order.json`, and for the
outputs; where they are not there it notes the key with which the task begins, since
somebody may render again meanwhile. `ended` writes `ended.json` with that key: from the
exit code of srun, from what the ranks left in `outcome.json`, and from BEGAN, in
seconds since 1970 ($EPOCHREALTIME).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from anticline.errors import ExitCode
from anticline.execution.batch.unrolled import stands_in
from anticline.execution.driver.folders import forget_files
from anticline.execution.node import ranks as steps
from anticline.execution.node.attempt import CODES
from anticline.execution.node.claim import read_ended
from anticline.execution.node.failure import exit_code, message
from anticline.execution.node.order import Ended, Kind, Order, from_json, keep
from anticline.execution.node.outcome import Outcome
from anticline.workflow.tasks.task import CASE, ENDED, LOG

ORDER, OUTCOME, BEGUN = "order.json", "outcome.json", "begun.txt"
NOT_YET = 1


def finished(folder: Path) -> bool:
    """Tell whether a task has nothing to do.

    A task of a loop's iteration that is not needed any more is made done here.

    Raises
    ------
    OSError, ValueError, KeyError
        The folder lacks what was rendered into it.
    """
    order = _order(folder)
    outputs = _outputs(folder)
    last = read_ended(folder / ENDED)
    known = last is not None and last.code == 0 and last.key == order.key
    if known and all(path.exists() for path in outputs):
        return True
    if last is not None and last.key != order.key:
        forget_files(folder, outputs)
    (folder / OUTCOME).unlink(missing_ok=True)
    (folder / BEGUN).write_text(order.key, encoding="ascii")
    if not stands_in(folder, outputs):
        return False
    reason = "the iteration before was enough"
    keep(_ended(order, Outcome(Kind.DONE, reason), time.time()), folder / ENDED)
    return True


def ended(folder: Path, code: int, began: float) -> Ended:
    """Write how a task ended.

    code : of srun. began : when it was started [s since 1970].

    Raises
    ------
    OSError
        It cannot be written.
    """
    left = folder / OUTCOME
    stopped = code == ExitCode.INTERRUPTED
    outcome = steps.judge(
        code, left, folder / LOG, stopped=stopped, memory_ran_out=False
    )
    key = (folder / BEGUN).read_text(encoding="ascii")
    made = _ended(replace(_order(folder), key=key), outcome, began)
    keep(made, folder / ENDED)
    left.unlink(missing_ok=True)
    return made


def _ended(order: Order, outcome: Outcome, began: float) -> Ended:
    now = time.time()
    return Ended(
        code=CODES.get(outcome.kind, ExitCode.FAILED),
        kind=outcome.kind,
        reason=outcome.reason,
        began_utc=_utc(began),
        ended_utc=_utc(now),
        seconds=max(0.0, now - began),
        cpu_seconds=outcome.cpu_seconds,
        peak_bytes=outcome.peak_bytes,
        host=os.environ.get("SLURMD_NODENAME") or platform.node(),
        job=job_number(os.environ),
        queue=order.queue,
        ranks=order.ranks,
        threads=order.threads,
        attempt=1 + int(os.environ.get("SLURM_RESTART_COUNT", "0")),
        key=order.key,
    )


def job_number(environment: Mapping[str, str]) -> str:
    """Give the job's number as sacct has it: 17, or 17_3 of an array."""
    array = environment.get("SLURM_ARRAY_JOB_ID")
    if array is None:
        return environment.get("SLURM_JOB_ID", "")
    return f"{array}_{environment.get('SLURM_ARRAY_TASK_ID', '')}"


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def _order(folder: Path) -> Order:
    return from_json(Order, json.loads((folder / ORDER).read_text(encoding="utf-8")))


def _outputs(folder: Path) -> list[Path]:
    case = json.loads((folder / CASE).read_text(encoding="utf-8"))
    return [folder / name for name in case["outputs"].values()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the record that a batch script asks for; returns its exit code."""
    parser = argparse.ArgumentParser(prog="anticline.execution.batch.job")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in ("finished", "ended"):
        verb = verbs.add_parser(name)
        verb.add_argument("folder", type=Path)
        if name == "ended":
            verb.add_argument("code", type=int)
            verb.add_argument("began", type=float)
    given = parser.parse_args(arguments)
    try:
        if given.verb == "finished":
            return ExitCode.DONE if finished(given.folder) else NOT_YET
        ended(given.folder, given.code, given.began)
    except Exception as error:
        print(message(error, str(given.folder), None), file=sys.stderr)
        return exit_code(error)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
