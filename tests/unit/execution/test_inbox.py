from __future__ import annotations

import signal
import threading
import time

from anticline.execution.driver.inbox import Inbox, Moment, Stop
from anticline.execution.driver.run import heard

ONE, TWO = Stop("one"), Stop("two")


def test_all_messages_that_have_come_are_given_at_once_in_their_order():
    inbox = Inbox()
    inbox.put(ONE)
    inbox.put(TWO)
    assert inbox.wait() == [ONE, TWO]


def test_a_message_from_another_thread_wakes_who_waits():
    inbox = Inbox()
    threading.Timer(0.1, inbox.put, (ONE,)).start()
    assert inbox.wait() == [ONE]


def test_what_is_put_for_later_comes_in_its_time_and_order():
    now = [0.0]
    inbox = Inbox(clock=lambda: now[0])
    inbox.put_later(TWO, 20.0)
    inbox.put_later(ONE, 10.0)
    inbox.put(Moment.TICK)
    assert inbox.wait() == [Moment.TICK]
    now[0] = 10.0
    assert inbox.wait() == [ONE]
    now[0] = 30.0
    assert inbox.wait() == [TWO]


def test_who_waits_for_a_moment_sleeps_until_then():
    inbox = Inbox()
    inbox.put_later(ONE, 0.2)
    begun = time.monotonic()
    assert inbox.wait() == [ONE]
    assert 0.19 < time.monotonic() - begun < 5.0


def test_a_signal_becomes_a_message_and_its_handler_is_given_back():
    inbox = Inbox()
    before = signal.getsignal(signal.SIGTERM)
    with heard(inbox):
        signal.raise_signal(signal.SIGTERM)
        assert inbox.wait() == [Stop("SIGTERM")]
    assert signal.getsignal(signal.SIGTERM) == before
