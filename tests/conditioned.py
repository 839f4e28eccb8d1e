"""A small survey and the parameters of a component that conditions its traces."""

from __future__ import annotations

from typing import Any

import numpy as np

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.conditioning import CONDITIONING
from anticline_solvers.seismic.misfits import MISFIT_PARAMETERS

EVERYTHING = {
    "low_cut_hz": [3.0, 5.0],
    "high_cut_hz": [10.0, 12.0],
    "top_mute_velocity_m_s": 1500.0,
    "top_mute_delay_s": 0.05,
    "bottom_mute_velocity_m_s": 1200.0,
    "bottom_mute_delay_s": 0.9,
    "time_from_s": 0.1,
    "time_to_s": 1.8,
    "time_decay_s": 1.0,
    "offset_from_m": 100.0,
    "offset_to_m": 1400.0,
    "offset_taper_m": 200.0,
    "offset_power": 1.0,
    "leave_out_traces": ["all:7", "2:3-4"],
}


def survey(n_samples: int = 500) -> Survey:
    """Two shots into 20 receivers 100 m apart; traces of 2 s every 4 ms."""
    receivers = np.column_stack([100.0 * np.arange(20), np.full(20, 10.0)])
    shots = tuple(
        Shot(number, np.array([x, 10.0]), receivers)
        for number, x in ((1, 500.0), (2, 900.0))
    )
    return Survey(shots, np.ones(10), 0.002, 0.004, n_samples, 8.0, 24.0)


def parameters(**given: Any) -> dict[str, Any]:
    """Defaults of every parameter, and those given."""
    known = {p.name: p.default for p in (*CONDITIONING, *MISFIT_PARAMETERS)}
    assert given.keys() <= known.keys()
    return known | given
