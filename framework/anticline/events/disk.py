"""What the folders of tasks tell that no event does.

A task is known by its case.json, runs while its running.json is locked, and has ended
as its ended.json says. What it reads is found from the paths in its case: the folder of
a file is the task that writes it. So batch scripts need no log; and where a driver
writes one, a running.json says which of the tasks that it submitted run already.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from anticline.events import record
from anticline.events.driver import is_locked
from anticline.events.progress import TaskRecord
from anticline.events.record import Event
from anticline.workflow.tasks.places import folder_of, step_of, task_of
from anticline.workflow.tasks.task import CASE, ENDED, STEPS

CLAIM, ORDER, RUN = "running.json", "order.json", "run.json"


def events_on_disk(run: Path) -> list[Event]:
    """Give events that fold into where the run stands, in the order of their times."""
    plans: list[Event] = []
    happened: list[Event] = []
    for folder in _folders(run):
        task = task_of(folder.relative_to(run))
        case = read_json(folder / CASE)
        plans.append(_planned(task, case, folder, run))
        happened += _happened(task, folder)
    happened.sort(key=lambda event: event.utc)
    return [*_in_order(plans), *happened]


def _in_order(plans: list[Event]) -> list[Event]:
    """Sort tasks by the longest chain of those that they read."""
    reads = {str(plan.task): plan.facts["after"] for plan in plans}
    depth: dict[str, int] = {}
    try:
        for task in TopologicalSorter(reads).static_order():
            before = (depth[name] for name in reads.get(task, ()))
            depth[task] = 1 + max(before, default=0)
    except CycleError:  # cases that were written by hand
        return plans
    return sorted(plans, key=lambda plan: depth[str(plan.task)])


def name_of(run: Path) -> str:
    """Read the name of the workflow from a run's folder; empty: it does not say."""
    return str(read_json(run / RUN).get("name") or "")


def _folders(run: Path) -> list[Path]:
    """Find the folders of tasks, parents first."""
    found = [
        Path(folder)
        for folder, _, files in os.walk(run / STEPS)
        if CASE in files or ENDED in files
    ]
    return sorted(found)


def _planned(task: str, case: dict[str, Any], folder: Path, run: Path) -> Event:
    given = case.get("inputs")
    after = _after(given, folder, run) if isinstance(given, dict) else []
    facts = {
        "step": step_of(task),
        "component": str(case.get("component", "")),
        "after": after,
    }
    return Event(_utc(folder / CASE), record.PLANNED, task, facts)


def _after(inputs: dict[str, Any], folder: Path, run: Path) -> list[str]:
    steps = os.path.normpath(run / STEPS)
    found: dict[str, None] = {}
    for value in inputs.values():
        for text in value if isinstance(value, list) else [value]:
            place = Path(os.path.normpath(folder / str(text))).parent
            if place.is_relative_to(steps):
                found[task_of(place.relative_to(os.path.normpath(run)))] = None
    return list(found)


def _happened(task: str, folder: Path) -> Iterator[Event]:
    ended = read_json(folder / ENDED)
    if "code" in ended:
        utc = str(ended.get("ended_utc") or _utc(folder / ENDED))
        order = read_json(folder / ORDER) or read_json(folder / CLAIM)
        asked = _known(order, ("gpus", "memory_gib"))
        yield Event(utc, record.ENDED, task, asked | ended)
        if ended["code"] != 0:
            facts = {"kind": ended.get("kind"), "reason": ended.get("reason")}
            yield Event(utc, record.GIVEN_UP, task, facts)
    elif is_locked(folder / CLAIM):
        yield _started(task, folder)


def started(run: Path, task: TaskRecord) -> Event | None:
    """Tell that a task's newest attempt runs; None: it does not, or has ended."""
    folder = run / folder_of(task.id)
    attempt = read_json(folder / CLAIM).get("attempt")
    if task.last is None or attempt != task.last.number:
        return None
    return _started(task.id, folder)


def _started(task: str, folder: Path) -> Event:
    facts = _known(read_json(folder / CLAIM), ("attempt", "host", "job"))
    return Event(_utc(folder / CLAIM), record.STARTED, task, facts)


def _known(facts: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: facts[name] for name in names if facts.get(name) is not None}


def case_of(run: Path, task: str) -> dict[str, Any]:
    """Read a task's case; empty where it cannot be read."""
    return read_json(run / folder_of(task) / CASE)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty where there is none."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _utc(path: Path) -> str:
    try:
        changed = path.stat().st_mtime
    except OSError:
        changed = 0.0
    return datetime.fromtimestamp(changed, UTC).isoformat(timespec="microseconds")
