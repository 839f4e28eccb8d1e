"""A shot that is killed at any moment goes on, and the result is the same bits."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import preloaded
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import read_shot
from anticline_solvers.formats.image import read_image
from killing import DONE, INTERRUPTED, Line, end, wait_until

GRID = Grid((201, 121), (10.0, 10.0), (0.0, 0.0))
PARAMETERS = {
    "survey": {
        "peak_frequency_hz": 10,
        "sample_interval_s": 0.004,
        "duration_s": 2.4,
        "source_first_m": 500,
        "source_last_m": 1500,
        "source_interval_m": 1000,
        "receiver_first_m": 0,
        "receiver_last_m": 2000,
        "receiver_interval_m": 40,
    },
    "rtm": {"storage": "memory"},
}
OFTEN_S = 0.05


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    made = Line(tmp_path_factory.mktemp("killed"), PARAMETERS)
    made.write_model(GRID)
    for name in ("survey", "forward", "rtm"):
        made.write_case(name)
        made.finish(name)
    (made.folder / "image.h5").rename(made.folder / "whole.h5")
    (made.folder / "g.h5").rename(made.folder / "whole_g.h5")
    (made.folder / "g.h5").hardlink_to(made.folder / "whole_g.h5")
    return made


def image(path: Path) -> bytes:
    return read_image(path).tobytes()


def same_image(line: Line) -> bool:
    """Compare the image with the uninterrupted one, and remove it."""
    same = image(line.folder / "image.h5") == image(line.folder / "whole.h5")
    (line.folder / "image.h5").unlink()
    return same


def has_begun(line: Line, half: str) -> bool:
    """Tell whether a checkpoint of a half is there."""
    receivers = b"receiver" if half == "backward" else b"source"
    for path in line.checkpoints("image.h5"):
        try:
            content = path.read_bytes()
        except OSError:  # it was pruned
            continue
        if receivers in content:
            return True
    return False


@pytest.mark.parametrize(
    ("half", "ranks", "number"),
    [
        ("forward", 2, signal.SIGKILL),
        ("backward", 1, signal.SIGTERM),
        pytest.param("forward", 1, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("forward", 1, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("forward", 2, signal.SIGUSR1, marks=pytest.mark.slow),
        pytest.param("backward", 1, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("backward", 2, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("backward", 2, signal.SIGUSR1, marks=pytest.mark.slow),
        pytest.param("backward", 1, signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_a_shot_goes_on_on_another_number_of_ranks(line, half, ranks, number):
    line.write_case("rtm", checkpoint_interval_s=OFTEN_S, ranks_per_shot=ranks)
    with line.start("rtm", ranks) as run:
        wait_until(lambda: has_begun(line, half), run)
        code = end(run, number)
    assert code == (-9 if number == signal.SIGKILL else INTERRUPTED)
    other = 3 - ranks
    line.write_case("rtm", ranks_per_shot=other)
    told = line.finish("rtm", other)
    assert re.search(r"shot \d goes on in the (forward|backward) half", told)
    assert same_image(line)


@pytest.mark.slow
@pytest.mark.parametrize("grace_s", [8])
def test_a_grace_time_lets_mpirun_be_ended_by_sigterm(line, grace_s):
    for_minutes = {"time_step_s": 1e-5, "checkpoint_interval_s": 0.0}
    line.write_case("rtm", ranks_per_shot=2, **for_minutes)
    with line.start("rtm", 2, grace_s=grace_s) as run:
        assert run.stderr is not None
        while "shots to do" not in run.stderr.readline():
            assert run.poll() is None
        time.sleep(3.0)  # both ranks step by now
        assert not line.checkpoints("image.h5")
        assert end(run, signal.SIGTERM) != DONE
    assert len(line.checkpoints("image.h5")) == 1
    line.write_case("rtm", **for_minutes)
    with line.start("rtm", 1) as run:
        assert run.stderr is not None
        while "goes on in the forward half" not in run.stderr.readline():
            assert run.poll() is None
        end(run, signal.SIGKILL)
    shutil.rmtree(line.folder / "image.h5.work")


def test_a_gather_goes_on(line):
    (line.folder / "g.h5").unlink()
    line.write_case("forward", checkpoint_interval_s=OFTEN_S)
    with line.start("forward", 1) as run:
        wait_until(lambda: line.checkpoints("g.h5"), run)
        end(run, signal.SIGKILL)
    line.write_case("forward", ranks_per_shot=2)
    told = line.finish("forward", 2)
    assert "goes on at time step" in told
    for shot in (1, 2):
        found, whole = (
            read_shot(line.folder / n, shot) for n in ("g.h5", "whole_g.h5")
        )
        assert found.tobytes() == whole.tobytes()
    (line.folder / "g.h5").unlink()
    (line.folder / "g.h5").hardlink_to(line.folder / "whole_g.h5")


def killed_at(
    line: Line, ranks: int, moment_s: float, number: signal.Signals
) -> tuple[int, bool, str]:
    """Run, and send a signal so long after the start.

    Returns the exit code (negative: a signal's number), whether the run was under
    way at that moment, and what it said. One rank starts at once, from a process
    that has loaded everything; several are started by `mpirun`.
    """
    until = time.monotonic() + moment_s
    if ranks == 1:
        said = line.folder / "said.txt"
        child = preloaded.start("seismic.rtm", line.folder / "rtm.yaml", said)
        child.join(moment_s)
        under_way = child.is_alive()
        if under_way:
            assert child.pid is not None
            os.kill(child.pid, number)
        child.join(120)
        assert child.exitcode is not None
        return child.exitcode, under_way, said.read_text() if said.exists() else ""
    with line.start("rtm", ranks) as run:
        while time.monotonic() < until and run.poll() is None:
            time.sleep(0.01)
        under_way = run.poll() is None
        code = end(run, number) if under_way else run.returncode
        assert run.stderr is not None
        return code, under_way, run.stderr.read()


@dataclass
class Tally:
    """What happened while runs were killed."""

    kills: int = 0
    images: int = 0
    went_on: int = 0
    checkpoints: int = 0

    def count(self, told: str) -> None:
        self.went_on += len(re.findall("goes on in the", told))
        self.checkpoints += len(re.findall(": checkpoint in the", told))


def kill_at_random(line: Line, kills: int, seed: int, whole_s: float) -> Tally:
    """Kill runs at random moments until so many were.

    whole_s : about the time of an uninterrupted run on one rank, preloaded.

    Ranks, ranks a shot and the signal change from run to run. Asserts that no
    finished shot is lost or made again, and that no image is different.
    """
    rng, tally = random.Random(seed), Tally()
    kept: dict[str, int] = {}
    while tally.kills < kills:
        ranks = 2 if rng.random() < 0.1 else 1
        shared = rng.choice((1, ranks))
        line.write_case("rtm", checkpoint_interval_s=0.15, ranks_per_shot=shared)
        number = rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGUSR1))
        longest = whole_s if ranks == 1 else whole_s + 8.0
        code, under_way, told = killed_at(line, ranks, rng.uniform(0, longest), number)
        tally.count(told)
        if code == DONE:
            assert same_image(line), f"after {tally.kills} kills, seed {seed}"
            tally.images, kept = tally.images + 1, {}
            continue
        assert under_way, told
        expected = (-9, 137)
        if number != signal.SIGKILL:  # it kills too before the handler is there
            expected = (INTERRUPTED, -10, 138)
        assert code in expected, told
        tally.kills += 1
        if (line.folder / "image.h5").exists():  # killed while shots were removed
            assert same_image(line), f"after {tally.kills} kills, seed {seed}"
            tally.images, kept = tally.images + 1, {}
            continue
        now = line.stamps("image.h5")
        assert kept.items() <= now.items(), f"after {tally.kills} kills, seed {seed}"
        kept = now
    return tally


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(5, 1), *(pytest.param(25, s, marks=pytest.mark.slow) for s in range(2, 10))],
)
def test_kills_at_random_moments_lose_nothing_and_change_nothing(line, kills, seed):
    line.write_case("rtm")
    case, said = line.folder / "rtm.yaml", line.folder / "said.txt"
    preloaded.start("seismic.rtm", case, said).join()  # loads everything
    assert same_image(line)
    begun = time.monotonic()
    preloaded.start("seismic.rtm", case, said).join()
    whole_s = time.monotonic() - begun
    assert same_image(line)
    tally = kill_at_random(line, kills, seed, whole_s)
    line.write_case("rtm")
    tally.count(line.finish("rtm"))
    assert same_image(line)
    print(f"seed {seed}: {tally}, a whole run takes {whole_s:.1f} s")
    assert kills < 10 or tally.went_on > 0
