"""Exact seismograms in a homogeneous full space, for tests to compare with.

    (1/v^2) p_tt - lap p = f(t) delta(x - x_s),     p(w) = f(w) G(w, r)

    2-D   G = -(i/4) H_0^(2)(w r / v)               (a line source)
    3-D   G = exp(-i w r / v) / (4 pi r)            p = f(t - r/v) / (4 pi r)

for exp(i w t). The transform runs along w - i a, that is on f(t) exp(-a t), so what
wraps around the period is damped to 1e-9 and the Hankel function's singularity at
zero frequency is never touched.

Source: P. M. Morse and H. Feshbach (1953), Methods of Theoretical Physics, chapter 7.
"""

from __future__ import annotations

import numpy as np
from scipy.special import hankel2

WRAPPED = 1e-9


def seismograms(ndim, wavelet, interval_s, distances_m, velocity_m_s, n_samples):
    """Pressure at distances from a point source.

    ndim : 2 or 3.
    wavelet : f(t), (n,), sample k at k * interval_s.
    distances_m : (n_rec,), above 0 [m].
    velocity_m_s : of the full space [m/s].

    float64 (n_rec, n_samples), sample k at k * interval_s. The wavelet's band must
    end below its Nyquist frequency.
    """
    r = np.asarray(distances_m, float)[:, None]
    n_period = 2 * (n_samples + len(wavelet))
    damping = -np.log(WRAPPED) / (n_period * interval_s)
    t = np.arange(n_period) * interval_s
    padded = np.zeros(n_period)
    padded[: len(wavelet)] = wavelet
    spectrum = np.fft.rfft(padded * np.exp(-damping * t))
    k = (
        2 * np.pi * np.fft.rfftfreq(n_period, interval_s) - 1j * damping
    ) / velocity_m_s
    green = -0.25j * hankel2(0, k * r) if ndim == 2 else _spherical(k, r)
    traces = np.fft.irfft(spectrum * green, n_period, axis=-1) * np.exp(damping * t)
    return traces[:, :n_samples]


def below_a_free_surface(
    ndim, wavelet, interval_s, source_m, receivers_m, velocity_m_s, n_samples
):
    """Pressure in a half space under a free surface at depth 0: source minus image.

    source_m : (ndim,) and receivers_m : (n_rec, ndim), depth last, positive down [m].
    """
    source, receivers = np.asarray(source_m, float), np.asarray(receivers_m, float)
    image = source * np.r_[np.ones(ndim - 1), -1.0]
    direct, reflected = (
        seismograms(
            ndim,
            wavelet,
            interval_s,
            np.linalg.norm(receivers - point, axis=1),
            velocity_m_s,
            n_samples,
        )
        for point in (source, image)
    )
    return direct - reflected


def _spherical(k, r):
    return np.exp(-1j * k * r) / (4 * np.pi * r)
