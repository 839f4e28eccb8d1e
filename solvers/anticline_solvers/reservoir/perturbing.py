"""The component `reservoir.perturb`: one member of an ensemble of permeabilities.

    k'(x) = k(x) exp(s G(x)),     cov(G(x), G(y)) = exp(-|(x - y) / range|)

with G a Gaussian field of zero mean and unit variance on the cells' indices, drawn by
circulant embedding: Dietrich and Newsam (1997), doi:10.1137/S1064827592240555. The
median of k' is k. A seed and a member give one field, on any machine.

Transmissibilities follow cell by cell: with h1 and h2 the halves of a connection,

    T' = T (1/h1 + 1/h2) / (1/(f1 h1) + 1/(f2 h2)),     f = exp(s G),

exact where the halves are k A / d of boxes. Connection factors that a deck states
itself stay as they are; those from permeability follow it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.reservoir.description import Description, Grid
from anticline_solvers.reservoir.files.model import read_reservoir, write_reservoir
from anticline_solvers.reservoir.preflight import output_faults

Floats = NDArray[np.float64]


def gaussian_field(
    shape: tuple[int, int, int], ranges: tuple[float, float, float], seed: list[int]
) -> Floats:
    """Draw a field: shape nx, ny, nz; ranges in cells -> (nz, ny, nx)."""
    sizes = tuple(2 * n for n in reversed(shape))
    square = np.zeros(sizes)
    for axis, (size, length) in enumerate(zip(sizes, reversed(ranges), strict=True)):
        at = np.arange(size)
        lag = np.minimum(at, size - at) / length
        form = [1, 1, 1]
        form[axis] = size
        square += (lag**2).reshape(form)
    spectrum = np.maximum(np.fft.fftn(np.exp(-np.sqrt(square))).real, 0.0)
    spectrum *= square.size / spectrum.sum()
    noise = np.random.default_rng(seed).standard_normal(sizes)
    field = np.fft.ifftn(np.fft.fftn(noise) * np.sqrt(spectrum)).real
    nx, ny, nz = shape
    return np.ascontiguousarray(field[:nz, :ny, :nx])


def perturbed(description: Description, factor: Floats) -> Description:
    """Give the reservoir with its active cells' permeability times a factor (n,)."""
    grid = description.grid
    changed = replace(
        grid,
        permeability=grid.permeability * factor,
        transmissibility=grid.transmissibility * _changes(grid, factor),
    )
    return replace(description, grid=changed)


def _changes(grid: Grid, factor: Floats) -> Floats:
    """Factors of the connections, (m,)."""
    nx, ny, _ = grid.shape
    first, second = grid.connections.T
    at = np.stack([grid.active % nx, grid.active // nx % ny, grid.active // (nx * ny)])
    moved = at[:, first] != at[:, second]
    axis = np.where(moved[0], 0, np.where(moved[1], 1, 2))
    size = np.stack([grid.dx, grid.dy, grid.dz])
    thick = np.where(axis < 2, 1.0, 0.0)
    halves = []
    for cell in (first, second):
        net = np.where(thick > 0, grid.net_to_gross[cell], 1.0)
        halves.append(grid.permeability[axis, cell] * net / size[axis, cell])
    one, other = (np.maximum(half, np.finfo(float).tiny) for half in halves)
    before = 1 / one + 1 / other
    return np.asarray(
        before / (1 / (one * factor[first]) + 1 / (other * factor[second]))
    )


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find a reservoir that cannot be read."""
    found = output_faults(case)
    try:
        read_reservoir(case.inputs["model"])
    except BadInput as error:
        found += error.findings
    if len(case.parameters["range_cells"]) != 3:
        text = "range_cells needs three numbers, along i, j and k"
        found.append(case.finding("parameters.range_cells", text))
    return found


def run(case: Case, context: RunContext) -> None:
    """Draw the member's field and write its reservoir, on rank 0."""
    if context.comm.rank != 0:
        return
    out, given = case.outputs["model"], case.parameters
    if finished(out, context.fingerprint):
        context.log(f"{out} is there already")
        return
    description = read_reservoir(case.inputs["model"])
    grid = description.grid
    i, j, k = given["range_cells"]
    seed = [given["seed"], given["member"]]
    field = gaussian_field(grid.shape, (i, j, k), seed).reshape(-1)[grid.active]
    factor = np.exp(given["deviation"] * field)
    write_reservoir(
        out, perturbed(description, factor), context.provenance, context.fingerprint
    )
    low, high = np.percentile(factor, [10, 90])
    context.log(f"{out}: permeability times {low:.3g} to {high:.3g} (P10 to P90)")
