"""In which calls of sbatch tasks are submitted, and what each waits for: pure.

    shots=$(submit --array=0-15 --dependency=afterok:$model shots.sh steps/shots)
    image=$(submit --array=0-15 --dependency=aftercorr:$shots,afterok:$smooth ...)
    stack_1_0=$(submit --dependency=afterok:${image}_0:${image}_1 ...)

Elements of a scattered step are one array job. Where element k of one array reads
element k of another, it waits for that one alone (aftercorr), and where all elements
read the same, the array waits for it as a whole. Other tasks (a tree's nodes) are
jobs of their own that wait for the elements they read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from anticline.workflow.tasks.task import Task

OK, SAME = "afterok", "aftercorr"
Wait = tuple[str, str]
"""A kind of dependency, and the shell's words for a job or an element of it."""


@dataclass(frozen=True)
class Submission:
    """One call of sbatch.

    variable : of the shell, for its job's number. tasks : those it runs. folder : of
    its task, from the run folder; of an array, the one above its elements. first :
    number of an array's first element; None: no array. waits : what must be done.
    """

    variable: str
    tasks: tuple[Task, ...]
    folder: Path
    first: int | None = None
    waits: tuple[Wait, ...] = ()

    @property
    def step(self) -> str:
        """The step whose script it is."""
        return self.tasks[0].step

    @property
    def array(self) -> str:
        """What --array says; empty: no array."""
        return "" if self.first is None else f"0-{len(self.tasks) - 1}"


Reads = dict[str, set[int | None]]


@dataclass
class _Placed:
    """Where the tasks that are submitted already are: a variable, and an element."""

    at: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def add(self, made: Submission) -> None:
        self.sizes[made.variable] = len(made.tasks)
        for k, task in enumerate(made.tasks):
            self.at[task.id] = made.variable, None if made.first is None else k

    def reads(self, before: Sequence[str]) -> Reads:
        """Give the elements of each job that hold some tasks."""
        found: Reads = {}
        for name in before:
            variable, element = self.at[name]
            found.setdefault(variable, set()).add(element)
        return found

    def whole(self, variable: str, elements: set[int | None]) -> bool:
        return elements == {None} or len(elements) == self.sizes[variable]


def chain(
    tasks: Sequence[Task], most: int, also: Mapping[str, tuple[str, ...]]
) -> list[Submission]:
    """Give the calls that submit all tasks, each after those it waits for.

    tasks : each after those it reads. most : elements of one array. also : further
    tasks that one must wait for, by its id.
    """
    placed, made = _Placed(), []
    for part in _parts(tasks, most):
        waits = [(*task.after, *also.get(task.id, ())) for task in part.tasks]
        common = _common([placed.reads(before) for before in waits], placed)
        if common is None:
            pieces = [
                replace(_alone(task), waits=_explicit(placed.reads(before), placed))
                for task, before in zip(part.tasks, waits, strict=True)
            ]
        else:
            pieces = [replace(part, waits=common)]
        for piece in pieces:
            free = _free(piece.variable, placed.sizes)
            made.append(replace(piece, variable=free))
            placed.add(made[-1])
    return made


def _parts(tasks: Sequence[Task], most: int) -> Iterator[Submission]:
    """Put neighbouring elements of a scattered step together, at most so many."""
    for folder, run in groupby(tasks, key=_array_of):
        if folder is None:
            yield from map(_alone, run)
            continue
        elements = tuple(run)
        for first in range(0, len(elements), most):
            base = elements[0].id.rpartition("[")[0]
            name = _variable(f"{base}_from_{first}" if first else base)
            part = elements[first : first + most]
            yield Submission(name, part, folder, first)


def _array_of(task: Task) -> Path | None:
    """Give the folder above a scattered step's element; None: it is none."""
    place = re.search(r"\[(\d+)\]$", task.id)
    if place is None or task.folder.name != f"{int(place[1]):03d}":
        return None
    return task.folder.parent


def _alone(task: Task) -> Submission:
    return Submission(_variable(task.id), (task,), task.folder)


def _variable(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return name if name[0].isalpha() else f"step_{name}"


def _free(name: str, taken: Mapping[str, int]) -> str:
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}_no_{number}"
    return free


def _common(reads: Sequence[Reads], placed: _Placed) -> tuple[Wait, ...] | None:
    """Say what all elements of an array wait for; None: each for something else."""
    if len(reads) == 1:
        return _explicit(reads[0], placed)
    if any(one.keys() != reads[0].keys() for one in reads):
        return None
    waits = []
    for variable in reads[0]:
        given = [one[variable] for one in reads]
        if all(placed.whole(variable, elements) for elements in given):
            waits.append((OK, f"${variable}"))
        elif all(elements == {k} for k, elements in enumerate(given)):
            waits.append((SAME, f"${variable}"))
        else:
            return None
    return tuple(waits)


def _explicit(reads: Reads, placed: _Placed) -> tuple[Wait, ...]:
    """Name every job, or those of its elements, that one task waits for."""
    waits: list[Wait] = []
    for variable, elements in reads.items():
        if placed.whole(variable, elements):
            waits.append((OK, f"${variable}"))
        else:
            numbers = sorted(k for k in elements if k is not None)
            waits += [(OK, f"${{{variable}}}_{k}") for k in numbers]
    return tuple(waits)
