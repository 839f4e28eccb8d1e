"""A task's folder, id and step from one another, without the workflow at hand.

"invert(2)/update[3]"  <->  steps/invert/002/update/003    step "invert/update"
"""

from __future__ import annotations

import re
from pathlib import Path

from anticline.workflow.tasks.task import STEPS

_LOOP = re.compile(r"(?P<loop>[^(\[/]+)\((?P<round>\d+)\)/")
_PLACE = re.compile(r"\[([^\]]*)\]")


def folder_of(task: str) -> Path:
    """Give the folder of a task, from the run folder."""
    folder, rest = Path(STEPS), task
    if match := _LOOP.match(task):
        folder = folder / match["loop"] / f"{int(match['round']):03d}"
        rest = task[match.end() :]
    step = rest.partition("[")[0]
    places = (f"{int(p):03d}" if p.isdigit() else p for p in _PLACE.findall(rest))
    return folder.joinpath(step, *places)


def task_of(folder: Path) -> str:
    """Give the id of the task in a folder, named from the run folder."""
    parts = list(folder.parts[1:])
    task = ""
    if len(parts) > 2 and parts[1].isdigit() and parts[2][0].isalpha():
        task = f"{parts[0]}({int(parts[1])})/"
        parts = parts[2:]
    places = (str(int(p)) if p.isdigit() else p for p in parts[1:])
    return task + parts[0] + "".join(f"[{place}]" for place in places)


def step_of(task: str) -> str:
    """Give the name that a report groups a task by."""
    match = _LOOP.match(task)
    rest = task[match.end() :] if match else task
    step = rest.partition("[")[0]
    return f"{match['loop']}/{step}" if match else step


def round_of(task: str) -> int:
    """Give the iteration of its loop that a task is of; 0 outside of loops."""
    match = _LOOP.match(task)
    return int(match["round"]) if match else 0
