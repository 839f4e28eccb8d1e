"""Progress is quiet where nobody looks and tells the time left where one does."""

from __future__ import annotations

import io

import pytest

from anticline.component.progress import (
    TERMINAL,
    CountInLines,
    OnTerminal,
    clock_time,
    reporter,
)


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TERMINAL, raising=False)


def test_a_log_file_gets_a_line_for_every_tenth() -> None:
    stream = io.StringIO()
    count = reporter(0, stream).progress("shots", 240)
    for _ in range(240):
        count.advance()
    count.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("shots: 24/240 (10 %)")
    assert lines[-1].startswith("shots: 240/240 (100 %), in ")


def test_a_line_tells_the_time_left_and_the_note() -> None:
    now = iter([0.0, 30.0, 3000.0])
    lines: list[str] = []
    count = CountInLines("shots", 4, lines.append, lambda: next(now))
    count.advance(note="shot 17")
    count.advance(3)
    assert lines == [
        "shots: 1/4 (25 %), 1:30 left, shot 17",
        "shots: 4/4 (100 %), in 50:00",
    ]


def test_nothing_to_count_shows_nothing() -> None:
    stream = io.StringIO()
    count = reporter(0, stream).progress("shots", 0)
    count.advance()
    count.close()
    assert stream.getvalue() == ""


def test_ranks_other_than_0_are_silent(capfd: pytest.CaptureFixture[str]) -> None:
    other = reporter(1)
    other.log("text")
    count = other.progress("shots", 1)
    count.advance()
    count.close()
    assert capfd.readouterr() == ("", "")


def test_the_launcher_s_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TERMINAL, "100")
    stream = io.StringIO()
    shown = reporter(0, stream)
    assert isinstance(shown, OnTerminal)
    count = shown.progress("shots [of 3]", 3)
    count.advance(2, note="shot 2")
    shown.log("a line [bold]as it is[/]")
    count.close()
    count.close()
    text = stream.getvalue()
    assert "shots [of 3]" in text
    assert "2/3" in text
    assert "shot 2" in text
    assert "a line [bold]as it is[/]" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "0:03"), (123, "2:03"), (3723, "1:02:03"), (59.7, "1:00")]
)
def test_durations_read_like_a_clock(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text
