"""Adaptive matching filter: how far the filter between p and d is from a spike at 0.

A Wiener filter w is found for each trace that turns one of the two into the other;
were they alike it would be a spike at lag 0. The misfit is its spread over lag:

    f = 1/2 |T w|^2 / |w|^2,   T = diag|lag|,  lag_n = min(n, N - n) dt   [s^2]

D, P are the spectra of d, p padded with zeros to N >= 2 n_samples:

    reverse  (from observed to predicted)   W = conj(D) P / (|D|^2 + mu)
    forward  (from predicted to observed)   W = conj(P) D / (|P|^2 + mu)

    w = irfft(W),   g = df/dw = (T^2 - 2 f) w / |w|^2

    reverse  s = irfft(D rfft(g) / (|D|^2 + mu))
    forward  s = irfft(conj(Q) (D - P W) - conj(W) P Q),  Q = rfft(g) / (|P|^2 + mu)

each cut to n_samples. A shift by tau makes w a spike at tau, and f = tau^2 / 2: it
grows over any number of periods, where least squares skips cycles, and needs no low
frequencies. f does not see the amplitude of w, so not that of the traces (forward:
as far as mu is small).

mu is a constant of each trace: a share of the largest, or of the mean, of the
OBSERVED power |D|^2 over frequency; never of the predicted one, which would give the
derivative further terms. Because of mu, and of frequencies the data lack, w has the
width of the inverse bandwidth for equal traces too: f has a floor there, the square of
that width, rather than 0.

Weight 0 have traces where either is silent.

Provenance. The method is that of M. Warner and L. Guasch (2014), presented at the SEG
Annual Meeting (doi:10.1190/segam2014-0371.1), and (2016), Geophysics 81, R429-R445,
doi:10.1190/geo2015-0387.1. This is an implementation from the published formulas with
derivatives of its own. Its authors hold a patent (GB1319095.4) and market the method
under trade marks; it goes by a neutral name here. Whoever uses it commercially should
see whether they need a licence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from anticline_solvers.seismic.misfits.declaration import MAXIMUM
from anticline_solvers.seismic.misfits.evaluated import PerTrace, Traces
from anticline_solvers.seismic.misfits.silence import over

Spectra = NDArray[np.complex128]


def reverse(
    observed: Traces,
    predicted: Traces,
    interval_s: float,
    floor: float = 0.1,
    floor_of: str = MAXIMUM,
) -> tuple[PerTrace, Traces]:
    """Give f [s^2] of the filters from observed to predicted, and s [s^2/Pa]."""
    d, p, heard = _sound(observed, predicted)
    padded = next_fast_len(2 * d.shape[-1], real=True)
    spectrum = rfft(d, padded)
    inverse = spectrum.conj() / (power(spectrum) + damping(spectrum, floor, floor_of))
    w = irfft(inverse * rfft(p, padded), padded)
    per_trace, g = spread(w, interval_s)
    s = irfft(inverse.conj() * rfft(g), padded)
    return _put_back(heard, per_trace, s, predicted.shape)


def forward(
    observed: Traces,
    predicted: Traces,
    interval_s: float,
    floor: float = 0.1,
    floor_of: str = MAXIMUM,
) -> tuple[PerTrace, Traces]:
    """Give f [s^2] of the filters from predicted to observed, and s [s^2/Pa]."""
    d, p, heard = _sound(observed, predicted)
    padded = next_fast_len(2 * d.shape[-1], real=True)
    target, source = rfft(d, padded), rfft(p, padded)
    divisor = power(source) + damping(target, floor, floor_of)
    filters = source.conj() * target / divisor
    per_trace, g = spread(irfft(filters, padded), interval_s)
    q = rfft(g) / divisor
    change = q.conj() * (target - source * filters) - filters.conj() * source * q
    return _put_back(heard, per_trace, irfft(change, padded), predicted.shape)


def power(spectrum: Spectra) -> NDArray[np.float64]:
    """Square of the modulus."""
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def damping(observed: Spectra, floor: float, floor_of: str) -> NDArray[np.float64]:
    """Give mu of each trace from its observed spectrum, (n, 1)."""
    size = power(observed)
    largest = size.max(axis=-1, keepdims=True, initial=0.0)
    mean = size.mean(axis=-1, keepdims=True)
    return np.asarray(floor * (largest if floor_of == MAXIMUM else mean))


def spread(w: Traces, interval_s: float) -> tuple[PerTrace, Traces]:
    """Give f = 1/2 |T w|^2 / |w|^2 of filters (n, N), and g = df/dw."""
    n = np.arange(w.shape[-1])
    square = (interval_s * np.minimum(n, n.size - n)) ** 2
    size = (w**2).sum(axis=-1)
    f = over(0.5 * (square * w**2).sum(axis=-1), size)
    g = (square - 2.0 * f[:, None]) * over(w, np.broadcast_to(size[:, None], w.shape))
    return f, g


def _sound(
    observed: Traces, predicted: Traces
) -> tuple[Traces, Traces, NDArray[np.bool_]]:
    """Give the traces where neither is silent, and which they are."""
    heard = np.asarray(observed.any(axis=-1) & predicted.any(axis=-1))
    return observed[heard], predicted[heard], heard


def _put_back(
    heard: NDArray[np.bool_], per_trace: PerTrace, s: Traces, shape: tuple[int, ...]
) -> tuple[PerTrace, Traces]:
    """Put results among the silent traces, which have 0, and cut the padding."""
    values, adjoint = np.zeros(shape[0]), np.zeros(shape)
    values[heard], adjoint[heard] = per_trace, s[:, : shape[-1]]
    return values, adjoint
