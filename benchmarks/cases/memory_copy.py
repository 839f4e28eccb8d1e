"""The machine's memory itself: the kernel's byte mix against a plain copy."""

from __future__ import annotations

from case import Case, large_memory
from problem import Problem

CASE = Case(
    name="memory_copy",
    summary="memory, 3 reads and 1 write against a copy",
    problem=Problem(shape=(64, 64), order=8),
    teams=(large_memory(), large_memory("copy", name="copy")),
    peer="copy",
)
