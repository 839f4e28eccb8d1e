"""Signals ask a run to stop; only an impatient Ctrl-C stops at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from anticline.component.stop import SIGNALS, StopFlag


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_each_signal_sets_the_flag(number: signal.Signals) -> None:
    flag = StopFlag()
    flag.install()
    assert not flag
    signal.raise_signal(number)
    assert flag
    assert flag.received is number


def test_a_repeated_sigterm_changes_nothing_and_a_second_ctrl_c_stops() -> None:
    flag = StopFlag()
    flag.install()
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
