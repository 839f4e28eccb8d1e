"""What blocks are sent: never more than they can run, in the order of coming."""

from __future__ import annotations

import pickle
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("parsl")

from sortedcontainers import SortedList

from anticline.execution.blocks.interchange import WEIGHT, WeighingInterchange


class Wire:
    """The socket to the blocks; keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, int]] = []

    def send(self, message: bytes) -> None:
        self.sent.append((b"lost", pickle.loads(message)["task_id"]))

    def send_multipart(self, parts: list[bytes]) -> None:
        block, message = parts
        self.sent += [(block, task["task_id"]) for task in pickle.loads(message)]


def interchange(workers: dict[bytes, int]) -> Any:
    """An interchange whose blocks are connected, without any network."""
    made: Any = WeighingInterchange.__new__(WeighingInterchange)
    made._weights, made.count, made.manager_sock = {}, 0, Wire()
    made.results_outgoing, made.heartbeat_threshold = Wire(), 90
    made.pending_task_queue = SortedList(key=lambda entry: entry[:2])
    made._ready_managers = {
        name: {
            "worker_count": count,
            "tasks": [],
            "active": True,
            "draining": False,
            "idle_since": 0.0,
            "last_heartbeat": time.time(),
            "hostname": "here",
        }
        for name, count in workers.items()
    }
    return made


def queue(made: Any, weights: list[int]) -> None:
    for number, weight in enumerate(weights, start=1):
        message = {"task_id": number, "context": {WEIGHT: weight}, "buffer": b""}
        made.pending_task_queue.add((-float("inf"), -number, message))


@settings(max_examples=50)
@given(
    workers=st.lists(st.integers(1, 8), min_size=1, max_size=3),
    weights=st.lists(st.integers(1, 10), min_size=1, max_size=12),
    chance=st.randoms(),
)
def test_all_tasks_are_sent_in_order_and_no_block_more_than_it_can_run(
    workers: list[int], weights: list[int], chance: random.Random
) -> None:
    made = interchange({b"%d" % n: count for n, count in enumerate(workers)})
    queue(made, weights)
    interesting = set(made._ready_managers)
    while made.pending_task_queue:
        made.process_tasks_to_send(interesting, None)
        for manager in made._ready_managers.values():
            load = [weights[number - 1] for number in manager["tasks"]]
            assert sum(load) <= manager["worker_count"] or len(load) == 1
        busy = [n for n, one in made._ready_managers.items() if one["tasks"]]
        assert busy  # on blocks with nothing to do, the next task is sent
        block = chance.choice(busy)
        made._ready_managers[block]["tasks"].pop()
        interesting.add(block)
    assert [number for _, number in made.manager_sock.sent] == list(
        range(1, len(weights) + 1)
    )


def test_a_block_that_is_held_is_sent_nothing() -> None:
    made = interchange({b"a": 4, b"b": 4})
    made._ready_managers[b"a"]["active"] = False
    queue(made, [1, 1, 1])
    made.process_tasks_to_send({b"a", b"b"}, None)
    assert {block for block, _ in made.manager_sock.sent} == {b"b"}


@pytest.mark.parametrize(
    ("held", "silent_s", "lost"),
    [(True, 30, True), (True, 15, False), (False, 30, False), (False, 100, True)],
)
def test_tasks_of_a_silent_block_come_back_and_sooner_where_it_is_held(
    held: bool, silent_s: float, lost: bool
) -> None:
    made = interchange({b"a": 1, b"b": 1})
    queue(made, [1])
    made.process_tasks_to_send({b"a"}, None)
    made._ready_managers[b"a"]["active"] = not held
    made._ready_managers[b"a"]["last_heartbeat"] -= silent_s
    made._send_monitoring_info = lambda *unused: None
    made.expire_bad_managers({b"a", b"b"}, None)
    assert made.results_outgoing.sent == ([(b"lost", 1)] if lost else [])
    assert set(made._ready_managers) == ({b"b"} if lost else {b"a", b"b"})


def test_the_fullest_block_with_room_is_filled_first() -> None:
    """So that others fall idle, and are given back."""
    made = interchange({b"a": 4, b"b": 4})
    queue(made, [3, 2, 1])
    made.process_tasks_to_send({b"a", b"b"}, None)
    assert made.manager_sock.sent == [(b"a", 1), (b"b", 2), (b"a", 3)]
