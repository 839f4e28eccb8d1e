"""A migration that is killed, or asked to stop, goes on where it was."""

from __future__ import annotations

import signal

import pytest

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.image import read_image
from killing import DONE, INTERRUPTED, Line, end, wait_until

GRID = Grid((161, 81), (10.0, 10.0), (0.0, 0.0))
SHOTS = 8
PARAMETERS = {
    "survey": {
        "peak_frequency_hz": 12,
        "sample_interval_s": 0.004,
        "duration_s": 1.6,
        "source_first_m": 100,
        "source_last_m": 1500,
        "source_interval_m": 200,
        "receiver_first_m": 0,
        "receiver_last_m": 1600,
        "receiver_interval_m": 20,
    },
    "forward": {},
    "rtm": {"ranks_per_shot": 1, "memory_budget": 1.5e6, "storage": "checkpoints"},
}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    made = Line(tmp_path_factory.mktemp("killed"), PARAMETERS)
    made.write_model(GRID)
    for name in ("survey", "forward", "rtm"):
        made.write_case(name)
        made.finish(name)
    (made.folder / "image.h5").rename(made.folder / "whole.h5")
    return made


def stop_after_two_shots(line: Line, ranks: int, number: signal.Signals) -> int:
    """Start the migration, send a signal once two shots are there; the exit code."""
    with line.start("rtm", ranks) as run:
        wait_until(lambda: len(line.stamps("image.h5")) >= 2, run)
        return end(run, number)


@pytest.mark.parametrize(
    ("ranks", "number"),
    [
        (2, signal.SIGKILL),
        pytest.param(1, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(1, signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param(1, signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(2, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(2, signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_no_finished_shot_is_lost_or_made_again(line, ranks, number):
    (line.folder / "image.h5").unlink(missing_ok=True)
    code = stop_after_two_shots(line, ranks, number)
    kept = line.stamps("image.h5")
    assert code != DONE
    assert not (line.folder / "image.h5").exists()
    assert 2 <= len(kept) < SHOTS
    if ranks == 1 and number != signal.SIGKILL:
        assert code == INTERRUPTED
    told = line.finish("rtm", 3 - ranks)
    assert f"{SHOTS - len(kept)} of {SHOTS} shots to do" in told
    image, whole = (
        read_image(line.folder / name).tobytes() for name in ("image.h5", "whole.h5")
    )
    assert image == whole
