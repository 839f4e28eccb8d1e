"""One shot on 1, 2 and 4 ranks: the same bits, and the price of the exchange.

The gathers must be equal to the last bit, whatever the number of ranks. The share of
the exchange is the time in `Halo.start` and `Halo.finish` over that of the time loop,
the largest of the ranks. It holds the wait for slower neighbours; with more ranks than
cores that is most of it. Rank counts take turns, so that speed-ups are ratios within
a round.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import machine
import numpy as np
from records import Record
from rounds import Spread
from worker import Failure

NAME = "ranks_3d"
RANKS = (1, 2, 4)
SHAPE, STEPS = (200, 200, 150), 240
QUICK_SHAPE, QUICK_STEPS = (32, 36, 30), 60
PROGRAM = Path(__file__).resolve().parent / "scaling_rank.py"
TAIL = 1500


def measure(folder: Path, ranks: int, quick: bool) -> Record:
    """Run the shot on some ranks; its record, with the gather's hash."""
    shape, steps = (QUICK_SHAPE, QUICK_STEPS) if quick else (SHAPE, STEPS)
    arguments = [str(steps), str(folder), *map(str, shape)]
    done = subprocess.run(
        [*machine.launcher(ranks), sys.executable, str(PROGRAM), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
    )
    if done.returncode:
        msg = f"{ranks} ranks: {done.stderr[-TAIL:]}"
        raise Failure(msg)
    record: Record = json.loads((folder / f"{ranks}.json").read_text())
    gather = np.load(folder / f"{ranks}.npy")
    record["sha256"] = hashlib.sha256(gather.tobytes()).hexdigest()
    return record


def run(rounds: int, quick: bool) -> list[Record]:
    """One record for each number of ranks, rounds of all of them in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        turns: dict[int, list[Record]] = {ranks: [] for ranks in RANKS}
        for _ in range(rounds):
            for ranks in RANKS:
                turns[ranks].append(measure(folder, ranks, quick))
        first = np.load(folder / f"{RANKS[0]}.npy")
        equal = {
            ranks: bool(np.array_equal(first, np.load(folder / f"{ranks}.npy")))
            for ranks in RANKS
        }
        peak = float(np.abs(first).max())
    return [
        summary(turns[ranks], turns[RANKS[0]], equal[ranks], peak) for ranks in RANKS
    ]


def summary(
    turns: list[Record], one_rank: list[Record], equal: bool, peak: float
) -> Record:
    """Record a number of ranks from its rounds.

    peak : largest amplitude of the gather [Pa], so that equal zeros are seen.
    """
    hashes = {turn["sha256"] for turn in (*turns, *one_rank)}
    share = [exchange_share(turn) for turn in turns]
    faster = [
        max(alone["loop_seconds"]) / max(turn["loop_seconds"])
        for turn, alone in zip(turns, one_rank, strict=True)
    ]
    kept: tuple[str, ...] = ("ranks", "process_grid", "steps", "exchanges", "points")
    return {
        "case": NAME,
        **{key: turns[0][key] for key in kept},
        "cores": machine.cores(),
        "rounds": len(turns),
        "bytes_sent_an_exchange": turns[0]["bytes_sent_an_exchange"],
        "exchange_share": Spread.of(share).as_dict(),
        "ratio_to_one_rank": Spread.of(faster).as_dict(),
        "gather_sha256": turns[0]["sha256"],
        "gather_peak": peak,
        "gathers_equal_one_rank": equal and len(hashes) == 1,
    }


def exchange_share(turn: dict[str, Any]) -> float:
    """Largest share of the loop's time that a rank spends in the exchange."""
    pairs = zip(turn["halo_seconds"], turn["loop_seconds"], strict=True)
    return max(float(halo / loop) for halo, loop in pairs)
