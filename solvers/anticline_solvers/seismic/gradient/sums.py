r"""The sums of a gradient, on the cells that a rank owns, layers included.

With p the source field and w the adjoint field of the scheme in `acoustic.equations`

    d J / d v = sum_n 2 / (v^3 dt^2)  w^n (p^n - 2 p^{n-1} + p^{n-2})

exactly (`seismic.born`). Both fields are zero before the first and after the last time
step, so by parts, exactly too,

              = 2 / (v^3 dt^2)  sum_n p^n (w^n - 2 w^{n+1} + w^{n+2})

and plain snapshots of p suffice. At an imaging interval of m time steps every m-th
term is summed and counts m times.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import numpy as np

from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.part import Part
from anticline_solvers.domain.placement import Placement
from anticline_solvers.formats.gradient import GRADIENT, ILLUMINATION
from anticline_solvers.seismic.imaging.extent import OWNED
from anticline_solvers.seismic.imaging.migration import ReceiverField
from anticline_solvers.seismic.physics import Propagator


class Levels(NamedTuple):
    """Three time levels of the adjoint field.

    newest, middle : w^n and w^{n+1}, flat, of the layout. oldest : w^{n+2}, of the
    owned box's shape.
    """

    newest: Array
    middle: Array
    oldest: Array


class GradientSums:
    """A `correlation.ShotSums`.

    gradient : sum of p^n (w^n - 2 w^{n+1} + w^{n+2}); illumination : of p^n p^n; of
        the propagator's dtype, in its memory, of the owned box's shape.
    """

    extent = OWNED

    def __init__(self, propagator: Propagator) -> None:
        self._memory, layout = propagator.memory, propagator.placement.layout
        self._kernel = import_module(
            f"anticline_solvers.seismic.imaging.kernels.{propagator.backend}"
        )
        shape = tuple(side.stop - side.start for side in layout.box)
        zeros = np.zeros(shape, propagator.dtype)
        self.gradient = self._memory.to_device(zeros)
        self.illumination = self._memory.to_device(zeros.copy())
        self._whole = layout.shape
        starts = zip(layout.box, layout.origin, strict=True)
        first = [side.start - origin for side, origin in starts]
        self._first = (*first[:-1], first[-1] + layout.lead)

    def received(self, receiver: ReceiverField, n: int) -> Levels:
        """Take the adjoint field back through time step n."""
        oldest = receiver.through(n, self.extent)
        return Levels(receiver.state.current, receiver.state.previous, oldest)

    def add(self, s: Array, r: Levels) -> None:
        """Add an imaging step; s : p^n, C contiguous, in this memory or the host's."""
        self._kernel.accumulate(
            self.gradient,
            self.illumination,
            self._memory.to_device(s),
            r.newest.reshape(self._whole),
            r.middle.reshape(self._whole),
            r.oldest,
            self._first,
        )

    def fields(self) -> dict[str, Array]:
        """Give the sums so far as NumPy arrays."""
        to_host = self._memory.to_host
        return {
            GRADIENT: to_host(self.gradient),
            ILLUMINATION: to_host(self.illumination),
        }

    def parts(self, place: Placement) -> list[Part]:
        """Give the sums as parts of arrays of the padded grid."""
        shape, box, fields = place.shape, place.layout.box, self.fields()
        return [Part(name, shape, box, field) for name, field in fields.items()]

    def restore(self, partial: Mapping[str, Array]) -> None:
        """Go on from the values of `parts`."""
        self.gradient[...] = self._memory.to_device(np.asarray(partial[GRADIENT]))
        light = np.asarray(partial[ILLUMINATION])
        self.illumination[...] = self._memory.to_device(light)
