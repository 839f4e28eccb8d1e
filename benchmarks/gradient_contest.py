"""The contestant's side: everything is loaded on a small shot, then one is measured.

The first gradient of it tells the memory, the second the time: a warm worker does one
shot after another, and the machine gives it its memory once.

    python peers/gradient_NAME.py SHOT.npz OUT.npz EVERY [more]

Prints one line of JSON: seconds of the gradient and of the modelling alone, of the
processor, which other programs disturb less than the wall clock; and the largest
memory of the process before and after the first gradient. OUT.npz holds gather and
gradient.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from gradient_problem import ShotProblem


class Contestant(Protocol):
    """What a script of `peers` provides.

    version : of the program.
    """

    version: str

    def forward(self, shot: ShotProblem) -> np.ndarray:
        """Model the traces, float32 (receivers, steps) [Pa]."""

    def gradient(
        self, shot: ShotProblem, every: int
    ) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
        """Give the traces, the gradient (nx, nz) and facts to record.

        every : time steps between terms of the gradient.
        """


def peak_bytes() -> int:
    """Largest memory of this process so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(found) * 1024


def compete(contestant: Contestant, warm: Iterable[Contestant]) -> None:
    """Do what the command line says, and answer.

    warm : do the small shot first.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    shot, every = ShotProblem.read(Path(sys.argv[1])), int(sys.argv[3])
    small = shot.small()
    for one in warm:
        one.gradient(small, every)
        one.forward(small)
    before = peak_bytes()
    contestant.gradient(shot, every)
    after, begin = peak_bytes(), time.process_time()
    gather, gradient, facts = contestant.gradient(shot, every)
    seconds = time.process_time() - begin
    begin = time.process_time()
    contestant.forward(shot)
    facts |= {
        "version": contestant.version,
        "seconds": seconds,
        "forward_seconds": time.process_time() - begin,
        "peak_before": before,
        "peak": after,
    }
    np.savez(sys.argv[2], gather=gather, gradient=gradient)
    answers.write(json.dumps(facts) + "\n")
    answers.close()
