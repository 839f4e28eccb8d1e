"""The driver's laws, with real attempts in processes of this machine."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anticline.component.registry import Registry
from anticline.errors import BadInput, ExitCode
from anticline.events.driver import driving
from anticline.events.log import read_events
from anticline.execution.driver.display import Silent
from anticline.execution.driver.run import cancel, resume, run_workflow
from anticline.execution.driver.verdicts import Outcome
from chores_to_do import CHORES
from unit.execution.pool import Pool

WORK = {"component": "chores.work"}
SURVEY: dict[str, Any] = {
    "first": WORK | {"parameters": {"value": 1}},
    "shots": WORK
    | {"inputs": {"after": "first.report"}, "scatter": {"value": [0, 1, 2, 3, 4]}},
    "images": WORK | {"inputs": {"after": "shots.report"}, "scatter": "shots"},
    "stack": {
        "component": "chores.add",
        "inputs": {"reports": "images.report"},
        "fan_in": 2,
    },
    "last": WORK | {"inputs": {"after": "stack.report"}},
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHORES))
        made = Pool()
        yield made
        made.shut()


class Site:
    """A folder in which one workflow is run again and again."""

    def __init__(self, folder: Path, pool: Pool) -> None:
        self.folder, self.run, self._pool = folder, folder / "run", pool
        self.steps: dict[str, Any] = {}

    def go(self, **options: Any) -> Outcome:
        """Run it; told by options of `run_workflow`."""
        file = self.folder / "workflow.yaml"
        file.write_text(json.dumps({"workflow": "trial", "steps": self.steps}))
        self._pool.orders.clear()
        registry = Registry.discover()
        return run_workflow(
            file, registry, Silent(), folder=self.run, hire=self._pool, **options
        )

    def go_on(self) -> Outcome:
        """Resume it."""
        self._pool.orders.clear()
        return resume(self.run, Registry.discover(), Silent(), self._pool)

    @property
    def sent(self) -> list[str]:
        """The tasks that were sent to a worker the last time."""
        return [order.id for _, order in self._pool.orders]

    def told(self, event: str) -> list[str | None]:
        """The tasks of all events of a kind."""
        return [one.task for one in self.events() if one.event == event]

    def events(self) -> Any:
        return read_events(self.run / "events.jsonl")

    def value(self, folder: str) -> int:
        """What a task wrote."""
        path = self.run / "steps" / folder / "report.json"
        return int(json.loads(path.read_text())["value"])


@pytest.fixture
def site(tmp_path, chores, pool) -> Site:
    made = Site(tmp_path, pool)
    made.steps = json.loads(json.dumps(SURVEY))
    return made


def test_every_task_runs_once_and_after_what_it_reads(site):
    outcome = site.go()
    assert (outcome.code, outcome.done, outcome.remains) == (ExitCode.DONE, 16, 0)
    assert max(Counter(site.sent).values()) == 1
    ended = site.told("ended")
    for event in site.events():
        if event.event == "planned":
            for before in event.facts["after"]:
                assert ended.index(before) < ended.index(event.task)
    values = [site.value(f"images/{k:03d}") for k in range(5)]
    assert site.value("stack") == sum(values)


def test_short_tasks_are_sent_several_at_a_time_and_each_runs_once(site, pool):
    site.steps = {"many": WORK | {"scatter": {"value": "0..119"}}}
    pool.together.clear()
    assert site.go().done == 120
    assert len(pool.together) < 120
    assert Counter(site.sent) == Counter(site.told("ended"))
    assert max(Counter(site.sent).values()) == 1


def test_what_is_done_is_not_done_again(site):
    site.go()
    outcome = site.go_on()
    assert (outcome.done, outcome.kept, site.sent) == (0, 16, [])
    assert outcome.code == ExitCode.DONE


def test_of_an_edited_workflow_only_what_changed_and_what_reads_it_is_run(site):
    site.go()
    site.steps["images"]["queues"] = ["x86"]  # says where, not what
    site.steps["shots"]["scatter"]["value"][2] = 7
    assert site.go().code == ExitCode.DONE
    again = ["shots[2]", "images[2]", "stack[1.1]", "stack[2.0]", "stack", "last"]
    assert site.sent == again
    site.steps["shots"]["scatter"]["value"][2] = 2
    site.go()
    assert site.sent == again  # the other results were written over


def test_a_step_that_is_added_is_run_alone(site):
    site.go()
    site.steps["more"] = WORK | {
        "inputs": {"after": "shots.report"},
        "scatter": "shots",
    }
    site.go()
    assert site.sent == [f"more[{k}]" for k in range(5)]


def test_a_removed_result_is_made_again_only_where_it_is_needed(site):
    site.go()
    for name in ("shots/001", "images/001"):
        (site.run / "steps" / name / "report.json").unlink()
    assert (site.go_on().done, site.sent) == (0, [])
    (site.run / "steps" / "stack" / "report.json").unlink()
    site.steps["last"]["parameters"] = {"value": 9}
    site.go()
    assert site.sent == ["stack", "last"]
    (site.run / "steps" / "stack" / "1.0" / "report.json").unlink()
    (site.run / "steps" / "stack" / "2.0" / "report.json").unlink()
    (site.run / "steps" / "stack" / "report.json").unlink()
    site.steps["last"]["parameters"] = {"value": 8}
    site.go()
    assert set(site.sent) == {
        "shots[1]", "images[1]", "stack[1.0]", "stack[2.0]", "stack", "last",
    }  # fmt: skip


def test_a_loop_goes_on_until_its_report_says_enough(site):
    site.steps = {
        "first": WORK,
        "loop": {
            "repeat": {
                "start": {"so_far": "first.report"},
                "steps": {
                    "update": {
                        "component": "chores.count",
                        "inputs": {"report": "previous.so_far"},
                        "parameters": {"target": 0},
                    }
                },
                "carry": {"so_far": "update.report"},
                "until": "update.report",
                "key": "enough",
                "most": 6,
            }
        },
        "last": WORK | {"inputs": {"after": "loop.so_far"}},
    }
    site.go()
    start = site.value("first")
    update = site.steps["loop"]["repeat"]["steps"]["update"]
    update["parameters"]["target"] = start + 3
    outcome = site.go()
    assert outcome.code == ExitCode.DONE
    names = [f"loop({k})/update" for k in (1, 2, 3)]
    assert site.sent == [*names, "last"]
    assert site.value("loop/003/update") == start + 3
    assert site.go_on().kept == 5
    update["parameters"]["target"] = start + 99
    assert site.go().done == 7  # six at most, and the last step
    turns = [one.facts for one in site.events() if one.event == "looped"]
    assert turns[-1] == {"loop": "loop", "iteration": 6, "enough": True}


def test_a_poisoned_task_does_not_stop_the_rest(site):
    trouble = {"trouble": "diverge", "times": 9}
    site.steps["bad"] = WORK | {"parameters": trouble}
    site.steps["after_bad"] = WORK | {"inputs": {"after": "bad.report"}}
    site.steps["flaky"] = WORK | {"parameters": {"trouble": "fail", "times": 2}}
    outcome = site.go()
    assert outcome.code == ExitCode.FAILED
    assert (outcome.done, outcome.remains) == (17, 2)
    (lost,) = outcome.lost
    assert (lost.task, lost.kind) == ("bad", "diverged")
    assert lost.log.read_text().count("the wavefield is not finite") == 1
    assert outcome.held == {"after_bad": "bad"}
    assert site.told("retried") == ["flaky", "flaky"]
    text = "\n".join(outcome.lines())
    assert "bad: diverged: the wavefield is not finite; see" in text
    assert "not run because of bad: after_bad" in text


def test_what_failed_for_good_is_tried_again_when_the_run_is_resumed(site):
    site.steps = {"bad": WORK | {"parameters": {"trouble": "fail", "times": 4}}}
    assert site.go().code == ExitCode.FAILED
    assert site.sent == ["bad"] * 3
    assert site.go_on().code == ExitCode.DONE
    assert site.sent == ["bad"] * 2
    assert [o.attempt for _, o in site._pool.orders] == [4, 5]


def test_a_task_out_of_memory_gets_more_of_it_and_then_more_ranks(site):
    site.steps = {
        "large": WORK
        | {"parameters": {"trouble": "memory", "times": 2}, "memory_gib": 1}
    }
    assert site.go().code == ExitCode.DONE
    assert [order.memory_gib for _, order in site._pool.orders] == [1.0, 2.0, 4.0]
    assert site.told("retried") == ["large", "large"]


def test_a_full_disk_stops_the_run_and_gives_nothing_up(site):
    site.steps["full"] = WORK | {"parameters": {"trouble": "full"}}
    outcome = site.go()
    assert "No space left on device" in (outcome.stopped or "")
    assert not outcome.lost
    assert site.go_on().code == ExitCode.DONE


def test_a_stop_is_heard_and_what_is_done_is_kept(site):
    for name in ("shots", "images"):
        site.steps[name]["parameters"] = {"seconds": 0.5}
    stopper = threading.Timer(1.0, lambda: (site.run / "stop").touch())
    stopper.start()
    outcome = site.go()
    assert outcome.code == ExitCode.INTERRUPTED
    assert outcome.stopped == "cancelled"
    assert 0 < outcome.done < 16
    assert outcome.done + site.go_on().done >= 16 - 2


def test_a_run_that_somebody_drives_is_left_alone(site):
    site.go()
    with (
        driving(site.run),
        pytest.raises(BadInput, match="is driven by process"),
    ):
        site.go_on()
    assert not cancel(site.run, lambda line: None)


def test_queues_of_the_command_line_are_kept_for_a_resume(site):
    site.go(queues={"last": ("x86",)})
    facts = json.loads((site.run / "run.json").read_text())
    assert facts["queues"] == {"last": ["x86"]}
    assert site.go_on().code == ExitCode.DONE


def test_nothing_is_made_where_something_is_wrong(site):
    site.steps["last"]["queues"] = ["nowhere"]
    with pytest.raises(BadInput, match="unknown queue 'nowhere'"):
        site.go()
    assert not site.run.exists()
