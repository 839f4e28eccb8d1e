"""Forward modelling in three dimensions, order 12, as fast as all cores go."""

from __future__ import annotations

from case import Case, devito, large_memory, memory, ours
from problem import Problem

CASE = Case(
    name="acoustic_3d_order_12",
    summary="3-D, order 12",
    problem=Problem(shape=(256, 256, 256), order=12),
    teams=(
        ours(),
        devito(),
        large_memory(),
        memory("update", 256**3, name="memory, arrays of 256^3"),
    ),
    peer=devito().name,
    agreement=(ours().name, devito().name),
)
