"""Watching a run: it ends by itself, and leaves the run alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from anticline.events.driver import driving
from anticline.events.log import EVENTS, Log
from anticline.events.runs import Follower, look
from anticline.events.telling import tell
from anticline.events.view import view
from anticline.events.watch import watch
from simulated_run import simulate, survey, tasks_of, write_run


def console(*, terminal: bool, width: int = 100, height: int = 30) -> Console:
    return Console(
        file=io.StringIO(), force_terminal=terminal, width=width, height=height
    )


def text_of(shown: Console) -> str:
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_a_finished_run_is_shown_and_watching_ends(run: Path) -> None:
    for terminal in (True, False):
        shown = console(terminal=terminal)
        assert watch(run, shown).word == "done"
        assert "21 of 21 tasks done" in text_of(shown)


@pytest.mark.parametrize("terminal", [True, False])
def test_watching_follows_a_run_to_its_end(tmp_path: Path, terminal: bool) -> None:
    events = simulate(survey(8))
    run = write_run(tmp_path / "run", events[:40], tasks_of(survey(8)))
    shown = console(terminal=terminal)
    rest = iter([events[40:80], events[80:]])
    lock = driving(run)
    lock.__enter__()

    def go_on(seconds: float) -> None:
        with Log(run / EVENTS) as log:
            log.append(*(next(rest, [])))
        if look(run).state.outcome is not None:
            lock.__exit__(None, None, None)

    assert watch(run, shown, go_on).word == "done"
    text = text_of(shown)
    assert "tasks a minute" in text or not terminal
    assert "run ended: done" in text
    assert "21 of 21 tasks done" in text


def test_every_piece_of_news_is_a_line_where_there_is_no_terminal(
    failed_run: Path,
) -> None:
    shown = console(terminal=False)
    watch(failed_run, shown)
    text = text_of(shown)
    assert "shots[7] is tried again: once more" in text
    assert "image[3] given up (diverged): it was diverged" in text
    assert "planned" not in text
    assert "\x1b" not in text


def test_a_stopped_watch_leaves_the_run_as_it_is(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", simulate(survey(8))[:40], tasks_of(survey(8)))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with driving(run), pytest.raises(KeyboardInterrupt):
        watch(run, console(terminal=True), interrupt)
    after = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert {path for path in after if path.name != "driver.lock"} == set(before)
    assert all(after[path] == text for path, text in before.items())


@pytest.mark.parametrize(("width", "height"), [(40, 12), (80, 24), (200, 60)])
def test_the_view_fits_the_terminal(failed_run: Path, width: int, height: int) -> None:
    shown = console(terminal=False, width=width, height=height)
    shown.print(view(look(failed_run), height, width))
    lines = text_of(shown).splitlines()
    assert all(len(line) <= width for line in lines)
    assert len(lines) <= height


def test_every_kind_of_event_can_be_told(failed_run: Path) -> None:
    follower = Follower(failed_run)
    follower.look()
    told = [tell(event) for event in follower.news]
    assert any("taken up by process 4711 on head" in line for line in told)
    assert any("job 100 on x86: running" in line for line in told)
    assert any("ended: failed, 3 tasks not done" in line for line in told)
    assert all(line.isprintable() for line in told)
