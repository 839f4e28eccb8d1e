"""A workflow as frozen data: steps, the links between them, scatters and loops.

    model ---> smooth ------------.
      |                           v
      '-> shots (part 0 ... 15) -> image (follows shots) -> stack (gathers images)

A step is a registered component with its inputs and parameters. An input is a file
or what another step writes. A step may be scattered:

    Grid    one task for each point of a parameter grid, in row-major order
    Follow  one task for each task of another scattered step; element k of the one
            reads element k of the other

A link from a scattered step to a step that does not follow it gathers: it needs an
input declared `many`, and hands over all elements in their order. Where a component
`reduces` that input, a tree of fixed shape is run in its place (`fan_in` at a time).

A loop repeats steps of its own. Inside, `previous.NAME` is what the iteration before
carried (the first: `start`), and after it LOOP.NAME is what the last one carried.

    model = Step("model", "models.anticline")
    smooth = Step("smooth", "seismic.smooth", inputs={"model": model["model"]})
    Workflow.of("survey", model, smooth)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

PREVIOUS = "previous"
FAN_IN = 8


@dataclass(frozen=True, order=True)
class Link:
    """What a step writes: `step.port`; of a loop, `loop.name`."""

    step: str
    port: str

    def __str__(self) -> str:
        """Write it as in a document."""
        return f"{self.step}.{self.port}"


def previous(name: str) -> Link:
    """Name what the iteration before carried, inside of a loop."""
    return Link(PREVIOUS, name)


Source = Link | Path
"""An input: another step's output, or a file."""


@dataclass(frozen=True)
class Grid:
    """A scatter over every combination of parameter values, the last name fastest."""

    values: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Follow:
    """A scatter over the elements of another scattered step."""

    step: str


@dataclass(frozen=True)
class Request:
    """What each task of a step asks of a queue; None: the component's default.

    ranks, threads : of MPI, and of each rank. memory_gib : of all ranks together
    [GiB]. walltime_h : that a task takes at most [h]. queues : acceptable ones, the
    preferred first; none: every queue that fits. gpus : of each rank.
    """

    ranks: int | None = None
    threads: int | None = None
    memory_gib: float | None = None
    walltime_h: float | None = None
    gpus: int | None = None
    queues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A component with its inputs and parameters.

    parameters : as a document gives them ("8 ms"); units are fitted when a task's
    case is read. inputs : a tuple of sources for an input declared `many`. outputs :
    optional ones that are written though nothing reads them. fan_in : elements that
    a node of a tree takes, at least 2.
    """

    name: str
    component: str
    inputs: Mapping[str, Source | tuple[Source, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    scatter: Grid | Follow | None = None
    request: Request = field(default_factory=Request)
    fan_in: int = FAN_IN

    def __getitem__(self, port: str) -> Link:
        """Name one of its outputs, as the input of another step."""
        return Link(self.name, port)


@dataclass(frozen=True)
class Loop:
    """Steps that are repeated until one of them says that it is enough.

    start : what the first iteration's `previous.NAME` is. carry : which output of
    an iteration the next one gets under that name. until : a `Report` output and a
    key of its JSON object; the loop ends with the iteration where it is true.
    most : iterations at most.
    """

    name: str
    steps: Mapping[str, Step]
    start: Mapping[str, Source]
    carry: Mapping[str, Link]
    until: Link
    key: str
    most: int

    def __getitem__(self, name: str) -> Link:
        """Name what the last iteration carried, as the input of a step after it."""
        return Link(self.name, name)


@dataclass(frozen=True)
class Workflow:
    """Steps and loops by name, in the order they are written."""

    name: str
    steps: Mapping[str, Step | Loop]
    summary: str = ""

    @classmethod
    def of(cls, name: str, *steps: Step | Loop, summary: str = "") -> Workflow:
        """Hold these steps; two of one name raise ValueError."""
        return cls(name, by_name(steps), summary)


AnyStep = TypeVar("AnyStep", Step, Loop, Step | Loop)


def by_name(steps: Iterable[AnyStep]) -> dict[str, AnyStep]:
    """Give steps by their names; two of one name raise ValueError."""
    named: dict[str, AnyStep] = {}
    for step in steps:
        if named.setdefault(step.name, step) is not step:
            msg = f"two steps are named {step.name!r}"
            raise ValueError(msg)
    return named
