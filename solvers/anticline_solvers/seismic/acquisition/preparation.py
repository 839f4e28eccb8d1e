"""From a recorded gather to what is injected at its receivers.

The adjoint field of data d, injected as a source along the receivers, is the
backward continued wavefield integrated over time (a plane of sources f(t) sends
out v/2 times the integral of f). The receiver wavefield of the imaging conditions
is the continued wavefield itself, so the data are filtered first:

    cross_correlation              -d/dt                    F = -i omega
    inverse_scattering, laplacian  -d/dt / (omega^2 + c^2)  F = -i omega / (...)

The 1 / omega^2 of the latter undoes the omega^2 of these conditions, so that all
images share one spectrum, that of the wavelet's autocorrelation; c, an eighth of
the peak frequency, keeps it finite. The image then has zero phase and the sign of
the reflection coefficient, and amplitudes are relative.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition import mute
from anticline_solvers.seismic.imaging.conditions import CROSS_CORRELATION

Traces = NDArray[np.float64]

LOW_SHARE = 1.0 / 8.0
END_TAPER_PERIODS = 2.0


def offsets_m(shot: Shot) -> NDArray[np.float64]:
    """Distance of each receiver from the source, (n_receivers,) [m]."""
    return np.asarray(np.linalg.norm(shot.receivers_m - shot.source_m, axis=1))


def wavelet_length_s(survey: Survey, level: float = 1e-3) -> float:
    """Time until the wavelet has sunk below ``level`` of its peak for good [s]."""
    size = np.abs(survey.wavelet)
    last = np.flatnonzero(size > level * size.max())
    return float(survey.wavelet_interval_s * (last[-1] if last.size else 0))


def mute_direct_wave(
    traces: Traces, shot: Shot, survey: Survey, velocity_m_s: float
) -> Traces:
    """Silence everything up to the end of the direct wave.

    traces : (n_receivers, n_samples) [Pa]; velocity_m_s : of the near surface. The
    taper lasts one period of the peak frequency.
    """
    weights = mute.top_mute(
        offsets_m(shot),
        survey.n_samples,
        survey.sample_interval_s,
        velocity_m_s,
        wavelet_length_s(survey),
        1.0 / survey.peak_frequency_hz,
    )
    return traces * weights


def fade_out(traces: Traces, survey: Survey) -> Traces:
    """Fade out the last two periods of the peak frequency."""
    length_s = END_TAPER_PERIODS / survey.peak_frequency_hz
    return traces * mute.end_taper(survey.n_samples, survey.sample_interval_s, length_s)


def receiver_filter(
    traces: Traces, interval_s: float, condition: str, peak_frequency_hz: float
) -> Traces:
    """Turn data (n, n_samples) into the source of the receiver wavefield.

    Padded to twice its length, so that nothing wraps around.
    """
    n = traces.shape[-1]
    padded = next_fast_len(2 * n, real=True)
    omega = 2.0 * math.pi * rfftfreq(padded, interval_s)
    factor = -1j * omega
    if condition != CROSS_CORRELATION:
        low = 2.0 * math.pi * LOW_SHARE * peak_frequency_hz
        factor = factor / (omega**2 + low**2)
    spectrum = rfft(traces, padded, axis=-1) * factor
    return np.asarray(irfft(spectrum, padded, axis=-1)[..., :n])
