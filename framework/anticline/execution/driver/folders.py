"""A task's folder: made ready for an attempt, and what of its work is kept in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from anticline.workflow.tasks.task import CASE, ENDED, LOG, Task

WORK, MADE = ".work", ".made.json"  # restart files; whose result an output is
NOTHING = (0, 0)


def begin(run: Path, task: Task, case: dict[str, Any]) -> bool:
    """Make a task's folder and write its case; False: the folder is there already.

    Raises
    ------
    OSError
        The folder cannot be written; ENOSPC where the disk is full.
    """
    folder = f"{run}/{task.folder}"
    try:
        os.mkdir(folder)  # noqa: PTH102  a Path takes as long as this
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(folder)  # noqa: PTH103
    with open(f"{folder}/{CASE}", "wb") as stream:  # noqa: PTH123  nobody reads it yet
        stream.write(_text(case))
    return True


def _text(case: dict[str, Any]) -> bytes:
    return json.dumps(case, indent=1).encode() + b"\n"


def make_ready(run: Path, task: Task, case: dict[str, Any], *, afresh: bool) -> None:
    """Write the case of a task; whatever else is there is kept, or not.

    afresh : what lies in the folder was made of something else, or is to be made
    again: outputs, work and how it ended are removed first.

    Raises
    ------
    OSError
        The folder cannot be written; ENOSPC where the disk is full.
    """
    folder = run / task.folder
    folder.mkdir(parents=True, exist_ok=True)
    if afresh:
        forget(run, task)
    beside = folder / f"{CASE}.part"
    beside.write_bytes(_text(case))
    beside.replace(folder / CASE)


def forget(run: Path, task: Task) -> None:
    """Remove what earlier attempts left."""
    forget_files(run / task.folder, [run / file for file in task.outputs.values()])


def forget_files(folder: Path, outputs: Sequence[Path]) -> None:
    """Remove what earlier attempts left in a task's folder; how it ended goes first."""
    for path in (folder / ENDED, *outputs, folder / LOG):
        path.unlink(missing_ok=True)
    for path in outputs:
        path.with_name(path.name + MADE).unlink(missing_ok=True)
        shutil.rmtree(path.with_name(path.name + WORK), ignore_errors=True)


def kept(run: Path, task: Task) -> tuple[int, int]:
    """Tell a task's kept work from that of another time: files, newest time [ns].

    Restart files lie in `<first output>.work`; an attempt that adds or changes one has
    got further. Reports of failures are none.
    """
    files = 0
    newest = 0
    for entry in _files(str(run / file) + WORK for file in task.outputs.values()):
        if not entry.name.startswith("failed-"):
            files += 1
            newest = max(newest, entry.stat().st_mtime_ns)
    return files, newest


def _files(folders: Iterable[str]) -> Iterator[os.DirEntry[str]]:
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                here = list(entries)
        except OSError:
            continue
        yield from (entry for entry in here if entry.is_file())
        yield from _files(entry.path for entry in here if entry.is_dir())
