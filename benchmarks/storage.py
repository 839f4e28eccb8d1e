"""Ways of keeping the source wavefield of a migrated shot: time, memory, image.

Each way is a process of its own, so that its largest memory is seen; it compiles on a
small shot first, and the ways take turns. Times are ratios, within a round, to all
snapshots in memory; images differ from that way's by a relative L2.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import machine
import numpy as np
from records import Record
from rounds import Spread
from worker import Failure

NAME = "storage"
NAMES = {"storage_2d": 2, "storage_3d": 3}
PROGRAM = Path(__file__).resolve().parent / "storage_shot.py"
TAIL = 1500


@dataclass(frozen=True)
class Way:
    """A policy with its tolerance of the image and its share of memory."""

    policy: str
    tolerance: float
    share: float

    @property
    def name(self) -> str:
        """Name it in a table."""
        budget = "" if self.share > 1 else f", {self.share:g} of the memory"
        exact = ", tolerance 0" if not self.tolerance else ""
        return f"{self.policy}{budget}{exact}"


QUICK_SHARE = 0.9
"""Where shots are so small that a tenth of their snapshots holds no state."""

MEMORY = Way("memory", 1e-3, 9.0)
WAYS = (
    MEMORY,
    Way("auto", 1e-3, 0.1),
    Way("compressed", 1e-3, 9.0),
    Way("compressed", 1e-2, 9.0),
    Way("disk", 1e-3, 9.0),
    Way("boundaries", 1e-3, 9.0),
    Way("boundaries", 0.0, 9.0),
    Way("checkpoints", 0.0, 0.2),
)


def in_quick(way: Way) -> Way:
    """Give a way that a small shot can go."""
    return way if way.share > 1 else replace(way, share=QUICK_SHARE)


def measure(folder: Path, ndim: int, way: Way, quick: bool) -> Record:
    """Migrate the shot in one way."""
    told = [str(folder), str(ndim), way.policy, str(way.tolerance), str(way.share)]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *told, "quick" if quick else "full"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=dict(os.environ),
    )
    if done.returncode:
        msg = f"storage {way.name}: {done.stderr[-TAIL:]}"
        raise Failure(msg)
    record: Record = json.loads(done.stdout.splitlines()[-1])
    return record


def run(
    ndim: int, rounds: int, quick: bool, say: Callable[[str], None]
) -> list[Record]:
    """One record for each way, rounds of all of them in turn; says each time."""
    ways = [in_quick(way) if quick else way for way in WAYS]
    turns: dict[Way, list[Record]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(1, rounds + 1):
            for way in ways:
                done = measure(folder, ndim, way, quick)
                turns[way].append(done)
                over = done["seconds"] / turns[MEMORY][-1]["seconds"]
                say(f"  {number}/{rounds} {way.name}: {over:.2f} x all in memory")
        return [summary(folder, ndim, way, turns) for way in ways]


def image(folder: Path, ndim: int, way: Way) -> np.ndarray:
    """Read the image of a way."""
    name = f"{ndim}-{way.policy}-{way.tolerance}-{way.share}.npy"
    return np.asarray(np.load(folder / name), np.float64)


def summary(
    folder: Path, ndim: int, way: Way, turns: dict[Way, list[Record]]
) -> Record:
    """Record a way from its rounds."""
    mine, plain = turns[way], turns[MEMORY]
    slower = [
        one["seconds"] / other["seconds"]
        for one, other in zip(mine, plain, strict=True)
    ]
    expected = image(folder, ndim, MEMORY)
    difference = np.linalg.norm(image(folder, ndim, way) - expected)
    first = mine[0]
    grown = max(one["peak_rss"] - one["peak_rss_before"] for one in mine)
    return {
        "case": NAME,
        "ndim": ndim,
        "way": way.name,
        "tolerance": way.tolerance,
        "chosen": first["chosen"],
        "shape": first["shape"],
        "steps": first["steps"],
        "every": first["every"],
        "cores": machine.cores(),
        "rounds": len(mine),
        "whole_bytes": first["whole"],
        "held_bytes": first["held"],
        "peak_grown_bytes": grown,
        "time_over_memory": Spread.of(slower).as_dict(),
        "image_difference": float(difference / np.linalg.norm(expected)),
    }
