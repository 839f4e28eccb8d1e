"""The source wavefield run backwards, fed by what was saved inside the layers.

Within the physical grid the wave equation is the same in both directions of time,

    p^{m-1} = 2 p^m - p^{m+1} + c (laplace p^m + f^m delta)

so a step without layers (`Propagator.bare`), its two time levels swapped, goes back
by one. Only the cells within the stencil's reach of a layer need the field in it:
there the field of every time step is saved on the way forward, and put back on the
way backward. What snapshots hold beyond the grid is saved at imaging steps. Sources
between the cells act again with the same sign; those near a layer do no harm, for what
is saved replaces what they make.

The field comes back to rounding, which grows in proportion to the number of steps, or
to the tolerance of the strips where these are encoded: EDGE[2] time steps together.

Source: Dussaud et al. (2008), doi:10.1190/1.3059336.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.domain.decomposition import Box, intersect, shift
from anticline_solvers.domain.layout import Array
from anticline_solvers.domain.placement import Placement
from anticline_solvers.numerics.storage import (
    BACKWARD,
    FORWARD,
    Coder,
    Encoded,
    KeepSnapshot,
)
from anticline_solvers.numerics.storage.codec import EDGE
from anticline_solvers.seismic.imaging.extent import Extent
from anticline_solvers.seismic.imaging.migration import SourceRun

Places = NDArray[np.int64]
STEPS_TOGETHER = EDGE[2]


def inside_layers(placement: Placement, reach: int) -> Places:
    """Flat indices of local cells less than `reach` inside a layer, int64.

    Face after face, the distance from the layer slowest, so that neighbours in the
    list are neighbours in the grid. Cells at edges appear once for each face.
    """
    physical = _physical(placement)
    found = []
    for axis, (low, high) in enumerate(placement.margins):
        side = physical[axis]
        for width, part in (
            (low, slice(side.start, side.start + reach)),
            (high, slice(side.stop - reach, side.stop)),
        ):
            if width:
                face = (*physical[:axis], part, *physical[axis + 1 :])
                found.append(_places(placement, face, axis))
    return np.concatenate([np.empty(0, np.int64), *found])


def around_grid(placement: Placement, extent: Extent) -> Places:
    """Flat indices of the cells of a snapshot outside the physical grid."""
    view = extent.view(placement, np.arange(np.prod(placement.layout.shape)))
    if not view.size:
        return np.empty(0, np.int64)
    start = extent.first(placement)
    outside = np.zeros(view.shape, bool)
    for axis, n in enumerate(placement.grid.shape):
        cells = np.arange(view.shape[axis]) + start[axis]
        along = [-1 if other == axis else 1 for other in range(view.ndim)]
        outside |= ((cells < 0) | (cells >= n)).reshape(along)
    return np.asarray(view[outside], np.int64)


def _physical(placement: Placement) -> Box:
    """Give the physical grid in padded cell numbers."""
    return tuple(
        slice(low, low + n)
        for low, n in zip(placement.low, placement.grid.shape, strict=True)
    )


def _places(placement: Placement, box: Box, first: int) -> Places:
    """Flat indices of the local cells of a global box, one axis slowest."""
    layout = placement.layout
    local = shift(intersect(box, layout.local_box), layout.origin)
    whole = np.arange(np.prod(layout.shape)).reshape(layout.shape)
    z = slice(local[-1].start + layout.lead, local[-1].stop + layout.lead)
    cells = whole[(*local[:-1], z)]
    return np.asarray(np.moveaxis(cells, first, 0).reshape(-1), np.int64)


class Strips:
    """Values at some cells for every time step, rising in, falling out.

    tolerance : of the codec, for STEPS_TOGETHER steps at a time; 0.0 keeps them as
        they are.
    """

    def __init__(self, places: Places, first: int, tolerance: float) -> None:
        self._places, self._first = places, first
        self._coder = Coder(tolerance) if tolerance else None
        shape = (STEPS_TOGETHER, places.size)
        self._open = np.zeros(shape, np.float32)
        self._kept: list[Encoded | Array] = []
        self._loaded = 0

    def put(self, n: int, field: Array) -> None:
        """Keep the values of a flat field at time step n."""
        group, row = divmod(n - self._first, STEPS_TOGETHER)
        if row == 0 and group:
            self._kept.append(self._closed())
        np.take(field, self._places, out=self._open[row])
        self._loaded = group

    def _closed(self) -> Encoded | Array:
        return self._coder.encode(self._open) if self._coder else self._open.copy()

    def write(self, n: int, field: Array) -> None:
        """Put the values of time step n back into a flat field."""
        group, row = divmod(n - self._first, STEPS_TOGETHER)
        if group != self._loaded:
            self._load(group)
        field[self._places] = self._open[row]

    def _load(self, group: int) -> None:
        kept, self._loaded = self._kept.pop(), group
        if isinstance(kept, Encoded):
            assert self._coder is not None
            self._open[...] = self._coder.decode(kept, self._open.shape)
        else:
            self._open[...] = kept

    @property
    def nbytes(self) -> int:
        """Bytes kept, working memory included."""
        return self._open.nbytes + sum(kept.nbytes for kept in self._kept)


class Reconstruction:
    """A `Sweep` that holds strips, and no snapshot but the one in use.

    run : the forward run. n_imaging : its imaging steps.
    tolerance : of the strips' codec, 0.0 for none.
    """

    def __init__(self, n_imaging: int, run: SourceRun, tolerance: float) -> None:
        self.remaining, self.half = n_imaging, FORWARD
        self._run, self._source = run, run.source
        self._first, self._stop = run.time_steps(n_imaging)
        propagator = run.source.propagator
        placement = propagator.placement
        inside = inside_layers(placement, propagator.reach)
        self._strips = Strips(inside, self._first, tolerance)
        self._around = around_grid(placement, run.source.extent)
        self._rims: list[Array] = []

    def run(self, use: KeepSnapshot) -> None:
        """Call use(k, snapshot) for k = n_imaging - 1 ... 0."""
        source, n = self._source, self._stop - 1
        state = self._run.start()
        source.advance_steps(state, self._first, self._stop, None, self._save)
        self.half = BACKWARD
        bare = source.propagator.bare()
        back = bare.start()
        back.current[:], back.previous[:] = state.current, state.previous
        del state
        self._hand_out(n, back, use)
        back.swap()
        values = source.propagator.memory.to_device(source.series.values)
        while n > self._first:
            n -= 1
            if n < self._stop - 2:
                bare.step(back, source.series.points, values[n + 1])
                self._strips.write(n, back.current)
            source.at_step(n, back)
            self._hand_out(n, back, use)

    def _save(self, n: int, state: Any) -> None:
        self._strips.put(n, state.current)
        if n % self._source.every == 0:
            self._rims.append(state.current[self._around])

    def _hand_out(self, n: int, state: Any, use: KeepSnapshot) -> None:
        """Use the field of time step n where it is one of an imaging step."""
        if n % self._source.every:
            return
        state.current[self._around] = self._rims.pop()
        placement = self._source.propagator.placement
        view = self._source.extent.view(placement, state.current)
        k = self.remaining - 1
        use(k, np.ascontiguousarray(view))
        self.remaining = k

    def held(self) -> list[int]:
        """Give the imaging steps whose snapshots are there: none."""
        return []

    @property
    def held_bytes(self) -> int:
        """Bytes of memory that the strips take now."""
        return self._strips.nbytes + sum(rim.nbytes for rim in self._rims)

    def close(self) -> None:
        """Give the memory back."""
        self._rims.clear()
        self._strips = Strips(np.empty(0, np.int64), self._first, 0.0)
