"""Which time steps are stable, and which spacings carry a frequency.

The scheme is p(t + dt) = 2 p(t) - p(t - dt) + (v dt)^2 L p(t), with L the sum over
the axes of a centred second derivative of even order. On a harmonic wave of theta
radians a cell, L gives -sum_i s(theta_i) / h_i^2, with

    s(theta) = -(w_0 + 2 sum_j w_j cos(j theta)),   largest at pi: S = s(pi).

Stability:   v_max dt sqrt(sum_i S / h_i^2) <= 2.
Accuracy:    along an axis the grid's waves travel at v sqrt(s(theta)) / theta, always
too slowly; the top frequency, where the spectrum has fallen to 1 % of its peak
(`seismic.acquisition.wavelets`), may be slow by at most 0.5 %, 1/20 of its wavelength
after ten. That asks for these points in the shortest wavelength:

    space order    2      4      6      8     10     12     14     16
    points      18.1   6.31   4.48   3.78   3.40   3.17   3.01   2.89

The time step's own error is taken out of the traces (`numerics.dispersion`), so it
sets no further limit.

Source: L. R. Lines, R. Slawinski and R. P. Bording (1999), A recipe for stability of
finite-difference wave-equation computations, Geophysics 64(3),
doi:10.1190/1.1444605.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from anticline_solvers.numerics.stencils import ORDERS, second_derivative

PHASE_ERROR = 0.005
SAFETY = 0.9


def symbol(order: int, theta: float) -> float:
    """s(theta) of the second derivative: theta^2 but for the stencil's error.

    order : space order, even.  theta : radians a cell, 0 to pi.
    """
    weights = np.asarray(second_derivative(order), np.float64)
    distance = np.arange(1, len(weights))
    return float(-weights[0] - 2.0 * weights[1:] @ np.cos(distance * theta))


def maximum_time_step(vmax_m_s: float, spacing_m: Sequence[float], order: int) -> float:
    """Largest stable time step [s] of the scheme in the module's equation.

    vmax_m_s : fastest velocity of the model [m/s].
    spacing_m : distance of the cells for each axis [m].
    order : space order, even.
    """
    steepest = symbol(order, math.pi)
    return 2.0 / (vmax_m_s * math.sqrt(sum(steepest / h**2 for h in spacing_m)))


def choose_time_step(
    vmax_m_s: float,
    spacing_m: Sequence[float],
    order: int,
    sample_interval_s: float | None = None,
    safety: float = SAFETY,
) -> float:
    """Choose a time step [s]: `safety` times the stable limit, or a little less.

    sample_interval_s : the step chosen divides this interval a whole number of
        times; left out, the step is exactly `safety` times the limit.
    safety : 0 < safety <= 1.
    """
    step = safety * maximum_time_step(vmax_m_s, spacing_m, order)
    if sample_interval_s is None:
        return step
    return sample_interval_s / math.ceil(sample_interval_s / step - 1e-9)


@cache
def points_per_wavelength(order: int, phase_error: float = PHASE_ERROR) -> float:
    """Cells needed in the shortest wavelength for a phase error of at most this.

    The error of the phase velocity grows with theta = 2 pi / points, so the answer
    is found by bisection, to 1e-12 of itself.
    """
    low, high = 1e-6, math.pi
    while high - low > 1e-12 * high:
        theta = 0.5 * (low + high)
        if 1.0 - math.sqrt(symbol(order, theta)) / theta > phase_error:
            high = theta
        else:
            low = theta
    return 2.0 * math.pi / low


def carried_frequency(vmin_m_s: float, spacing_m: Sequence[float], order: int) -> float:
    """Highest frequency [Hz] that the grid carries within the phase error."""
    return vmin_m_s / (points_per_wavelength(order) * max(spacing_m))


def check_sampling(
    vmin_m_s: float,
    vmax_m_s: float,
    spacing_m: Sequence[float],
    order: int,
    f_max_hz: float,
    dt_s: float,
) -> list[str]:
    """List findings: what was found, what is needed, what to do, in plain text.

    vmin_m_s, vmax_m_s : slowest and fastest velocity of the model [m/s].
    spacing_m : distance of the cells for each axis [m].
    order : space order.  f_max_hz : top frequency of the wavelet [Hz].
    dt_s : time step [s].

    An empty list where the run is stable and the grid fine enough. Velocities that
    are not positive and finite give one finding and no other.
    """
    if not 0.0 < vmin_m_s <= vmax_m_s < math.inf:
        return [
            f"velocities run from {vmin_m_s:g} to {vmax_m_s:g} m/s; they must be "
            "positive and finite; repair the model"
        ]
    return [
        *_unstable(vmax_m_s, spacing_m, order, dt_s),
        *_too_coarse(vmin_m_s, spacing_m, order, f_max_hz),
    ]


def _unstable(
    vmax_m_s: float, spacing_m: Sequence[float], order: int, dt_s: float
) -> list[str]:
    limit = maximum_time_step(vmax_m_s, spacing_m, order)
    if 0.0 < dt_s <= limit:
        return []
    return [
        f"time step {dt_s:.4g} s; {vmax_m_s:g} m/s on cells of {_cells(spacing_m)} at "
        f"space order {order} is stable above 0 and up to {limit:.4g} s; "
        f"use {_rounded_down(SAFETY * limit):.4g} s"
    ]


def _too_coarse(
    vmin_m_s: float, spacing_m: Sequence[float], order: int, f_max_hz: float
) -> list[str]:
    needed = points_per_wavelength(order)
    wavelength = vmin_m_s / f_max_hz
    found = wavelength / max(spacing_m)
    if found >= needed:
        return []
    top = _rounded_down(carried_frequency(vmin_m_s, spacing_m, order))
    remedy = (
        f"use cells of at most {_rounded_down(wavelength / needed):.4g} m or a top "
        f"frequency of at most {top:.4g} Hz"
    )
    finer = [p for p in ORDERS if p > order and points_per_wavelength(p) <= found]
    if finer:
        remedy += f" or space order {finer[0]}"
    return [
        f"{found:.3g} cells in the shortest wavelength ({vmin_m_s:g} m/s at "
        f"{f_max_hz:.4g} Hz is {wavelength:.4g} m, cells of {_cells(spacing_m)}); "
        f"space order {order} needs {needed:.3g}; {remedy}"
    ]


def _cells(spacing_m: Sequence[float]) -> str:
    return " x ".join(f"{h:g}" for h in spacing_m) + " m"


def _rounded_down(number: float) -> float:
    """To three digits, never up: what a message advises must pass its own check."""
    unit = 10.0 ** (math.floor(math.log10(number)) - 2)
    return math.floor(number / unit) * unit
