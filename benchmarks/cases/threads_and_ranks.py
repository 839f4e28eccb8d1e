"""One model on all cores: threads of one rank, or ranks of one thread."""

from __future__ import annotations

from case import Case, ours, ours_on_ranks
from problem import Problem

CASE = Case(
    name="threads_and_ranks",
    summary="3-D, order 8, threads or ranks",
    problem=Problem(shape=(240, 240, 190), order=8),
    teams=(ours(), ours_on_ranks()),
    peer=ours().name,
)
