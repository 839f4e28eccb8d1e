"""The steps of a run and what they read, laid out from left to right.

Each step is a box with its name, its component and a bar of its tasks; the steps of a
loop have a frame round them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anticline.events.progress import State, StepRecord
from anticline.events.query import RunState
from anticline.events.report.layers import Edge, Place, layered

BOX_W, BOX_H, GAP_X, GAP_Y, THIN_H, MARGIN = 172.0, 62.0, 56.0, 34.0, 8.0, 14.0


@dataclass(frozen=True)
class Box:
    """A step: its place, and how many of its tasks stand where.

    word : "done", "failed", "running" or "waiting".
    """

    step: StepRecord
    x: float
    y: float
    word: str
    parts: tuple[tuple[str, float], ...]

    @property
    def loop(self) -> str:
        """The loop it is in; empty: none."""
        return loop_of(self.step.name)

    @property
    def label(self) -> str:
        """Its name within its loop, short enough for the box."""
        return shortened(self.step.name.rpartition("/")[2], 20)


@dataclass(frozen=True)
class Frame:
    """What surrounds the steps of a loop."""

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A layout in units of a pixel, arrows as SVG paths."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    frames: tuple[Frame, ...]


def loop_of(step: str) -> str:
    """Give the loop that a step's name names; empty: none."""
    return step.rpartition("/")[0]


def shortened(text: str, most: int) -> str:
    """Cut a text, with a sign that it is cut."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def draw(state: RunState) -> Drawing:
    """Lay out the steps of a run."""
    edges = step_edges(state)
    layers, chains = layered(list(state.steps), edges)
    spots = _spots(layers)
    boxes = tuple(
        Box(step, *spots[name], word_of(step), parts_of(step))
        for name, step in state.steps.items()
    )
    arrows = tuple(_arrow(chain, spots) for chain in chains)
    most = max((len(layer) for layer in layers), default=0)
    height = max((_tall(layer) for layer in layers), default=0.0) if most else 0.0
    width = len(layers) * (BOX_W + GAP_X) - GAP_X
    return Drawing(
        width + 2 * MARGIN,
        height + 2 * MARGIN + 18,
        boxes,
        arrows,
        tuple(_frames(state, boxes)),
    )


def step_edges(state: RunState) -> list[Edge]:
    """Give which step reads which, each pair once; not from one round to the next."""
    edges: dict[Edge, None] = {}
    for task in state.tasks.values():
        for needed in task.after:
            before = state.tasks.get(needed)
            if before is None or before.step == task.step:
                continue
            if not _next_round(needed, task.id):
                edges[before.step, task.step] = None
    return list(edges)


def _next_round(before: str, after: str) -> bool:
    first, last = before.partition("/")[0], after.partition("/")[0]
    same_loop = "(" in first and first.partition("(")[0] == last.partition("(")[0]
    return same_loop and "(" in last and first != last


def _height(place: Place) -> float:
    return THIN_H if place.step is None else BOX_H


def _tall(layer: Sequence[Place]) -> float:
    return sum(_height(place) for place in layer) + GAP_Y * (len(layer) - 1)


def _spots(layers: Sequence[Sequence[Place]]) -> dict[str, tuple[float, float]]:
    """Give the upper left corner of every place."""
    whole = max((_tall(layer) for layer in layers), default=0.0)
    spots = {}
    for column, layer in enumerate(layers):
        y = MARGIN + 18 + (whole - _tall(layer)) / 2
        for place in layer:
            spots[place.key] = (MARGIN + column * (BOX_W + GAP_X), y)
            y += _height(place) + GAP_Y
    return spots


def _arrow(chain: Sequence[Place], spots: Mapping[str, tuple[float, float]]) -> str:
    """Write an SVG path through the middles of the places."""
    x, y = spots[chain[0].key]
    x, y = x + BOX_W, y + _height(chain[0]) / 2
    path = f"M{x:.1f} {y:.1f}"
    for place in chain[1:]:
        to_x, to_y = spots[place.key]
        to_y += _height(place) / 2
        bend = GAP_X / 2
        end = to_x if place.step is None else to_x - 5
        path += (
            f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {end:.1f} {to_y:.1f}"
        )
        x, y = to_x, to_y
        if place.step is None:
            x += BOX_W
            path += f"H{x:.1f}"
    return path


def _frames(state: RunState, boxes: Iterable[Box]) -> Iterable[Frame]:
    inside: dict[str, list[Box]] = {}
    for box in boxes:
        if box.loop:
            inside.setdefault(box.loop, []).append(box)
    for name, members in inside.items():
        left, top = min(b.x for b in members), min(b.y for b in members)
        right = max(b.x for b in members) + BOX_W
        bottom = max(b.y for b in members) + BOX_H
        yield Frame(
            f"{name}: {rounds(state, name)}",
            left - 10, top - 24, right - left + 20, bottom - top + 34,
        )  # fmt: skip


def rounds(state: RunState, loop: str) -> str:
    """Say how far a loop is."""
    record = state.loops.get(loop)
    count = 0 if record is None else record.iterations
    end = "done" if record is not None and record.enough else "goes on"
    return f"{count} iteration{'' if count == 1 else 's'}, {end}"


def word_of(step: StepRecord) -> str:
    """Say in a word how it is with a step."""
    if step.counts[State.FAILED]:
        return "failed"
    if step.counts[State.DONE] == step.total:
        return "done"
    return "running" if step.counts[State.RUNNING] else "waiting"


def parts_of(step: StepRecord) -> tuple[tuple[str, float], ...]:
    """Give which share of a step's tasks is done, failed, running; none is left out."""
    states = (State.DONE, State.FAILED, State.RUNNING)
    total = max(1, step.total)
    return tuple(
        (str(state), step.counts[state] / total)
        for state in states
        if step.counts[state]
    )
