"""Gathers of Ricker wavelets, moved in time by any fraction of a sample."""

from __future__ import annotations

import numpy as np

INTERVAL_S = 0.008
N_SAMPLES = 250
PEAK_HZ = 6.0
PERIOD_S = 1.0 / PEAK_HZ


def reflections(shift_s=0.0, traces=6, seed=1, hz=PEAK_HZ, events=4):
    """Traces (traces, N_SAMPLES) of random events between 0.3 and 1.3 s, moved."""
    rng = np.random.default_rng(seed)
    time_s = INTERVAL_S * np.arange(N_SAMPLES)
    arrival_s = rng.uniform(0.3, 1.3, (traces, events, 1)) + shift_s
    strength = rng.normal(size=(traces, events, 1))
    phase = (np.pi * hz * (time_s - arrival_s)) ** 2
    return (strength * (1.0 - 2.0 * phase) * np.exp(-phase)).sum(axis=1)


def late_and_changed(traces=6):
    """Like `reflections`, late by a part of a period, stronger, with other events."""
    late = 1.2 * reflections(0.021, traces)
    return late + 0.1 * reflections(0.0, traces, seed=3)
