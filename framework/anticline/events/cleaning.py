"""Freeing what a run can make again: `anticline clean RUN`.

| removed                                       | kept                              |
|-----------------------------------------------|-----------------------------------|
| outputs that only tasks read which are done   | outputs that no task reads        |
| work folders (restart files) of finished tasks| those of all others               |
| half-written files, Parsl's own files         | events, cases, logs, ended.json   |

Reports (.json) stay: loops end by them, and they are small. While a loop goes on, what
lies outside of it may be read by an iteration that is not known yet, and stays; so does
what an output that stays is a link to. With `everything`, outputs go that tasks still
to run would read, and the restart files of those: a resume makes them anew. Results
never go.

Each task whose outputs are removed gets an event `cleaned`; it runs again only where
somebody needs what it wrote.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anticline.errors import Failed
from anticline.events.amounts import plural, size
from anticline.events.disk import case_of
from anticline.events.driver import driving
from anticline.events.log import EVENTS, Log
from anticline.events.progress import State, TaskRecord
from anticline.events.record import CLEANED, Event
from anticline.events.runs import Sight, look
from anticline.workflow.tasks.places import folder_of
from anticline.workflow.tasks.task import STEPS

PARSL, WORK, PART, REPORT = "parsl", ".work", ".part", ".json"


@dataclass(frozen=True)
class Item:
    """A file or folder to be removed.

    owner : a step, or what else it belongs to. task : whose output it is; None: it is
    none. bytes : that the disk gets back.
    """

    owner: str
    path: Path
    bytes: int
    task: str | None = None


def clean(
    run: Path | str, *, everything: bool = False, dry_run: bool = False
) -> list[Item]:
    """Remove what can be made again; returns what was, or would be, removed.

    Raises
    ------
    BadInput
        No run is there, or a driver lives.
    Failed
        A file cannot be removed; what was removed before it is noted.
    """
    folder = Path(run)
    look(folder)  # a folder that is no run gets no lock
    with driving(folder):
        sight = look(folder)
        items = list(removable(sight, everything=everything))
        if not dry_run:
            _remove(sight, items)
    return items


def lines(items: Iterable[Item], *, dry_run: bool) -> Iterator[str]:
    """Say how much was freed, for each step."""
    of: dict[str, list[int]] = {}
    for item in items:
        of.setdefault(item.owner, []).append(item.bytes)
    width = max(map(len, of), default=0)
    for owner, sizes in of.items():
        yield f"{owner:{width}}  {size(sum(sizes)):>10}  {plural(len(sizes), 'item')}"
    whole = size(sum(map(sum, of.values())))
    yield f"{whole} would be freed" if dry_run else f"{whole} freed"


def removable(sight: Sight, *, everything: bool = False) -> Iterator[Item]:
    """Find what can be made again; nothing is changed."""
    tasks = sight.state.tasks
    outputs = {name: _outputs(sight.folder, name) for name in tasks}
    free = _free_outputs(sight, outputs, everything)
    for name, task in tasks.items():
        for output in outputs[name]:
            if output in free:
                yield from _item(task.step, output, name)
            if task.state is State.DONE or everything:
                yield from _item(task.step, output.with_name(output.name + WORK))
        yield from _half_written(sight, task)
    yield from _item("Parsl", sight.folder / PARSL)


def _free_outputs(
    sight: Sight, outputs: Mapping[str, Iterable[Path]], everything: bool
) -> set[Path]:
    """Choose the outputs that may go; what one that stays is a link to stays too."""
    readers = _readers(sight)
    free: set[Path] = set()
    for name, paths in outputs.items():
        task = sight.state.tasks[name]
        for path in paths if task.state is State.DONE else ():
            needed_by = readers.get(path)
            if needed_by and _free(sight, task, path, needed_by, everything):
                free.add(path)
    staying = {path for paths in outputs.values() for path in paths} - free
    return free - {target for path in staying for target in _targets(path)}


def _targets(path: Path) -> Iterator[Path]:
    """Follow a link, and the link that it leads to, to the end."""
    seen = {path}
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / path.readlink()))
        if path in seen:
            return
        seen.add(path)
        yield path


def _free(
    sight: Sight,
    task: TaskRecord,
    output: Path,
    readers: Iterable[str],
    everything: bool,
) -> bool:
    """Tell whether an output that is read by others may go."""
    if output.suffix == REPORT:
        return False
    if everything:
        return True
    tasks = sight.state.tasks
    waited_for = any(tasks[name].state is not State.DONE for name in readers)
    may_be_read = bool(sight.state.open_loops) and "(" not in task.id
    return not (waited_for or may_be_read)


def _readers(sight: Sight) -> dict[Path, list[str]]:
    """Give the tasks that read each file of the run."""
    readers: dict[Path, list[str]] = {}
    for name in sight.state.tasks:
        inputs = case_of(sight.folder, name).get("inputs")
        for value in inputs.values() if isinstance(inputs, dict) else ():
            for text in value if isinstance(value, list) else [value]:
                path = _within(sight.folder, name, str(text))
                if path is not None:
                    readers.setdefault(path, []).append(name)
    return readers


def _outputs(run: Path, task: str) -> list[Path]:
    outputs = case_of(run, task).get("outputs")
    texts = outputs.values() if isinstance(outputs, dict) else ()
    paths = [_within(run, task, str(text)) for text in texts]
    return [path for path in paths if path is not None]


def _within(run: Path, task: str, text: str) -> Path | None:
    """Give a path that a case names; None: it is not among the run's steps."""
    path = Path(os.path.normpath(run / folder_of(task) / text))
    return path if path.is_relative_to(os.path.normpath(run / STEPS)) else None


def _half_written(sight: Sight, task: TaskRecord) -> Iterator[Item]:
    for path in sorted((sight.folder / folder_of(task.id)).glob(f"*{PART}")):
        yield from _item(task.step, path)


def _item(owner: str, path: Path, task: str | None = None) -> Iterator[Item]:
    """Give an item where something is there."""
    if path.is_symlink() or path.exists():
        yield Item(owner, path, _bytes(path), task)


def _bytes(path: Path) -> int:
    """Count what the disk gets back; a file with further names gives nothing."""
    if path.is_dir() and not path.is_symlink():
        with os.scandir(path) as entries:
            return sum(_bytes(Path(entry.path)) for entry in entries)
    status = path.lstat()
    return status.st_blocks * 512 if status.st_nlink == 1 else 0


def _remove(sight: Sight, items: Iterable[Item]) -> None:
    """Remove, and note whose outputs are gone."""
    freed: dict[str, int] = {}
    try:
        for item in items:
            _delete(item.path)
            if item.task is not None:
                freed[item.task] = freed.get(item.task, 0) + item.bytes
    except OSError as error:
        msg = f"{error.filename}: cannot be removed: {error.strerror}"
        raise Failed(msg) from error
    finally:
        if freed and sight.logged:
            with Log(sight.folder / EVENTS) as log:
                log.append(
                    *(Event.now(CLEANED, t, bytes=count) for t, count in freed.items())
                )


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
