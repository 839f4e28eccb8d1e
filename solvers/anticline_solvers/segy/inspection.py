"""A look at samples: dead traces, values that are not finite, the largest amplitude.

All traces of a file up to a size; of a larger one, blocks spread evenly over it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from anticline.errors import BadInput
from anticline_solvers.formats.segy.layout import Layout
from anticline_solvers.formats.segy.traces import CHUNK_BYTES, TraceFile

MOST_BYTES = 256 * 2**20


def inspected(layout: Layout) -> tuple[dict[str, Any], list[str], list[str]]:
    """Read samples; give what they tell, what is wrong and what is odd."""
    told, wrong, dead = _Told(), [], []
    with TraceFile(layout) as file:
        for first, last in _blocks(layout):
            try:
                values = file.samples(np.arange(first, last))
            except BadInput as error:
                wrong += [finding.text for finding in error.findings]
                continue
            silent = ~values.any(axis=1)
            dead += (first + np.flatnonzero(silent)).tolist()
            told.read += last - first
            told.most = max(told.most, float(np.abs(values).max(initial=0.0)))
    odd = []
    if told.read < layout.n_traces:
        odd.append(f"samples of {told.read:,} of {layout.n_traces:,} traces were read")
    if dead:
        wrong.append(
            f"{len(dead):,} of {told.read:,} traces are dead (every sample zero), the "
            f"first is trace {dead[0] + 1:,} (byte {layout.byte_of(dead[0]):,})"
        )
    return {"largest_amplitude": told.most, "dead_traces": len(dead)}, wrong, odd


class _Told:
    """Counts while blocks are read."""

    def __init__(self) -> None:
        self.read, self.most = 0, 0.0


def _blocks(layout: Layout) -> list[tuple[int, int]]:
    """Cut the traces into blocks; spread some evenly where all are too many."""
    step = max(1, CHUNK_BYTES // layout.trace_bytes)
    starts = np.arange(0, layout.n_traces, step)
    room = max(1, MOST_BYTES // (step * layout.trace_bytes))
    if starts.size > room:
        starts = starts[np.unique(np.linspace(0, starts.size - 1, room).astype(int))]
    return [(int(a), min(int(a) + step, layout.n_traces)) for a in starts]
