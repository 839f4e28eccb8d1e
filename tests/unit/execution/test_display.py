from __future__ import annotations

import io
from pathlib import Path

from anticline.errors import ExitCode
from anticline.events.query import RunState
from anticline.events.record import Event
from anticline.execution.driver.display import InLines, OnTerminal, Silent, display
from anticline.execution.driver.verdicts import MOST_SHOWN, Lost, Outcome


def state(done: int, total: int) -> RunState:
    names = [f"shots[{k}]" for k in range(total)]
    plan = [Event.now("planned", name, step="shots", after=[]) for name in names]
    ends = [Event.now("ended", name, code=0, seconds=1.0) for name in names[:done]]
    return RunState.of([Event.now("begun", workflow="trial"), *plan, *ends])


def test_without_a_terminal_a_line_tells_of_every_tenth_and_never_two_at_once():
    now, stream = [0.0], io.StringIO()
    lines = InLines(stream, clock=lambda: now[0])
    for done in range(1, 21):
        now[0] += 1.0
        lines.look(state(done, 20))
    told = stream.getvalue().splitlines()
    assert 5 <= len(told) <= 10
    assert told[0].startswith("2/20 tasks")
    assert told[0].endswith("shots 2/20")


def test_on_a_terminal_every_step_has_a_bar():
    stream = io.StringIO()
    bars = OnTerminal(stream)
    bars.look(state(3, 7))
    bars.note("a note")
    bars.close()
    assert "shots" in stream.getvalue()
    assert "a note" in stream.getvalue()
    assert "3/7" in stream.getvalue()


def test_a_quiet_run_shows_nothing():
    stream = io.StringIO()
    with display(quiet=True, stream=stream) as show:
        assert isinstance(show, Silent)
        show.note("a note")
        show.look(state(1, 2))
    with display(quiet=False, stream=stream) as show:
        assert isinstance(show, InLines)
    assert not stream.getvalue()


def outcome(**more: object) -> Outcome:
    given = {"run": Path("/run"), "done": 5, "kept": 2, **more}
    return Outcome(**given)  # type: ignore[arg-type]


def test_an_outcome_says_what_failed_what_was_not_run_and_how_to_go_on():
    log = Path("/run/steps/a/log.txt")
    lost = tuple(Lost(f"a[{k}]", "diverged", "no\nnumbers", log) for k in range(25))
    made = outcome(lost=lost, held={f"b[{k}]": "a[0]" for k in range(9)}, remains=34)
    lines = list(made.lines())
    assert made.code == ExitCode.FAILED
    assert lines[0] == f"failed: a[0]: diverged: no numbers; see {log}"
    assert lines[MOST_SHOWN].startswith("failed: 5 more")
    assert "not run because of a[0]: b[0], b[1], b[2], b[3], b[4] and 4 more" in lines
    assert lines[-1] == "what is done is kept; go on with: anticline resume /run"


def test_an_outcome_has_the_exit_code_of_its_name():
    assert (outcome().name, outcome().code) == ("done", ExitCode.DONE)
    assert list(outcome().lines()) == ["done: 5 tasks done, 2 were done before"]
    stopped = outcome(stopped="Ctrl-C", remains=3)
    assert (stopped.name, stopped.code) == ("interrupted", ExitCode.INTERRUPTED)
    assert outcome(remains=1).code == ExitCode.FAILED  # a loop that has not ended
