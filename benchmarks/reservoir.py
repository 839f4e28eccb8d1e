"""Reservoirs simulated by anticline and by OPM Flow, in turn, on 1 and 2 ranks.

Both read the same deck and write no states. What is compared is each one's own clock
around its simulation: reading the deck and starting a process are in neither. anticline
has simulated a small reservoir before in the same process, as a worker of a workflow
has; Flow needs no compiling. Flow has its own settings, as installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import competitors
import machine
from cases import reservoir_box, reservoir_spe1, reservoir_spe9
from records import Record
from reservoir_case import PEER, SIMULATORS, ReservoirCase, Simulator
from rounds import Spread
from worker import Failure

CASES: dict[str, ReservoirCase] = {
    one.CASE.name: one.CASE for one in (reservoir_spe1, reservoir_spe9, reservoir_box)
}
HERE = Path(__file__).resolve().parent
LONGEST_S = 1800.0
TAIL = 1500
FIGURES = {
    "seconds": r"Total time \(seconds\):\s*([0-9.]+)",
    "newton": r"Overall Newton Iterations:\s*(\d+)",
    "linear": r"Overall Linear Iterations:\s*(\d+)",
}


def run(
    name: str,
    rounds: int,
    quick: bool,
    without: Collection[str],
    say: Callable[[str], None],
) -> list[Record]:
    """Run a reservoir; gives one record for each simulator."""
    case = CASES[name]
    teams = [one for one in SIMULATORS if one.program not in without]
    if shutil.which("flow") is None:
        say("flow is left out: no such program (Debian's libopm-simulators-bin)")
        teams = [one for one in teams if one.program != "flow"]
    turns: dict[str, list[Record]] = {team.name: [] for team in teams}
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        try:
            deck = case.deck(folder, quick)
        except Failure as reason:
            say(f"{name} is left out: {reason}")
            return []
        for turn in range(rounds):
            for team in teams if turn % 2 == 0 else reversed(teams):
                found = measure(team, deck, folder)
                turns[team.name].append(found)
                say(f"{team.name}: {found['seconds']:.2f} s, {found['newton']} Newton")
    return [summary(case, team, turns) for team in teams]


def measure(team: Simulator, deck: Path, folder: Path) -> Record:
    """Let a simulator run the deck once."""
    return (anticline if team.program == "anticline" else flow)(team, deck, folder)


def anticline(team: Simulator, deck: Path, folder: Path) -> Record:
    """Run ours, warm."""
    words = [
        str(competitors.python("anticline")),
        str(HERE / "peers" / "reservoir_anticline.py"),
    ]
    told = ran(team, [*words, str(deck), str(reservoir_spe1.SHIPPED)], folder)
    record: Record = json.loads(told.splitlines()[-1])
    return record


def flow(team: Simulator, deck: Path, folder: Path) -> Record:
    """Run Flow, and read its figures from what it prints."""
    words = ["flow", str(deck), f"--output-dir={folder / 'flow'}"]
    words += ["--enable-ecl-output=false", "--threads-per-process=1"]
    told = ran(team, words, folder)
    found = {name: re.search(text, told) for name, text in FIGURES.items()}
    if not all(found.values()):
        msg = f"flow tells no figures: {told[-TAIL:]}"
        raise Failure(msg)
    record: Record = {
        name: float(match[1]) for name, match in found.items() if match is not None
    }
    steps = len(re.findall(r"^ Newton its=", told, re.MULTILINE))
    version = subprocess.run(
        ["flow", "--version"], capture_output=True, text=True, check=False
    ).stdout.split()
    whole = {name: int(record[name]) for name in ("newton", "linear")}
    return record | whole | {"time_steps": steps, "version": version[-1]}


def ran(team: Simulator, words: list[str], folder: Path) -> str:
    """Run a command on a team's ranks; what it prints."""
    launcher = machine.launcher(team.ranks) if team.ranks > 1 else ()
    done = subprocess.run(
        [*launcher, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
    )
    if done.returncode:
        msg = f"{team.name}: {done.stdout[-TAIL:]} {done.stderr[-TAIL:]}"
        raise Failure(msg)
    return done.stdout


def summary(
    case: ReservoirCase, team: Simulator, turns: dict[str, list[Record]]
) -> Record:
    """Record a simulator from its rounds."""
    mine, peer = turns[team.name], turns.get(PEER.name)
    faster = None
    if peer:
        pairs = zip(mine, peer, strict=True)
        faster = Spread.of([a["seconds"] / b["seconds"] for a, b in pairs]).as_dict()
    return {
        "case": case.name,
        "team": team.name,
        "version": mine[0]["version"],
        "ranks": team.ranks,
        "rounds": len(mine),
        "seconds": Spread.of([one["seconds"] for one in mine]).as_dict(),
        "time_over_flow": faster,
        **{name: mine[-1][name] for name in ("time_steps", "newton", "linear")},
    }
