"""The contestant's side: prepare once, then answer requests line by line.

    request                 answer, one line of JSON
    (start)                 {"version", "points", "bytes_per_point"}
    run STEPS               {"seconds"}
    gather STEPS FILE       {}, traces (receivers, STEPS) in FILE (.npy), from rest
    quit                    none

Compiling and tuning come before the first answer, so that rounds of several
contestants alternate with nothing but time steps in them. Whatever libraries print
goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Protocol

import numpy as np


class Contestant(Protocol):
    """What a script of `peers` provides."""

    version: str
    points: int

    @property
    def bytes_per_point(self) -> float:
        """Bytes that must move between memory and core for a point and step."""

    def run(self, steps: int) -> float:
        """Advance by `steps` time steps; the seconds that they took."""

    def gather(self, steps: int) -> np.ndarray:
        """Traces from rest, float32 (receivers, steps)."""


class Line:
    """Requests from standard input, answers to what was standard output."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)

    def requests(self) -> Iterator[list[str]]:
        """Words of each request, until `quit` or the end of the input."""
        while (words := sys.stdin.readline().split()) and words != ["quit"]:
            yield words

    def answer(self, **values: object) -> None:
        """Send one answer."""
        self._answers.write(json.dumps(values) + "\n")


def introduce(line: Line, contestant: Contestant) -> None:
    """Send the first answer."""
    line.answer(
        version=contestant.version,
        points=contestant.points,
        bytes_per_point=contestant.bytes_per_point,
    )


def obey(contestant: Contestant, words: list[str]) -> dict[str, float]:
    """Do what a request says; the values of its answer."""
    if words[0] == "gather":
        np.save(words[2], contestant.gather(int(words[1])))
        return {}
    return {"seconds": contestant.run(int(words[1]))}


def serve(line: Line, contestant: Contestant) -> None:
    """Answer requests until there are no more."""
    introduce(line, contestant)
    for words in line.requests():
        line.answer(**obey(contestant, words))
