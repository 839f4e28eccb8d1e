"""The gradient of one 2-D shot: time, memory and agreement, ours and Deepwave's.

Each way is a process of its own, so that its largest memory is seen; it loads and
compiles on a small shot first, and the ways take turns. Speed is, within a round, that
of a whole gradient over Deepwave's with terms every 8 time steps, by the processor time
of one thread, as a worker on each core has it.
Gradients differ by a relative L2, in the interior, from Deepwave's with a term every
time step.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import competitors
import numpy as np
from gradient_problem import ShotProblem
from records import Record
from rounds import Spread
from worker import Failure

NAME, DEEPWAVE, ANTICLINE = "gradient_shot", "deepwave", "anticline"
PEER_EVERY, BAND = 8, 0
"""Time steps between terms; `BAND` is as few terms as the wavelet's band allows."""

EDGE = 8
"""Cells left out along each side where gradients are compared."""

PEERS = Path(__file__).resolve().parent / "peers"
TAIL = 1500


@dataclass(frozen=True)
class Way:
    """Who takes the gradient, and how.

    every : time steps between terms. policy, share : of the storage, ours alone.
    """

    competitor: str
    every: int
    policy: str = "memory"
    share: float = 9.0

    @property
    def name(self) -> str:
        """Name it in a table."""
        kept = ""
        if self.competitor == ANTICLINE:
            kept = f", {self.policy}"
            kept += "" if self.share > 1 else f" at {self.share:g} of the memory"
        return f"{self.competitor}{kept}"

    def command(self, shot: Path, out: Path) -> list[str]:
        """Give its command line."""
        python = competitors.python(self.competitor)
        script = PEERS / f"gradient_{self.competitor}.py"
        more = (self.policy, str(self.share)) if self.competitor == ANTICLINE else ()
        return [str(python), str(script), str(shot), str(out), str(self.every), *more]


PEER, REFERENCE = Way(DEEPWAVE, PEER_EVERY), Way(DEEPWAVE, 1)
OURS = Way(ANTICLINE, PEER_EVERY)
WAYS = (
    PEER,
    REFERENCE,
    OURS,
    replace(OURS, policy="auto", share=0.1),
    replace(OURS, every=BAND),
    replace(OURS, every=BAND, policy="auto", share=0.1),
)
QUICK_SHARE = 0.9
"""Where shots are so small that a tenth of their snapshots holds no state."""


def ways_of(quick: bool, without: Collection[str], every: int) -> list[Way]:
    """List who takes part; every : what stands for `BAND`."""
    ways = [way for way in WAYS if way.competitor not in without]
    least = QUICK_SHARE if quick else 0.0
    return [
        replace(way, every=way.every or every, share=max(least, way.share))
        for way in ways
    ]


def prepare(path: Path, size: str) -> ShotProblem:
    """Write the shot, of a size of `gradient_model`."""
    program = Path(__file__).resolve().parent / "gradient_model.py"
    called([sys.executable, str(program), str(path), size], path.parent)
    return ShotProblem.read(path)


def called(command: list[str], folder: Path) -> str:
    """Run a program with one thread; give what it printed."""
    names = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={
            **os.environ,
            **dict.fromkeys(names, "1"),
            "PYTHONPATH": str(PEERS.parent),
        },
    )
    if done.returncode:
        msg = f"{NAME}: {' '.join(command)}: {done.stderr[-TAIL:]}"
        raise Failure(msg)
    return done.stdout


def measure(way: Way, shot: Path) -> Record:
    """Take the gradient once."""
    told = called(way.command(shot, result_of(shot, way)), shot.parent)
    record: Record = json.loads(told.splitlines()[-1])
    return record


def run(
    rounds: int, quick: bool, without: Collection[str], say: Callable[[str], None]
) -> list[Record]:
    """One record for each way, rounds of all of them in turn; says each time."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "shot.npz"
        shot = prepare(path, "quick" if quick else "full")
        ways = ways_of(quick, without, shot.longest_interval)
        turns: dict[Way, list[Record]] = {way: [] for way in ways}
        for turn in range(rounds):
            for way in ways if turn % 2 == 0 else reversed(ways):
                done = measure(way, path)
                turns[way].append(done)
                say(f"{way.name}, every {way.every}: {done['seconds']:.2f} s")
        return [summary(path, shot, way, turns) for way in ways]


def result_of(shot: Path, way: Way) -> Path:
    """Name the file of a way's traces and gradient."""
    label = f"{way.competitor}-{way.every}-{way.policy}-{way.share:g}"
    return shot.with_name(f"{label}.npz")


def difference(shot: Path, way: Way, other: Way) -> dict[str, float]:
    """Relative L2 differences of a way's traces and gradient from another's."""
    inside = (slice(EDGE, -EDGE),) * 2
    found = {}
    with np.load(result_of(shot, way)) as mine, np.load(result_of(shot, other)) as its:
        for name, cut in (("gather", ...), ("gradient", inside)):
            a, b = (np.asarray(one[name], np.float64)[cut] for one in (mine, its))
            found[f"{name}_difference"] = float(np.linalg.norm(a - b))
            found[f"{name}_difference"] /= float(np.linalg.norm(b))
    return found


def summary(
    path: Path, shot: ShotProblem, way: Way, turns: dict[Way, list[Record]]
) -> Record:
    """Record a way from its rounds."""
    mine, first = turns[way], turns[way][0]
    peers = turns.get(PEER)
    differs: Record = {"gather_difference": None, "gradient_difference": None}
    if REFERENCE in turns:
        differs = difference(path, way, REFERENCE)
    over_forward = [one["seconds"] / one["forward_seconds"] for one in mine]
    return {
        "case": NAME,
        "team": way.name,
        "competitor": way.competitor,
        "version": first["version"],
        "every": way.every,
        "chosen": first["chosen"],
        "shape": shot.velocity.shape,
        "steps": shot.steps,
        "receivers": len(shot.receivers),
        "rounds": len(mine),
        "speed_over_peer": over(mine, peers, "seconds"),
        "forward_speed_over_peer": over(mine, peers, "forward_seconds"),
        "time_over_forward": Spread.of(over_forward).as_dict(),
        "seconds": median(one["seconds"] for one in mine),
        "peak_grown_bytes": max(one["peak"] - one["peak_before"] for one in mine),
        **differs,
    }


def over(
    mine: list[Record], peers: list[Record] | None, key: str
) -> dict[str, float] | None:
    """Give the peer's time over a way's; None where the peer takes no part."""
    if peers is None:
        return None
    pairs = zip(mine, peers, strict=True)
    return Spread.of([its[key] / one[key] for one, its in pairs]).as_dict()
