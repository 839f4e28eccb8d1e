"""Forward modelling of many shots in two dimensions: one shot a core, or shared."""

from __future__ import annotations

from case import Case, devito, devito_per_core, large_memory, ours, ours_per_core
from problem import Problem

CASE = Case(
    name="acoustic_2d_order_8",
    summary="2-D, order 8, many shots",
    problem=Problem(shape=(2000, 2000), order=8),
    teams=(ours_per_core(), ours(), devito(), devito_per_core(), large_memory()),
    peer=devito().name,
    agreement=(ours().name, devito().name),
)
