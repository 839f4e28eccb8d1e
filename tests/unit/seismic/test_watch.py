"""When a checkpoint is written, and when a shot is left."""

from __future__ import annotations

import time

import pytest

from mpi4py import MPI

from anticline_solvers.seismic.shots.watch import Stopped, Watch


class Asked:
    """The surroundings of a run that is asked to stop at a certain question."""

    comm = MPI.COMM_SELF

    def __init__(self, stop_at: int = 10**9) -> None:
        self.left = stop_at

    def stop_requested(self) -> bool:
        self.left -= 1
        return self.left < 0


def look(watch: Watch, steps: int) -> int:
    """Look so many times, or until the watch stops; give the times."""
    for step in range(1, steps + 1):
        try:
            watch.look()
        except Stopped:
            return step
    pytest.fail("the watch did not stop")


def test_a_stop_is_written_and_obeyed_at_the_next_time_step():
    watch, written = Watch(Asked(stop_at=5), MPI.COMM_SELF), []
    with watch.saving(lambda: written.append(1)):
        assert look(watch, 100) == 7
    assert written == [1]


def test_a_checkpoint_is_written_once_an_interval():
    watch, written = Watch(Asked(), MPI.COMM_SELF, interval_s=0.05), []
    begun = time.monotonic()
    with watch.saving(lambda: written.append(time.monotonic() - begun)):
        while time.monotonic() - begun < 0.3:
            watch.look()
    gaps = [b - a for a, b in zip([0.0, *written], written, strict=False)]
    assert 1 <= len(written) <= 6
    assert min(gaps) >= 0.05


def test_without_an_interval_nothing_is_written_unasked():
    watch, written = Watch(Asked(), MPI.COMM_SELF), []
    with watch.saving(lambda: written.append(1)):
        for _ in range(1000):
            watch.look()
    assert not written


def test_the_inner_of_two_tasks_is_written():
    watch, written = Watch(Asked(stop_at=1), MPI.COMM_SELF), []
    with watch.saving(lambda: written.append("outer")):
        with watch.saving(lambda: written.append("inner")):
            look(watch, 5)
        assert watch.asked()
    assert written == ["inner"]
