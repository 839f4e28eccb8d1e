"""Many small tasks, on the same workers: what it costs to run each.

2,000 trivial tasks (a number becomes a file) and 300 real small shots are run by
anticline (a workflow through Parsl), by plain Parsl with the same executor settings,
by Dask, and by processes that were given their share beforehand, which is what the
work itself takes. They take turns in rounds; ratios are made within a round.

Speed counts tasks between the first end and the last, so that starting workers is not
in it. The overhead of a task is the time of a worker that it takes beyond the work:

    overhead = (seconds of the contestant - seconds of the work alone) workers / tasks
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from statistics import median

import competitors
import machine
from records import Record
from rounds import Spread
from worker import Failure

NAMES = {"throughput_trivial": "trivial", "throughput_shots": "shots"}
COUNTS, QUICK_COUNTS = {"trivial": 2000, "shots": 300}, {"trivial": 60, "shots": 6}
ALONE, PEER = "work alone", "parsl"
SCRIPTS = {
    ALONE: "tasks_alone.py",
    PEER: "tasks_parsl.py",
    "anticline": "tasks_anticline.py",
    "dask": "tasks_dask.py",
}
HERE = Path(__file__).resolve().parent
VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "PYTHONPATH": str(HERE),
}
LONGEST_S = 1800.0
TAIL = 1500


def run(
    name: str,
    rounds: int,
    quick: bool,
    without: Collection[str],
    say: Callable[[str], None],
) -> list[Record]:
    """Run a kind of tasks; gives one record for each contestant."""
    kind = NAMES[name]
    count = (QUICK_COUNTS if quick else COUNTS)[kind]
    teams = [team for team in SCRIPTS if team not in without]
    turns: dict[str, list[Record]] = {team: [] for team in teams}
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared"
        prepare(prepared, kind, count)
        for turn in range(rounds):
            for team in teams if turn % 2 == 0 else reversed(teams):
                place = Path(folder) / f"{team.replace(' ', '-')}-{turn}"
                shutil.copytree(prepared, place)  # stays: ext4 is slow after a removal
                turns[team].append(measure(team, kind, count, place))
                say(f"{team}: {turns[team][-1]['seconds']:.2f} s")
    return [summary(name, team, turns) for team in teams]


def measure(team: str, kind: str, count: int, folder: Path) -> Record:
    """Let a contestant run all tasks once."""
    python = competitors.python(team if team == "dask" else "anticline")
    words = [SCRIPTS[team], kind, str(count), str(machine.cores()), str(folder)]
    done = subprocess.run(
        [str(python), str(HERE / "peers" / words[0]), *words[1:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
        env={**os.environ, **VARIABLES},
    )
    if done.returncode:
        msg = f"{team}: {done.stderr[-TAIL:]}"
        raise Failure(msg)
    record: Record = json.loads(done.stdout.splitlines()[-1])
    return record


def summary(name: str, team: str, turns: dict[str, list[Record]]) -> Record:
    """Record a contestant from its rounds."""
    mine, alone, peer = turns[team], turns[ALONE], turns[PEER]
    workers, tasks = machine.cores(), mine[0]["tasks"]
    pairs = zip(mine, alone, strict=True)
    extra = [(a["seconds"] - b["seconds"]) * workers / tasks for a, b in pairs]
    faster = [b["seconds"] / a["seconds"] for a, b in zip(mine, peer, strict=True)]
    return {
        "case": name,
        "team": team,
        "version": mine[0]["version"],
        "tasks": tasks,
        "workers": workers,
        "rounds": len(mine),
        "tasks_per_second": Spread.of([tasks / a["seconds"] for a in mine]).as_dict(),
        "ratio_to_parsl": Spread.of(faster).as_dict(),
        "overhead_s": Spread.of(extra).as_dict(),
        "starting_s": median(one["starting"] for one in mine),
        "peak_bytes": max(one["peak_bytes"] for one in mine),
    }


def prepare(folder: Path, kind: str, count: int) -> None:
    """Write what the tasks of a kind read."""
    for name in ("out", "cases"):
        (folder / name).mkdir(parents=True)
    if kind == "shots":
        _write_survey(folder, count)
        for number in range(count):
            case = {
                "component": "seismic.forward",
                "inputs": {"model": "../model.h5", "survey": "../survey.h5"},
                "outputs": {"gathers": f"../out/{number:06d}.h5"},
                "parameters": {"part": number, "parts": count},
            }
            (folder / "cases" / f"{number:06d}.json").write_text(json.dumps(case))


def _write_survey(folder: Path, shots: int) -> None:
    """Lay out as many shots over a small layered model."""
    import numpy as np

    from anticline_solvers.domain.grid import Grid
    from anticline_solvers.formats.model import write_model

    grid = Grid((151, 76), (10.0, 10.0), (0.0, 0.0))
    velocity = np.full(grid.shape, 2000.0, np.float32)
    velocity[:, 35:] = 2600.0
    write_model(folder / "model.h5", grid, {"vp": velocity}, None, {}, "made here")
    survey = {
        "component": "seismic.survey",
        "inputs": {"model": "model.h5"},
        "outputs": {"survey": "survey.h5"},
        "parameters": {
            "peak_frequency_hz": 12,
            "sample_interval_s": 0.004,
            "duration_s": 0.8,
            "source_first_m": 0,
            "source_last_m": 1500,
            "source_interval_m": 1500 / max(1, shots - 1) - 1e-9,
            "receiver_first_m": 0,
            "receiver_last_m": 1500,
            "receiver_interval_m": 50,
        },
    }
    case = folder / "survey.json"
    case.write_text(json.dumps(survey))
    rank = [str(competitors.python("anticline")), "-m", "anticline.rank"]
    subprocess.run([*rank, "seismic.survey", str(case)], check=True)
