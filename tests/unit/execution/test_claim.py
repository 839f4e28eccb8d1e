from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from anticline.execution.node.attempt import attempt
from anticline.execution.node.claim import (
    is_withdrawn,
    read_order,
    running,
    sole,
    withdraw,
)
from anticline.execution.node.order import Kind, Order
from chores_to_do import order, report

FACTS: dict[str, Any] = {"host": "here"}


@pytest.fixture
def made(tmp_path, chores) -> Order:
    return order(tmp_path, "a", value=3)


def test_a_second_attempt_waits_until_the_first_is_over_and_takes_its_result(made):
    answers = []
    with sole(made, FACTS, lambda: False):
        second = threading.Thread(target=lambda: answers.append(attempt(made)))
        second.start()
        time.sleep(0.3)
        assert not answers
    second.join()
    assert answers[0].kind == Kind.DONE
    before = made.ended.stat().st_mtime_ns
    third = attempt(replace(made, attempt=2))
    assert third.attempt == 1  # what the first one said
    assert made.ended.stat().st_mtime_ns == before


def test_a_result_of_another_key_is_not_taken(made):
    attempt(made)
    other = replace(made, key="another", attempt=2)
    made.place.joinpath("report.json").unlink()
    assert attempt(other).attempt == 2
    assert report(made)


def test_who_gives_up_waiting_gets_nothing(made):
    asked = iter([False, False, True])
    with (
        sole(made, FACTS, lambda: False),
        sole(made, FACTS, lambda: next(asked)) as claim,
    ):
        assert claim is None


def test_an_attempt_that_runs_says_so(made):
    assert running(made.place) is None
    with sole(made, FACTS, lambda: False):
        said = {"attempt": 1, "key": made.key, "host": "here"}
        assert running(made.place) == said


def test_an_order_is_withdrawn_only_while_nobody_works_on_it(made):
    with sole(made, FACTS, lambda: False):
        assert not withdraw(made)
    assert not is_withdrawn(made)
    assert withdraw(made)
    assert is_withdrawn(made)
    assert read_order(made.place) == replace(made, attempt=2)
    late = attempt(made)
    assert (late.kind, late.reason) == (Kind.LOST, "it was ordered anew")
    assert not made.ended.exists()
    assert attempt(replace(made, attempt=2)).kind == Kind.DONE


def test_an_order_that_cannot_be_read_is_none(made):
    (made.place / "order.json").write_text(json.dumps({"run": 3}))
    assert read_order(made.place) is None
    (made.place / "order.json").write_text("{")
    assert read_order(made.place) is None
