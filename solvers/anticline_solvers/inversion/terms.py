r"""Terms of the model that are added to the data misfit, and their exact gradients.

With u = x / scale, per axis a with weight w_a, and differences D_a between neighbours
over their distance in units of `length`:

    Tikhonov         T = 1/(2 N) sum_a w_a^2 |D_a^k (u - u_ref)|^2        k = 1 or 2
    total variation  V = 1/N sum_cells ( sqrt(sum_a (D_a u)^2 + e^2) - e )

N counts the cells. A difference that a fixed cell takes part in is left out: the step
at the sea floor is not the inversion's to smooth. D^T is the exact transpose, so a
Taylor test of the sum holds to rounding. Rudin, Osher and Fatemi 1992,
doi:10.1016/0167-2789(92)90242-F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anticline_solvers.inversion.arithmetic import Array, Mask, inner

Valued = tuple[float, Array]


@dataclass(frozen=True, eq=False)
class Differences:
    """First or second differences along one axis, where `joined` is true.

    step : distance of neighbours in units of length. joined : shape of the result.
    """

    axis: int
    step: float
    order: int
    joined: Mask

    @classmethod
    def among(cls, free: Mask, axis: int, step: float, order: int) -> Differences:
        """Take those in which free cells alone take part."""
        joined = free
        for _ in range(order):
            one, other = _neighbours(joined, axis)
            joined = one & other
        return cls(axis, step, order, joined)

    def apply(self, u: Array) -> Array:
        """Give D u, `order` cells shorter than u along the axis."""
        made = np.diff(u, n=self.order, axis=self.axis) / self.step**self.order
        return np.asarray(np.where(self.joined, made, 0.0))

    def adjoint(self, d: Array) -> Array:
        """Give D^T d, of the model's shape."""
        made = np.where(self.joined, d, 0.0) / self.step**self.order
        ends = [(0, 0)] * d.ndim
        ends[self.axis] = (self.order, self.order)
        padded = np.pad(made, ends)
        return np.asarray((-1) ** self.order * np.diff(padded, self.order, self.axis))


def _neighbours(values: Mask, axis: int) -> tuple[Mask, Mask]:
    first: list[slice] = [slice(None)] * values.ndim
    last = list(first)
    first[axis], last[axis] = slice(None, -1), slice(1, None)
    return values[tuple(first)], values[tuple(last)]


def tikhonov(
    u: Array, differences: list[Differences], weights: tuple[float, ...]
) -> Valued:
    """Give T and dT/du."""
    value, gradient = 0.0, np.zeros_like(u)
    for found, weight in zip(differences, weights, strict=True):
        d = found.apply(u) * weight**2
        value += 0.5 * inner(found.apply(u), d)
        gradient += found.adjoint(d)
    return value / u.size, gradient / u.size


def total_variation(u: Array, differences: list[Differences], epsilon: float) -> Valued:
    """Give V and dV/du; the last cell of an axis has no difference along it."""
    parts = [found.apply(u) for found in differences]
    size = np.full(u.shape, epsilon**2)
    for found, part in zip(differences, parts, strict=True):
        size[_within(found, u)] += part**2
    root = np.sqrt(size)
    gradient = np.zeros_like(u)
    for found, part in zip(differences, parts, strict=True):
        gradient += found.adjoint(part / root[_within(found, u)])
    return float(np.sum(root - epsilon)) / u.size, gradient / u.size


def _within(found: Differences, u: Array) -> tuple[slice, ...]:
    """Cells that have a neighbour after them."""
    cells = [slice(None)] * u.ndim
    cells[found.axis] = slice(0, u.shape[found.axis] - found.order)
    return tuple(cells)
