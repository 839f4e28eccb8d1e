"""The events of a run that no driver wrote down, as its folders tell them.

Batch scripts leave no log. A task is known by its case.json, has started where its
log.txt is there, and has ended as its ended.json says. What a task reads is found from
the paths in its case: the folder of a file is the task that writes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anticline.events import record
from anticline.events.record import Event
from anticline.workflow.places import step_of, task_of
from anticline.workflow.task import CASE, ENDED, LOG, STEPS


def events_on_disk(run: Path) -> list[Event]:
    """Give events that fold into where the run stands, in the order of their times."""
    plans: list[Event] = []
    happened: list[Event] = []
    for folder in _folders(run):
        task = task_of(folder.relative_to(run))
        case = _read(folder / CASE)
        plans.append(_planned(task, case, folder, run))
        happened += _happened(task, folder)
    happened.sort(key=lambda event: event.utc)
    return [*plans, *happened]


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
    ended = _read(folder / ENDED)
    if "code" in ended:
        utc = str(ended.get("ended_utc") or _utc(folder / ENDED))
        yield Event(utc, record.ENDED, task, ended)
        if ended["code"] != 0:
            facts = {"kind": ended.get("kind"), "reason": ended.get("reason")}
            yield Event(utc, record.GIVEN_UP, task, facts)
    elif (folder / LOG).exists():
        yield Event(_utc(folder / LOG), record.STARTED, task, {})


def _read(path: Path) -> dict[str, Any]:
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
