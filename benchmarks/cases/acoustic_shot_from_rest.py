"""A whole shot in three dimensions: the wave runs from rest until it has left.

The other cases measure a wavefield that fills the grid; here it enters cells that
hold zeros, through values too small for a normal float32 number.
"""

from __future__ import annotations

from case import Case, devito, ours
from problem import Problem

PROBLEM = Problem(shape=(160, 160, 160), order=8, start="rest")

CASE = Case(
    name="acoustic_shot_from_rest",
    summary="3-D, order 8, a whole shot from rest",
    problem=PROBLEM,
    teams=(ours(), devito()),
    peer=devito().name,
    steps=3 * PROBLEM.crossing_steps(),
)
