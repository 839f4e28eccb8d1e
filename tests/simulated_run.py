"""A run as its events would tell it, made without running anything.

The tasks are those of a real workflow, expanded; only the workers are imagined: each
queue has so many, a task takes a random time, some fail.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    Registry,
    Report,
    ShotGathers,
    VelocityModel,
)
from anticline.events import record
from anticline.events.log import EVENTS, Log
from anticline.events.record import Event
from anticline.workflow.graph import (
    Follow,
    Grid,
    Link,
    Loop,
    Request,
    Step,
    Workflow,
    previous,
)
from anticline.workflow.tasks.expand import LoopProgress, case_document, expand
from anticline.workflow.tasks.task import Task

BEGIN = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
SLOTS = {"x86": 4, "gpu": 2}
SECONDS = {"model": 2.0, "smooth": 3.0, "shots": 20.0, "image": 30.0, "stack": 1.5}


def _component(
    name: str, gives: Output, *takes: Input, reduces: str | None = None
) -> Component:
    parameters = (Parameter("part", "int", "of the survey", default=0),)
    return Component(
        name, name, takes, (gives,), parameters, run="trial:run", reduces=reduces
    )


REGISTRY = Registry.of(
    [
        _component("trial.model", Output("model", VelocityModel, "it")),
        _component(
            "trial.smooth",
            Output("model", VelocityModel, "it"),
            Input("model", VelocityModel, "it"),
        ),
        _component(
            "trial.forward",
            Output("gathers", ShotGathers, "it"),
            Input("model", VelocityModel, "it"),
        ),
        _component(
            "trial.rtm",
            Output("image", Image, "it"),
            Input("model", VelocityModel, "it"),
            Input("gathers", ShotGathers, "it"),
        ),
        _component(
            "trial.stack",
            Output("image", Image, "it"),
            Input("images", Image, "all", many=True),
            reduces="images",
        ),
        Component(
            "trial.update",
            "an update of the model",
            (Input("model", VelocityModel, "it"),),
            (
                Output("model", VelocityModel, "it"),
                Output("report", Report, "whether it is enough"),
            ),
            (),
            run="trial:run",
        ),
    ]
)


def survey(shots: int = 16) -> Workflow:
    """A model, its shots, their images and the stack of them."""
    model = Step("model", "trial.model")
    smooth = Step("smooth", "trial.smooth", {"model": model["model"]})
    parts = Grid({"part": tuple(range(shots))})
    fields = Step(
        "shots",
        "trial.forward",
        {"model": model["model"]},
        scatter=parts,
        request=Request(queues=("x86",), memory_gib=2.0),
    )
    image = Step(
        "image",
        "trial.rtm",
        {"model": smooth["model"], "gathers": fields["gathers"]},
        scatter=Follow("shots"),
        request=Request(queues=("gpu",), memory_gib=4.0),
    )
    stack = Step("stack", "trial.stack", {"images": image["image"]}, fan_in=4)
    return Workflow.of("survey", model, smooth, fields, image, stack)


def inversion() -> Workflow:
    """A model that is updated until it is good enough."""
    model = Step("model", "trial.model")
    update = Step("update", "trial.update", {"model": previous("model")})
    loop = Loop(
        "invert",
        {"update": update},
        start={"model": model["model"]},
        carry={"model": Link("update", "model")},
        until=Link("update", "report"),
        key="enough",
        most=5,
    )
    last = Step("smooth", "trial.smooth", {"model": loop["model"]})
    return Workflow.of("inversion", model, loop, last)


def tasks_of(workflow: Workflow, **iterations: int) -> tuple[Task, ...]:
    """Expand; each loop named has ended after so many iterations."""
    progress = {name: LoopProgress(n, ended=True) for name, n in iterations.items()}
    return expand(workflow, REGISTRY, progress)


class Simulation:
    """The driver's side of one run.

    slots : workers of each queue. fails : kind of the failure of a task's first
    attempts, as many as are listed; "bad_input" and "diverged" are for good.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        slots: Mapping[str, int] = SLOTS,
        fails: Mapping[str, Sequence[str]] | None = None,
        seed: int = 0,
    ) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._free = dict(slots)
        self._fails = {name: list(kinds) for name, kinds in (fails or {}).items()}
        self._random = random.Random(seed)
        self._now = 0.0
        self._ready: list[str] = []
        self._waiting = {task.id: set(task.after) for task in tasks}
        self._running: list[tuple[float, str, dict[str, object]]] = []
        self._attempts: dict[str, int] = {}

    def events(self) -> Iterator[Event]:
        """Run to the end."""
        yield self._event(
            record.BEGUN, workflow="survey", cluster="trial", pid=4711, host="head",
            code="0.1.0",
        )  # fmt: skip
        for task in self._tasks.values():
            yield self._event(
                record.PLANNED,
                task.id,
                step=task.step,
                component=task.component,
                after=list(task.after),
            )
        for number, queue in enumerate(self._free):
            yield self._event(
                record.BLOCK, queue=queue, job=str(100 + number), state="running"
            )
        yield from self._let_go()
        while self._running:
            yield from self._end_one()
        for number, queue in enumerate(self._free):
            yield self._event(
                record.BLOCK, queue=queue, job=str(100 + number), state="ended"
            )
        left = len(self._waiting)
        outcome = "failed" if left else "done"
        yield self._event(record.FINISHED, outcome=outcome, remains=left)

    def _event(self, kind: str, task: str | None = None, /, **facts: object) -> Event:
        self._now += 1e-3
        return Event(self._utc(self._now), kind, task, facts)

    def _utc(self, seconds: float) -> str:
        moment = BEGIN + timedelta(seconds=seconds)
        return moment.isoformat(timespec="microseconds")

    def _queue(self, name: str) -> str:
        wanted = self._tasks[name].request.queues
        return wanted[0] if wanted else next(iter(self._free))

    def _let_go(self) -> Iterator[Event]:
        for name, missing in list(self._waiting.items()):
            if not missing and name not in self._attempts:
                yield self._submit(name)
        for name in list(self._ready):
            if self._free[self._queue(name)]:
                self._ready.remove(name)
                yield self._start(name)

    def _submit(self, name: str) -> Event:
        self._attempts[name] = self._attempts.get(name, 0) + 1
        self._ready.append(name)
        return self._event(
            record.SUBMITTED,
            name,
            queue=self._queue(name),
            attempt=self._attempts[name],
            ranks=1,
            threads=1,
            memory_gib=self._tasks[name].request.memory_gib or 1.0,
        )

    def _start(self, name: str) -> Event:
        queue = self._queue(name)
        self._free[queue] -= 1
        mean = SECONDS.get(self._tasks[name].step, 5.0)
        seconds = mean * self._random.uniform(0.8, 1.3)
        place = {"queue": queue, "host": f"{queue}-1", "job": "100"}
        event = self._event(record.STARTED, name, **place, attempt=self._attempts[name])
        end = self._now + seconds
        facts = {
            **place,
            "seconds": seconds,
            "began_utc": self._utc(self._now),
            "ended_utc": self._utc(end),
            "cpu_seconds": seconds * self._random.uniform(0.6, 1.0),
            "peak_bytes": int(self._random.uniform(0.3, 0.9) * 2**30),
            "attempt": self._attempts[name],
            "ranks": 1,
            "threads": 1,
            "key": "0" * 64,
        }
        heapq.heappush(self._running, (end, name, facts))
        return event

    def _end_one(self) -> Iterator[Event]:
        end, name, facts = heapq.heappop(self._running)
        self._now = max(self._now, end)
        self._free[str(facts["queue"])] += 1
        kinds = self._fails.get(name)
        if not kinds:
            yield self._event(record.ENDED, name, code=0, kind="done", **facts)
            del self._waiting[name]
            for missing in self._waiting.values():
                missing.discard(name)
        else:
            yield from self._fail(name, kinds.pop(0), facts)
        yield from self._let_go()

    def _fail(self, name: str, kind: str, facts: dict[str, object]) -> Iterator[Event]:
        reason = f"it was {kind}"
        yield self._event(
            record.ENDED, name, code=70, kind=kind, reason=reason, **facts
        )
        if kind in ("bad_input", "diverged"):
            yield self._event(record.GIVEN_UP, name, kind=kind, reason=reason)
        elif kind in ("lost", "interrupted"):
            yield self._event(record.POSTPONED, name, kind=kind, reason=reason)
            yield self._submit(name)
        else:
            yield self._event(record.RETRIED, name, kind=kind, remedy="once more")
            yield self._submit(name)


def simulate(
    workflow: Workflow | None = None,
    slots: Mapping[str, int] = SLOTS,
    fails: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
) -> list[Event]:
    """Run a workflow without loops, in imagination."""
    tasks = tasks_of(workflow or survey())
    return list(Simulation(tasks, slots, fails, seed).events())


def write_run(
    folder: Path, events: Sequence[Event], tasks: Sequence[Task], *, log: bool = True
) -> Path:
    """Lay out the folder that such a run leaves: cases, ends, logs and outputs."""
    for task in tasks:
        (folder / task.folder).mkdir(parents=True, exist_ok=True)
        case = json.dumps(case_document(task, folder))
        (folder / task.folder / "case.json").write_text(case)
    by_id = {task.id: task for task in tasks}
    for event in events:
        if event.event == record.ENDED:
            task = by_id[str(event.task)]
            place = folder / task.folder
            (place / "ended.json").write_text(json.dumps(dict(event.facts)))
            (place / "log.txt").write_text(f"{task.id} speaks\n<b>& is heard</b>\n")
            if event.facts["code"] == 0:
                for file in task.outputs.values():
                    (folder / file).write_bytes(b"0" * 8192)
    if log:
        with Log(folder / EVENTS) as written:
            written.append(*events)
    return folder
