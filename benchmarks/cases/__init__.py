"""The cases of `make bench`, one file each, in the order of the page."""

from __future__ import annotations

from case import Case

from cases import (
    acoustic_2d_order_8,
    acoustic_3d_order_8,
    acoustic_3d_order_12,
    acoustic_shot_from_rest,
    memory_copy,
    threads_and_ranks,
)

CASES: tuple[Case, ...] = (
    acoustic_3d_order_8.CASE,
    acoustic_3d_order_12.CASE,
    acoustic_2d_order_8.CASE,
    acoustic_shot_from_rest.CASE,
    threads_and_ranks.CASE,
    memory_copy.CASE,
)
