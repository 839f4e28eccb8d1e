"""Imaging conditions: from a source and a receiver wavefield to a reflectivity.

At every imaging step, s the source and r the receiver wavefield at the same time:

    cross_correlation    I = sum s r
    inverse_scattering   I = sum (1/v^2) s_t r_t - grad s . grad r
                           = - sum r laplace s + grad s . grad r
    laplacian            I = - v^2/4 laplace (sum s r), applied to the stack

The second form of inverse scattering follows by parts in time and the wave
equation, s_tt = v^2 laplace s. With theta half the angle between the two waves at
the reflector, both low-wavenumber-free conditions weigh s r by cos^2 theta once
multiplied by v^2/2 (the scattering condition) and 1/omega^2 (the data, see
`acquisition.preparation`): waves that travel the same way, theta = 90 degrees, cancel.
Dividing by the source illumination sum s s makes each an estimate of reflectivity.

The sampling law: s r has twice the band of s, and its time average is kept as long
as the interval is at most 1 / (2 f_max).

Sources: Whitmore and Crawley (2012), doi:10.1190/segam2012-0779.1; Op 't Root,
Stolk and de Hoop (2012), doi:10.1016/j.matpur.2012.05.009; the Laplacian filter,
Youn and Zhou (2001), doi:10.1190/1.1444901.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.backends.base import memory
from anticline_solvers.domain.part import Part
from anticline_solvers.domain.placement import Placement
from anticline_solvers.numerics.stencils import first_derivative, second_derivative
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.image_gathers import (
    Field,
    ImageGathers,
    Integers,
)
from anticline_solvers.seismic.imaging.migration import ReceiverField

CROSS_CORRELATION = "cross_correlation"
INVERSE_SCATTERING = "inverse_scattering"
LAPLACIAN = "laplacian"
Samples = NDArray[np.floating[Any]]

CONDITIONS = (CROSS_CORRELATION, INVERSE_SCATTERING, LAPLACIAN)


def steps_per_image(interval_s: float, dt_s: float) -> int:
    """Time steps between imaging steps: the most that fit the interval, or 1."""
    return max(1, int(interval_s / dt_s + 1e-6))


def halo_of(condition: str, space_order: int) -> int:
    """Cells around the owned ones that a condition reads."""
    return space_order // 2 if condition == INVERSE_SCATTERING else 0


def extent_of(condition: str, space_order: int) -> Extent:
    """Cells that a snapshot holds for a condition."""
    return Extent(halo_of(condition, space_order))


class Imaging:
    """What one shot adds to the result, on the cells a rank owns.

    backend : one of `backends.base.BACKENDS`; in its memory lie
    image, illumination : float32, of the owned box's shape, local, no halo;
        changed by `add`.
    receiver_illumination : the same, sum of r r; None where it is not asked for.
    gathers : the shot's image gathers; None where none are asked for.
    extent : of the wavefields handed to `add`; halo : cells around the owned ones.
    """

    def __init__(
        self,
        condition: str,
        shape: tuple[int, ...],
        spacing_m: tuple[float, ...],
        space_order: int,
        backend: str = "cpu",
        *,
        receiver_illumination: bool = False,
        gathers: ImageGathers | None = None,
    ) -> None:
        self._memory = memory(backend)
        self.image: Field = self._zeros(shape)
        self.illumination: Field = self._zeros(shape)
        self.receiver_illumination: Field | None = (
            self._zeros(shape) if receiver_illumination else None
        )
        self.gathers = gathers
        self.extent = extent_of(condition, space_order)
        self._kernel = _kernel(backend)
        self._first = _per_axis(first_derivative(space_order), spacing_m, 1)
        self._second = _per_axis(second_derivative(space_order), spacing_m, 2)

    @property
    def halo(self) -> int:
        """Cells that the wavefields handed to `add` carry on every side."""
        return self.extent.halo

    def received(self, receiver: ReceiverField, n: int) -> Field:
        """Take the receiver wavefield back to time t_n, for `add`."""
        return receiver.at(n, self.extent)

    def _zeros(self, shape: tuple[int, ...]) -> Field:
        zeros: Field = self._memory.to_device(np.zeros(shape, np.float32))
        return zeros

    def add(self, s: Field, r: Field) -> None:
        """Add one imaging step; s, r float32, C contiguous, with `halo`  [Pa].

        s, r : in the backend's memory, or in the host's.

        Collective over the gathers' ranks where there are gathers.
        """
        s, r = self._memory.to_device(s), self._memory.to_device(r)
        if self.gathers is not None:
            self.gathers.add(self._take, self._kernel.multiply_terms, s, r)
        if not self.image.size:
            return
        if self.halo:
            self._kernel.scatter(
                self.image, self.illumination, s, r, self._first, self._second
            )
        else:
            self._kernel.correlate(self.image, self.illumination, s, r)
        if self.receiver_illumination is not None:
            self._kernel.brighten(self.receiver_illumination, r)

    def _take(
        self, s_terms: Field, r_terms: Field, s: Field, r: Field, cells: Integers
    ) -> None:
        if not cells.size:
            return
        if self.halo:
            self._kernel.scatter_terms(
                s_terms, r_terms, s, r, cells, self._first, self._second
            )
        else:
            self._kernel.correlate_terms(s_terms, r_terms, s, r, cells)

    def partial(self) -> dict[str, Field]:
        """Give what has been added up so far, this rank's part, as NumPy arrays."""
        fields = self.on_grid()
        if self.gathers is not None:
            fields["gathers"] = self.gathers.values
        return fields

    def on_grid(self) -> dict[str, Field]:
        """Give the part of `partial` that has the shape of the owned box."""
        to_host = self._memory.to_host
        return {name: to_host(values) for name, values in self._sums().items()}

    def _sums(self) -> dict[str, Field]:
        sums = {"image": self.image, "illumination": self.illumination}
        if self.receiver_illumination is not None:
            sums["receiver_illumination"] = self.receiver_illumination
        return sums

    def parts(self, place: Placement) -> list[Part]:
        """Give `partial` as parts of global arrays; place : of the cells owned."""
        shape, box = place.grid.shape, place.physical_box
        parts = [
            Part(name, shape, box, field) for name, field in self.on_grid().items()
        ]
        if self.gathers is not None:
            parts.append(Part("gathers", *self.gathers.placed(), self.gathers.values))
        return parts

    def restore(self, partial: Mapping[str, Field]) -> None:
        """Go on from what `partial` gave; the names and shapes must agree."""
        for name, values in self._sums().items():
            values[...] = self._memory.to_device(np.asarray(partial[name]))
        if self.gathers is not None:
            self.gathers.values[...] = partial["gathers"]


def terms_of(condition: str, ndim: int) -> int:
    """Products of s and r that a condition sums."""
    return ndim + 1 if condition == INVERSE_SCATTERING else 1


def _kernel(backend: str) -> ModuleType:
    """Import one twin; only that of the CPU needs Numba."""
    return import_module(f"anticline_solvers.seismic.imaging.kernels.{backend}")


def _per_axis(
    weights: NDArray[np.float64], spacing_m: tuple[float, ...], power: int
) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple((weights / h**power).tolist()) for h in spacing_m)


def finish(
    condition: str,
    image: Samples,
    velocity: Samples,
    spacing_m: tuple[float, ...],
    space_order: int,
) -> Samples:
    """Scale a stacked image to a cos^2-weighted s r, float64; global, of one shape.

    velocity : of the migration model [m/s].

    It is linear in the image: scaled stacks may be added.
    """
    squared = velocity.astype(np.float64) ** 2
    if condition == INVERSE_SCATTERING:
        return np.asarray(0.5 * squared * image)
    if condition == LAPLACIAN:
        return np.asarray(-0.25 * squared * laplacian(image, spacing_m, space_order))
    return np.asarray(image, np.float64)


def reach_of(condition: str, space_order: int) -> int:
    """Cells around those of a stack that `finish` changes."""
    return space_order // 2 if condition == LAPLACIAN else 0


def laplacian(field: Samples, spacing_m: tuple[float, ...], order: int) -> Samples:
    """Laplacian of a global field, float64; its edge values continue outside."""
    weights = second_derivative(order)
    reach = len(weights) - 1
    padded = np.pad(field.astype(np.float64), reach, mode="edge")
    total = np.zeros(field.shape)
    for axis, spacing in enumerate(spacing_m):
        for k, weight in enumerate(weights):
            for side in {k, -k}:
                total += weight / spacing**2 * padded[_moved(field, reach, axis, side)]
    return total


def _moved(field: Samples, reach: int, axis: int, cells: int) -> tuple[slice, ...]:
    return tuple(
        slice(reach + cells * (a == axis), reach + cells * (a == axis) + n)
        for a, n in enumerate(field.shape)
    )


def normalise(image: Samples, illumination: Samples, epsilon: float) -> Samples:
    """Divide by the source illumination, stabilised by a share of its mean.

    epsilon : share of the mean illumination added to it; positive. The image is
        zero where no shot sheds light.
    """
    return divided(image, illumination, floor_of(illumination, epsilon))


def floor_of(illumination: Samples, epsilon: float) -> float:
    """Give the share of the mean illumination that keeps a quotient finite."""
    return epsilon * float(illumination.mean(dtype=np.float64))


def divided(image: Samples, illumination: Samples, floor: float) -> Samples:
    """Divide by the illumination plus a floor, in float64; zero without any light.

    A free surface is such a place: the pressure is zero there and its gradient not.
    """
    quotient = np.zeros(image.shape, np.float64)
    if floor > 0.0:
        light = illumination + np.float64(floor)
        np.divide(image, light, out=quotient, where=illumination > 0)
    return quotient
