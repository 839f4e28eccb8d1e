"""Source wavelets: samples of f(t) from t = 0 on, and the band that they fill.

f drives (1/v^2) p_tt - lap p = f(t) delta(x - x_s) and is unitless here: its peak
is 1, and the pressure in three dimensions is f(t - r/v) / (4 pi r).

    Ricker    f(t) = (1 - 2 a) exp(-a),  a = (pi f_p (t - t_0))^2
              t_0 = 1.25 / f_p: the first sample is 6e-6 of the peak
    Ormsby    a trapezoid spectrum of corners f_1 < f_2 <= f_3 < f_4, zero phase about
              t_0 = 2 / min(f_2 - f_1, f_4 - f_3), under a Hann window that ends it
              at zero there

Sources: N. Ricker (1953), The form and laws of propagation of seismic wavelets,
Geophysics 18(1), doi:10.1190/1.1437843; H. Ryan (1994), Ricker, Ormsby, Klauder,
Butterworth: a choice of wavelets, CSEG Recorder 19(7).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.text import lines_of

BAND_LEVEL = 1e-2
LOUD_START = 1e-3

Wavelet = NDArray[np.float64]


def ricker(
    peak_frequency_hz: float, interval_s: float, n_samples: int | None = None
) -> Wavelet:
    """Sample a delayed Ricker wavelet.

    peak_frequency_hz : f_p, where the amplitude spectrum is largest [Hz].
    interval_s : distance of the samples [s].
    n_samples : length; left out, 2.5 / f_p, after which the wavelet has died out.

    float64 (n_samples,), sample k at k * interval_s, peak 1 at 1.25 / f_p.
    Raises ValueError for a length that would cut the wavelet off.
    """
    delay = 1.25 / peak_frequency_hz
    time = _times(delay, interval_s, n_samples)
    a = (math.pi * peak_frequency_hz * (time - delay)) ** 2
    return np.asarray((1.0 - 2.0 * a) * np.exp(-a))


def ormsby(
    corners_hz: tuple[float, float, float, float],
    interval_s: float,
    n_samples: int | None = None,
) -> Wavelet:
    """Sample a delayed Ormsby wavelet.

    corners_hz : f_1, f_2, f_3, f_4 [Hz]; the spectrum rises from f_1 to f_2, is flat
        to f_3 and has fallen at f_4. The window rounds the corners over about
        min(f_2 - f_1, f_4 - f_3).
    interval_s : distance of the samples [s].
    n_samples : length; left out, twice the delay.

    float64 (n_samples,), sample k at k * interval_s, peak 1 at the delay.
    Raises ValueError for corners out of order or a length that cuts it off.
    """
    f1, f2, f3, f4 = corners_hz
    if not 0.0 <= f1 < f2 <= f3 < f4:
        msg = f"corners {corners_hz} Hz; 0 <= f1 < f2 <= f3 < f4 is needed"
        raise ValueError(msg)
    delay = 2.0 / min(f2 - f1, f4 - f3)
    time = _times(delay, interval_s, n_samples) - delay

    def ramp(low: float, high: float) -> Wavelet:
        """Transform of the spectrum 1 below `low`, falling to 0 at `high`."""
        rise = (high * np.sinc(high * time)) ** 2 - (low * np.sinc(low * time)) ** 2
        return np.asarray(rise / (high - low))

    window = np.where(abs(time) < delay, np.cos(math.pi * time / (2 * delay)) ** 2, 0)
    return np.asarray((ramp(f3, f4) - ramp(f1, f2)) * window / (f3 + f4 - f1 - f2))


def read_wavelet(path: Path) -> tuple[Wavelet, float]:
    """Read samples, float64 (n,), and interval [s] of a wavelet from a text file.

    Two columns, time [s] and amplitude; times start at 0 and are evenly spaced.
    What follows a # is left out.
    Raises BadInput that says what is wrong, each row that is no two numbers at its
    line.
    """
    time, samples = _numbers(path).T
    interval = time[-1] / (len(time) - 1)
    even = np.arange(len(time)) * interval
    if not interval > 0.0 or np.abs(time - even).max() > 1e-3 * interval:
        text = f"times run from {time[0]:g} to {time[-1]:g} s; they must start at 0"
        raise BadInput([Finding(str(path), None, f"{text} and be evenly spaced")])
    return np.ascontiguousarray(samples), float(interval)


def _numbers(path: Path) -> NDArray[np.float64]:
    """Read a table of two columns, float64 (rows, 2); BadInput at each bad row."""
    rows, findings = [], []
    for line, text in enumerate(lines_of(path), 1):
        words = text.partition("#")[0].replace(",", " ").split()
        if not words:
            continue
        try:
            first, second = map(float, words)
            rows.append((first, second))
        except ValueError:
            wrong = f"{text.strip()[:40]!r} is not two columns, time [s] and amplitude"
            findings.append(Finding(str(path), line, wrong))
    if findings:
        raise BadInput(findings[:10])
    if len(rows) < 2:
        text = f"{len(rows)} rows; two columns, time [s] and amplitude, and two rows"
        raise BadInput([Finding(str(path), None, f"{text} are needed")])
    return np.array(rows)


def check_wavelet(wavelet: ArrayLike, interval_s: float) -> list[str]:
    """List findings about a wavelet of unknown origin, in plain text.

    wavelet : (n,), sample k at k * interval_s.  interval_s : [s].

    A wavelet is refused that is not finite, is zero throughout, begins with a jump,
    or fills the band up to its Nyquist frequency.
    """
    samples = np.asarray(wavelet, np.float64)
    if samples.ndim != 1 or samples.size < 2 or not np.isfinite(samples).all():
        return [f"a wavelet of shape {samples.shape} needs finite samples, shape (n,)"]
    peak = np.abs(samples).max()
    if peak == 0.0:
        return ["the wavelet is zero throughout; at least one sample must not be"]
    findings = []
    start = abs(samples[0]) / peak
    if start > LOUD_START:
        findings.append(
            f"the wavelet begins at {start:.2g} of its peak; at most {LOUD_START:g} is "
            "needed; delay it, or taper its start"
        )
    top, nyquist = maximum_frequency(samples, interval_s), 0.5 / interval_s
    if top > 0.9 * nyquist:
        findings.append(
            f"the wavelet holds {top:.4g} Hz at an interval of {interval_s:g} s; at "
            f"most {0.9 * nyquist:.4g} Hz is needed; sample it finer or filter it"
        )
    return findings


def maximum_frequency(
    wavelet: ArrayLike, interval_s: float, level: float = BAND_LEVEL
) -> float:
    """Top of the band [Hz]: above it the amplitude spectrum stays below a level.

    wavelet : (n,), sample k at k * interval_s.  interval_s : [s].
    level : fraction of the spectrum's peak; at 1e-2 a Ricker wavelet reaches to
        2.76 times its peak frequency.
    """
    frequencies, amplitude = _spectrum(wavelet, interval_s)
    return float(frequencies[np.flatnonzero(amplitude >= level * amplitude.max())[-1]])


def peak_frequency(wavelet: ArrayLike, interval_s: float) -> float:
    """Frequency [Hz] at which the amplitude spectrum is largest, above 0.

    wavelet : (n,), sample k at k * interval_s.  interval_s : [s].
    """
    frequencies, amplitude = _spectrum(wavelet, interval_s)
    return float(frequencies[1 + int(np.argmax(amplitude[1:]))])


def _spectrum(wavelet: ArrayLike, interval_s: float) -> tuple[Wavelet, Wavelet]:
    """Frequencies [Hz] and amplitudes, at 1/16 or less of the own resolution."""
    samples = np.asarray(wavelet, np.float64)
    n_fft = 1 << (16 * samples.size - 1).bit_length()
    frequencies = np.asarray(np.fft.rfftfreq(n_fft, interval_s), np.float64)
    return frequencies, np.abs(np.fft.rfft(samples, n_fft))


def _times(delay: float, interval_s: float, n_samples: int | None) -> Wavelet:
    """Sample times [s], float64 (n,), at least up to twice the delay."""
    least = math.ceil(2.0 * delay / interval_s - 1e-9) + 1
    count = least if n_samples is None else n_samples
    if count < least:
        msg = f"{count} samples cut the wavelet off; {least} are needed"
        raise ValueError(msg)
    return np.arange(count, dtype=np.float64) * interval_s
