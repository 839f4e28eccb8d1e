"""Watching a run: a live view on a terminal, lines elsewhere.

Nothing is written and no lock is held: however watching ends, the run goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from anticline.events.runs import RUNNING, UNFINISHED, Follower, Sight
from anticline.events.status import headline, lines
from anticline.events.telling import is_news, tell

if TYPE_CHECKING:
    from rich.console import Console

EVERY_S = 0.5
SAY_S = 30.0


def watch(
    run: Path | str,
    console: Console | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sight:
    """Show a run until it ends; returns how it then stands.

    Raises
    ------
    BadInput
        No run is there, or its log cannot be read.
    """
    from rich.console import Console

    console = console or Console(highlight=False)
    follower = Follower(run)
    if console.is_terminal:
        return _live(follower, console, sleep)
    return _in_lines(follower, console, sleep)


def ongoing(sight: Sight) -> bool:
    """Tell whether anything more will happen."""
    if sight.logged or sight.driver is not None:
        return sight.word == RUNNING
    return sight.word == UNFINISHED


def _live(
    follower: Follower, console: Console, sleep: Callable[[float], None]
) -> Sight:
    from rich.live import Live

    from anticline.events.view import view

    sight = follower.look()
    if ongoing(sight):
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while ongoing(sight):
                live.update(view(sight, *_room(console)), refresh=True)
                sleep(EVERY_S)
                sight = follower.look()
    console.print(view(sight, console.height + len(sight.state.steps), console.width))
    return sight


def _room(console: Console) -> tuple[int, int]:
    return console.height, console.width


def _in_lines(
    follower: Follower, console: Console, sleep: Callable[[float], None]
) -> Sight:
    """Write each piece of news, and now and then how far it is."""

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    said = time.monotonic()
    sight = follower.look()
    while True:
        for event in filter(is_news, follower.news):
            say(tell(event))
        if not ongoing(sight):
            break
        if time.monotonic() - said > SAY_S:
            said = time.monotonic()
            say(headline(sight))
        sleep(EVERY_S)
        sight = follower.look()
    for line in lines(sight):
        say(line)
    return sight
