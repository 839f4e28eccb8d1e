"""Pictures of a run's results, drawn by `anticline plot` in a process of its own.

Drawn are the outputs that no task reads, the run's results, and of each other step the
outputs of one task as an example: of a loop's that of its last iteration so far. Where
they are too many, the first steps' are left out. A file that no viewer knows is left
out too.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from anticline.events.disk import case_of
from anticline.events.progress import State, TaskRecord
from anticline.events.runs import Sight
from anticline.workflow.tasks.places import folder_of, round_of

MOST_FILES, MOST_OF_STEP, MOST_BYTES, PATIENCE_S = 12, 3, 4_000_000, 300.0


@dataclass(frozen=True)
class Picture:
    """A PNG, whole. data : base64. result : an output that no task reads."""

    title: str
    file: str
    data: str
    result: bool


@dataclass(frozen=True)
class _Wanted:
    """An output to be drawn."""

    task: str
    port: str
    file: Path
    result: bool

    @property
    def title(self) -> str:
        return self.port if self.port == self.task else f"{self.task}: {self.port}"


def pictures(sight: Sight) -> list[Picture]:
    """Draw results and examples; empty where nothing can be drawn."""
    wanted = list(_wanted(sight))[:MOST_FILES]
    if not wanted:
        return []
    with TemporaryDirectory(prefix="anticline-report-") as name:
        links = [_link(item, Path(name) / str(k)) for k, item in enumerate(wanted)]
        _draw(links)
        pairs = zip(wanted, links, strict=True)
        return [picture for item, link in pairs for picture in _made(item, link)]


def _link(item: _Wanted, folder: Path) -> Path:
    """Name a file by its task, in a folder where its pictures are alone."""
    folder.mkdir()
    name = f"{item.title}{item.file.suffix}".replace("/", " ").replace(": ", "-")
    link = folder / name
    link.symlink_to(item.file.absolute())
    return link


def _draw(links: list[Path]) -> None:
    """Draw each file into its folder."""
    # -P: a folder of the user's named like a library shadows nothing
    command = [sys.executable, "-P", "-m", "anticline.cli", "plot", *map(str, links)]
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,  # what no viewer knows is told there, and left out here
        )
    except subprocess.TimeoutExpired:
        return


def _made(item: _Wanted, link: Path) -> Iterator[Picture]:
    for path in sorted(link.parent.glob("*.png")):
        if path.stat().st_size > MOST_BYTES:
            continue
        data = base64.b64encode(path.read_bytes()).decode("ascii")
        part = path.stem.removeprefix(link.stem).strip("._- ").replace("_", " ")
        title = f"{item.title}, {part}" if part else item.title
        yield Picture(title, str(item.file), data, item.result)


def _wanted(sight: Sight) -> Iterator[_Wanted]:
    """Give results first, then examples, of both the last steps' before others."""
    tasks = sight.state.tasks
    read = {needed for task in tasks.values() for needed in task.after}
    done = [t for t in tasks.values() if t.state is State.DONE and not t.cleaned]
    shown: Counter[str] = Counter()
    for task in reversed([task for task in done if task.id not in read]):
        if shown[task.step] < MOST_OF_STEP:
            shown[task.step] += 1
            yield from _outputs(sight.folder, task, result=True)
    for task in examples(done):
        if not shown[task.step]:
            yield from _outputs(sight.folder, task, result=False)


def examples(done: Iterable[TaskRecord]) -> Iterator[TaskRecord]:
    """Give one task of each step, of a loop's the first of the last iteration.

    The last step's comes first.
    """
    found: dict[str, TaskRecord] = {}
    for task in done:
        known = found.get(task.step)
        if known is None or round_of(task.id) > round_of(known.id):
            found[task.step] = task
    return reversed(found.values())


def _outputs(run: Path, task: TaskRecord, *, result: bool) -> Iterator[_Wanted]:
    outputs = case_of(run, task.id).get("outputs")
    for port, text in outputs.items() if isinstance(outputs, dict) else ():
        file = run / folder_of(task.id) / str(text)
        if file.is_file():
            yield _Wanted(task.id, port, file, result)
