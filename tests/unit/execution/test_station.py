"""Workers are hired beside the driver, which never waits for them."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from anticline.execution.blocks.station import Station

WITHIN_S = 10.0


class Executor:
    """What a station sees of an executor; answers each message with itself."""

    def __init__(self) -> None:
        self.bad_state_is_set = False
        self.sent: list[bytes] = []
        self.grown, self.stopped = threading.Event(), False

    def send(self, message: bytes, weight: int) -> Future[Any]:
        self.sent.append(message)
        future: Future[Any] = Future()
        future.set_result(message)
        return future

    def grow(self) -> None:
        self.grown.set()

    def stop_growing(self) -> None:
        self.stopped = True


class Maker:
    """Makes executors once it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.made: list[Executor] = []
        self.error: Exception | None = None

    def __call__(self, before: int) -> Any:
        assert before == len(self.made)
        self.go.wait(WITHIN_S)
        if self.error is not None:
            raise self.error
        self.made.append(Executor())
        return self.made[-1]


@pytest.fixture
def maker() -> Maker:
    return Maker()


def test_nobody_waits_for_an_executor_and_messages_keep_their_order(maker):
    station = Station(maker)
    futures = [station.send(b"%d" % n, 1) for n in range(3)]
    assert not any(future.done() for future in futures)
    maker.go.set()
    assert [future.result(WITHIN_S) for future in futures] == [b"0", b"1", b"2"]
    station.settle()
    assert station.send(b"3", 1).done()
    assert maker.made[0].sent == [b"0", b"1", b"2", b"3"]
    assert maker.made[0].grown.is_set()


def test_a_broken_executor_is_replaced(maker):
    station = Station(maker)
    maker.go.set()
    station.send(b"a", 1).result(WITHIN_S)
    station.settle()
    maker.made[0].bad_state_is_set = True
    assert station.send(b"b", 1).result(WITHIN_S) == b"b"
    assert [one.sent for one in maker.made] == [[b"a"], [b"b"]]


def test_what_cannot_be_made_is_told_and_tried_again(maker):
    station = Station(maker)
    maker.error = RuntimeError("no interchange")
    maker.go.set()
    assert station.send(b"a", 1).exception(WITHIN_S) is maker.error
    station.settle()
    maker.error = None
    assert station.send(b"b", 1).result(WITHIN_S) == b"b"


def test_an_executor_that_comes_after_the_stop_does_not_grow(maker):
    station = Station(maker)
    station.send(b"a", 1)
    station.stop_growing()
    maker.go.set()
    station.settle()
    assert maker.made[0].stopped
