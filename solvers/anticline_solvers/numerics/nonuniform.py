"""Spectra of real series at any angles: a nonuniform FFT and its exact transpose.

    X(a) = sum_n x[n] exp(-i a n),    a in 0 ... pi

A twofold oversampled FFT is read between its bins with a Kaiser-Bessel kernel, exact
to 1e-9 of a series' peak. The transpose walks the same operations backwards, so that
<T x, Y> = <x, T^T Y> holds to rounding, whatever the kernel leaves; the product of
spectra is that of their real and imaginary parts, Re sum conj(X) Y.

Source: L. Greengard and J.-Y. Lee (2004), Accelerating the nonuniform fast Fourier
transform, SIAM Review 46(3), doi:10.1137/S003614450343200X.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.sparse import csr_array

HALF_WIDTH = 5

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class NonuniformTransform:
    """Discrete-time Fourier transform at any angles, of series of one length.

    n : of the series. n_fft : of the oversampled transform. centre : the sample that
    lies at angle 0. deconvolution : (n,). interpolation : (angles, bins around).
    phase : (angles,).
    """

    n: int
    n_fft: int
    centre: int
    deconvolution: Real
    interpolation: csr_array
    phase: Complex

    @classmethod
    def of(cls, n: int, angles: Real) -> NonuniformTransform:
        """Build the transform of series of length n at angles in 0 ... pi [rad]."""
        n_fft = 2 * int(next_fast_len(max(n, 4 * HALF_WIDTH), real=True))
        centre = n // 2
        beta = math.pi * math.sqrt((2 * HALF_WIDTH * 0.75) ** 2 - 0.8)
        mode = 2.0 * math.pi * HALF_WIDTH * (np.arange(n) - centre) / n_fft
        root = np.sqrt(beta**2 - mode**2)
        kernel_transform = 2.0 * HALF_WIDTH * np.sinh(root) / root
        matrix = _reading(angles * n_fft / (2.0 * math.pi), n_fft, beta)
        phase = np.exp(-1j * angles * centre)
        return cls(n, n_fft, centre, 1.0 / kernel_transform, matrix, phase)

    def __call__(self, series: Real) -> Complex:
        """X at the angles: (traces, n) -> (traces, angles)."""
        padded = np.zeros((len(series), self.n_fft))
        weighted = series * self.deconvolution
        padded[:, : self.n - self.centre] = weighted[:, self.centre :]
        padded[:, self.n_fft - self.centre :] = weighted[:, : self.centre]
        spectrum = rfft(padded, axis=-1)
        before = spectrum[:, HALF_WIDTH:0:-1].conj()
        after = spectrum[:, -2 : -2 - HALF_WIDTH : -1].conj()
        around = np.concatenate([before, spectrum, after], axis=-1)
        return np.asarray(_applied(self.interpolation, around) * self.phase)

    def transposed(self, spectra: Complex) -> Real:
        """Apply the transpose: (traces, angles) -> (traces, n)."""
        around = _applied(self.interpolation.T.tocsr(), spectra * self.phase.conj())
        spectrum = around[:, HALF_WIDTH:-HALF_WIDTH].copy()
        spectrum[:, HALF_WIDTH:0:-1] += around[:, :HALF_WIDTH].conj()
        spectrum[:, -2 : -2 - HALF_WIDTH : -1] += around[:, -HALF_WIDTH:].conj()
        padded = rfft_transposed(spectrum, self.n_fft)
        first, last = padded[:, : self.n - self.centre], self.n_fft - self.centre
        ordered = np.concatenate([padded[:, last:], first], axis=-1)
        return np.asarray(ordered * self.deconvolution)


def _reading(bins: Real, n_fft: int, beta: float) -> csr_array:
    """Weights that read a spectrum at fractional bins, (angles, bins around)."""
    first = np.floor(bins).astype(np.int64) - HALF_WIDTH + 1
    column = first[:, None] + np.arange(2 * HALF_WIDTH)
    inside = 1.0 - ((column - bins[:, None]) / HALF_WIDTH) ** 2
    weights = np.i0(beta * np.sqrt(np.maximum(inside, 0.0)))
    row_ends = 2 * HALF_WIDTH * np.arange(len(bins) + 1)
    return csr_array(
        (weights.ravel(), (column + HALF_WIDTH).ravel(), row_ends),
        shape=(len(bins), n_fft // 2 + 1 + 2 * HALF_WIDTH),
    )


def _applied(matrix: csr_array, rows: Complex) -> Complex:
    """Apply a real matrix to each row of complex numbers."""
    columns = np.ascontiguousarray(rows.T)
    read: Any = matrix @ columns.view(np.float64)
    return np.ascontiguousarray(np.ascontiguousarray(read).view(np.complex128).T)


def rfft_transposed(spectrum: Complex, n: int) -> Real:
    """Transpose of the real FFT of n samples, n even: (..., n/2 + 1) -> (..., n)."""
    return np.asarray(n * irfft(spectrum / _weights(n), n, axis=-1))


def irfft_transposed(series: Real, n: int) -> Complex:
    """Transpose of the inverse real FFT to n samples: (..., n) -> (..., n//2 + 1)."""
    return np.asarray(rfft(series, n, axis=-1) * (_weights(n) / n))


def _weights(n: int) -> Real:
    """How often each frequency of a real spectrum stands in the whole one."""
    weights = np.full(n // 2 + 1, 2.0)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[-1] = 1.0
    return weights
