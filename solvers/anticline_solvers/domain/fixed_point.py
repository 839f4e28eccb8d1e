"""Numbers of few bits, so that their float64 sums are exact in any order.

A field is rounded to multiples of 2^-BITS of its largest value's power of two. Sums of
n such fields are exact, whatever their order and grouping, as long as

    log2(largest of all) - log2(largest of one) + BITS + log2(n) <= 53

for 1000 shots whose largest values differ by a factor of less than 2^11. Beyond that
the sum rounds as float64 does.
"""

from __future__ import annotations

import numpy as np

from anticline_solvers.domain.layout import Array

BITS = 32


def rounded(field: Array) -> Array:
    """Round a finite field: float32 of its shape."""
    single = np.asarray(field, np.float32)
    peak = float(np.abs(single).max(initial=0.0))
    if peak == 0.0:
        return np.zeros_like(single)
    step = np.ldexp(1.0, int(np.frexp(peak)[1]) - BITS)
    return np.asarray(np.rint(single / step) * step, np.float32)
