"""The acoustic update in NumPy: slow, plain, the specification of the others.

Reads the table of `acoustic.equations` term by term. Needs no compiler.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anticline_solvers.acoustic.equations import MEMORIES, PRESSURE, Term
from anticline_solvers.acoustic.kernels.setup import Medium, Setup, Update
from anticline_solvers.acoustic.memory import Slab
from anticline_solvers.domain.decomposition import Box
from anticline_solvers.domain.layout import Array
from anticline_solvers.numerics.absorbing import PROFILES


def build(setup: Setup) -> Update:
    """Build the update of `kernels.setup.Update` for one rank."""
    layout, second, profiles = setup.layout, setup.second(), setup.profiles()
    first = setup.first()

    def update(
        previous: Array, current: Array, medium: Medium, old: Array, new: Array,
        box: Box,
    ) -> None:  # fmt: skip
        scale = medium.scale
        wave = _Window(current.reshape(layout.shape), _in_rows(box, layout.lead))
        laplacian = sum(
            _symmetric(wave, axis, second[axis]) for axis in range(setup.ndim)
        )
        target = _Window(previous.reshape(layout.shape), wave.box)
        factor = _Window(scale.reshape(layout.shape), wave.box)
        target.cells()[...] = (
            2 * wave.cells() - target.cells() + factor.cells() * laplacian
        )
        for slab in setup.slabs:
            _apply_layer(
                setup, slab, profiles[slab.side], (second, first),
                (previous, current, scale, old, new), box,
            )  # fmt: skip
        if setup.boundary.free_surface:
            mirror(target.array, layout.lead, setup.reach, box)

    return update


def mirror(array: Array, lead: int, reach: int, box: Box) -> None:
    """Continue rows above the free surface by their odd image, in place."""
    rows = array[box[:-1]]
    for r in range(1, reach + 1):
        rows[..., lead - r] = -rows[..., lead + r]


class _Window:
    """A box of an array that can be read shifted along an axis."""

    def __init__(self, array: Array, box: Box) -> None:
        self.array, self.box = array, box

    def cells(self, axis: int = 0, by: int = 0) -> Array:
        side = self.box[axis]
        moved = slice(side.start + by, side.stop + by)
        return self.array[(*self.box[:axis], moved, *self.box[axis + 1 :])]


def _in_rows(box: Box, lead: int) -> Box:
    return (*box[:-1], slice(box[-1].start + lead, box[-1].stop + lead))


def _symmetric(wave: _Window, axis: int, weights: Array) -> Array:
    total: Array = weights[0] * wave.cells()
    for r in range(1, weights.size):
        total = total + weights[r] * (wave.cells(axis, r) + wave.cells(axis, -r))
    return total


def _apply_layer(
    setup: Setup,
    slab: Slab,
    profiles: Array,
    weights: tuple[Array, Array],
    arrays: tuple[Array, ...],
    box: Box,
) -> None:
    """Add one side's terms to the pressure and advance its memories."""
    previous, current, scale, old, new = arrays
    axis, layout = slab.axis, setup.layout
    part = list(box)
    side = box[axis]
    part[axis] = slice(max(side.start, slab.start), min(side.stop, slab.stop))
    if part[axis].stop <= part[axis].start:
        return
    rows = _in_rows(tuple(part), layout.lead)
    windows = {PRESSURE: _Window(current.reshape(layout.shape), rows)}
    inside = _within_slab(slab, tuple(part), rows)
    for memory in MEMORIES:
        windows[memory] = _Window(slab.array(old, memory), inside)
    along = slice(part[axis].start + slab.profile, part[axis].stop + slab.profile)
    results = {
        output: sum(values)
        for output, values in _by_output(
            setup.terms, windows, axis, profiles, along, weights
        )
    }
    target = previous.reshape(layout.shape)[rows]
    target += scale.reshape(layout.shape)[rows] * results[PRESSURE]
    for memory in MEMORIES:
        slab.array(new, memory)[inside] = results[memory]


def _within_slab(slab: Slab, part: Box, rows: Box) -> Box:
    inside = list(rows)
    side = part[slab.axis]
    shift = slab.reach - slab.start
    inside[slab.axis] = slice(side.start + shift, side.stop + shift)
    return tuple(inside)


def _by_output(
    terms: tuple[Term, ...],
    windows: dict[str, _Window],
    axis: int,
    profiles: Array,
    along: slice,
    weights: tuple[Array, Array],
) -> Iterator[tuple[str, list[Array]]]:
    ndim = next(iter(windows.values())).array.ndim

    def profile(name: str, by: int) -> Array:
        row = profiles[PROFILES.index(name), along.start + by : along.stop + by]
        return row.reshape([-1 if i == axis else 1 for i in range(ndim)])

    def value(term: Term) -> Array:
        def at(by: int) -> Array:
            return profile(term.right, by) * windows[term.input].cells(axis, by)

        left = term.sign * profile(term.left, 0)
        if term.operator == "I":
            return np.asarray(left * at(0))
        second, first = weights[0][axis], weights[1][axis]
        reach = range(1, second.size)
        if term.operator == "D":
            return np.asarray(left * sum(first[r] * (at(r) - at(-r)) for r in reach))
        sides = sum(second[r] * (at(r) + at(-r)) for r in reach)
        return np.asarray(left * (second[0] * at(0) + sides))

    for output in (PRESSURE, *MEMORIES):
        yield output, [value(term) for term in terms if term.output == output]


def inject(
    previous: Array,
    scale: Array,
    starts: Array,
    cells: Array,
    points: Array,
    weights: Array,
    values: Array,
) -> None:
    """previous[cell] -= scale weight value; see `kernels.cpu.inject`."""
    each = np.repeat(cells, np.diff(starts))
    np.subtract.at(previous, each, scale[each] * (weights * values[points]))


def sample(
    current: Array, starts: Array, cells: Array, weights: Array, out: Array
) -> None:
    """out[i] = weighted sum of current; see `kernels.cpu.sample`."""
    for i in range(out.size):
        part = slice(starts[i], starts[i + 1])
        out[i] = np.sum(weights[part] * current[cells[part]])
