"""Which tasks can start: those whose predecessors are all done.

    frontier.add(tasks)        -> what can start at once
    frontier.finish("shots[3]") -> what can start now, such as "image[3]"
    frontier.fail("shots[4]")   -> what can never start, such as "image[4]", "stack"

Each call costs in proportion to the edges it touches: a run of any size costs its
number of edges in all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from anticline.workflow.tasks.task import Task


def needed(tasks: Sequence[Task], valid: Collection[str]) -> set[str]:
    """Name the tasks that must run so that every last task is valid.

    tasks : each after those it reads. valid : those whose result is there. One whose
    result was removed is left alone while nobody who must run reads it.
    """
    read = {before for task in tasks for before in task.after}
    wanted: set[str] = set()
    for task in reversed(tasks):
        if task.id not in valid and (task.id not in read or task.id in wanted):
            wanted.add(task.id)
            wanted.update(before for before in task.after if before not in valid)
    return wanted


class Frontier:
    """The tasks of a run by what they wait for.

    done : ids whose outputs are there. failed : ids that were given up. held : ids
    that can never start, with the failed task that is to blame.
    """

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.done: set[str] = set()
        self.failed: set[str] = set()
        self.held: dict[str, str] = {}
        self.level: dict[str, int] = {}
        self._missing: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}

    def add(self, tasks: Sequence[Task], done: Collection[str] = ()) -> list[Task]:
        """Take in tasks, each after those it reads; returns those that can start.

        done : ids of those that need not run. A task that was done and is taken in
        again must run again.
        """
        ready = []
        for task in tasks:
            self.tasks[task.id] = task
            (self.done.add if task.id in done else self.done.discard)(task.id)
            before = task.after
            self.level[task.id] = 1 + max((self.level[b] for b in before), default=0)
            if task.id in self.done:
                continue
            self._wait(task, before)
            if not self._missing[task.id]:
                ready.append(task)
        return ready

    def _wait(self, task: Task, before: tuple[str, ...]) -> None:
        missing = [name for name in before if name not in self.done]
        self._missing[task.id] = len(missing)
        for name in missing:
            self._followers.setdefault(name, []).append(task.id)
            if blame := self._blame(name):
                self.held[task.id] = blame

    def _blame(self, name: str) -> str | None:
        return name if name in self.failed else self.held.get(name)

    def finish(self, name: str) -> list[Task]:
        """Note that a task is done; returns those that can start now."""
        self.done.add(name)
        ready = []
        for follower in self._followers.pop(name, ()):
            self._missing[follower] -= 1
            if not self._missing[follower]:
                ready.append(self.tasks[follower])
        return ready

    def fail(self, name: str) -> list[str]:
        """Note that a task is given up; returns those that can never start."""
        self.failed.add(name)
        held, stack = [], [name]
        while stack:
            for follower in self._followers.get(stack.pop(), ()):
                if follower not in self.held:
                    self.held[follower] = name
                    held.append(follower)
                    stack.append(follower)
        return held

    @property
    def left(self) -> int:
        """Count the tasks that are neither done, nor given up, nor held."""
        return len(self.tasks) - len(self.done) - len(self.failed) - len(self.held)
