"""A run on a terminal: steps as bars, queues, throughput, time left, last events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anticline.events.amounts import duration
from anticline.events.estimate import throughput_per_min, time_left
from anticline.events.progress import State, StepRecord
from anticline.events.runs import RUNNING, Sight
from anticline.events.status import failures, headline, queue_line, time_left_text
from anticline.events.telling import is_news, tell

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table
    from rich.text import Text

_STYLES = {State.DONE: "green", State.RUNNING: "cyan", State.FAILED: "red"}
_BAR = 30
_FIXED_LINES = 8


def view(sight: Sight, height: int, width: int = 100) -> Group:
    """Draw a run into so many lines and columns; what does not fit is left out."""
    from rich.console import Group

    steps = list(sight.state.steps.values())
    queues = list(filter(None, map(queue_line, sight.state.queues.values())))
    wrong = list(failures(sight))
    queues, wrong = queues[: height // 5], wrong[: height // 5]
    room = height - len(queues) - len(wrong) - _FIXED_LINES
    shown = _choose(steps, max(1, room))
    parts = [_line(headline(sight), "bold"), _line()]
    parts.append(_steps(shown, min(_BAR, max(8, width - 60))))
    if left_out := len(steps) - len(shown):
        parts.append(_line(f"and {left_out} steps more", "dim"))
    parts += [_line(), *map(_line, queues), *(_line(text, "red") for text in wrong)]
    parts += [_line(_pace(sight)), _line(), *_news(sight, room - len(shown))]
    return Group(*parts)


def _line(text: str = "", style: str = "") -> RenderableType:
    from rich.text import Text

    return Text(text, style, no_wrap=True, overflow="ellipsis")


def _choose(steps: list[StepRecord], room: int) -> list[StepRecord]:
    """Keep the steps where something happens, in their order."""
    if len(steps) <= room:
        return steps

    def rank(step: StepRecord) -> tuple[bool, bool]:
        counts = step.counts
        busy = counts[State.RUNNING] + counts[State.FAILED] + counts[State.QUEUED]
        return busy == 0, counts[State.DONE] == step.total

    kept = {step.name for step in sorted(steps, key=rank)[:room]}
    return [step for step in steps if step.name in kept]


def _steps(steps: list[StepRecord], bar: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("step", overflow="ellipsis", no_wrap=True)
    table.add_column("", no_wrap=True)
    for title in ("done", "run", "wait", "failed"):
        table.add_column(title, justify="right", no_wrap=True)
    for step in steps:
        counts = step.counts
        waiting = counts[State.QUEUED] + counts[State.WAITING]
        table.add_row(
            Text(step.name),
            _bar(step, bar),
            f"{counts[State.DONE]}/{step.total}",
            str(counts[State.RUNNING] or ""),
            str(waiting or ""),
            Text(str(counts[State.FAILED] or ""), "red"),
        )
    return table


def _bar(step: StepRecord, width: int) -> Text:
    """Draw done, failed and running tasks as parts of a bar."""
    from rich.text import Text

    bar, filled = Text(), 0
    signs = ((State.DONE, "━"), (State.FAILED, "x"), (State.RUNNING, "╸"))
    so_far = 0
    for state, sign in signs:
        so_far += step.counts[state]
        end = round(width * so_far / step.total) if step.total else 0
        bar.append(sign * (end - filled), _STYLES[state])
        filled = max(filled, end)
    return bar.append("─" * (width - filled), "dim")


def _pace(sight: Sight) -> str:
    if sight.word != RUNNING:
        return f"took {duration(sight.elapsed_s)}"
    pace = throughput_per_min(sight.state, sight.now)
    left = time_left_text(time_left(sight.state, sight.now))
    return f"{pace:.3g} tasks a minute; time left: {left}"


def _news(sight: Sight, count: int) -> list[RenderableType]:
    events = [event for event in sight.state.last if is_news(event)]
    return [_line(tell(event), "dim") for event in events[-count:]] if count > 0 else []
