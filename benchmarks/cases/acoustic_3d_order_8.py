"""Forward modelling in three dimensions, order 8, as fast as all cores go."""

from __future__ import annotations

from case import Case, devito, large_memory, memory, ours
from problem import Problem

PROBLEM = Problem(shape=(256, 256, 256), order=8)

CASE = Case(
    name="acoustic_3d_order_8",
    summary="3-D, order 8",
    problem=PROBLEM,
    teams=(
        ours(),
        devito(),
        large_memory(),
        memory("update", PROBLEM.points, name="memory, arrays as large as the grid"),
    ),
    peer=devito().name,
    agreement=(ours().name, devito().name),
)
