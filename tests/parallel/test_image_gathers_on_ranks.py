"""Image gathers whose half-offsets reach over the borders of ranks."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from anticline.errors import Interrupted
from anticline_solvers.domain.assembly import assemble
from anticline_solvers.domain.decomposition import Decomposition, choose_process_grid
from anticline_solvers.seismic.imaging import conditions as imaging
from anticline_solvers.seismic.imaging.image_gathers import (
    Columns,
    ImageGathers,
    Lattice,
)
from surveys import GRID, WORLD, StopAfter, contents, drive, made_line

RANKS = pytest.mark.parallel([1, 2, 3, 4])
LINE = (19, 12), (10.0, 10.0), Lattice((tuple(range(19)),), 0, 9)
VOLUME = (11, 10, 8), (10.0, 12.0, 9.0), Lattice(((0, 3, 5, 9), (2, 6, 7)), 1, 5)


def whole_box(shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(0, n) for n in shape)


def images(condition, shape, spacing, lattice, box, comm) -> imaging.Imaging:
    """Give two imaging steps of the same random wavefields on one rank's box."""
    terms = imaging.terms_of(condition, len(shape))
    made = imaging.Imaging(
        condition,
        tuple(side.stop - side.start for side in box),
        spacing,
        4,
        "reference",
        gathers=ImageGathers(lattice, whole_box(shape), box, terms, comm),
    )
    rng = np.random.default_rng(7)
    cut = tuple(slice(side.start, side.stop + 2 * made.halo) for side in box)
    for _ in range(2):
        s, r = rng.standard_normal((2, *(n + 2 * made.halo for n in shape)))
        made.add(s[cut].astype(np.float32), r[cut].astype(np.float32))
    return made


@RANKS
@pytest.mark.parametrize(
    "condition", [imaging.CROSS_CORRELATION, imaging.INVERSE_SCATTERING]
)
@pytest.mark.parametrize(("shape", "spacing", "lattice"), [LINE, VOLUME])
def test_gathers_have_the_same_bits_on_any_number_of_ranks(
    condition, shape, spacing, lattice
):
    grid = choose_process_grid(shape, WORLD.size)
    box = Decomposition(shape, grid).owned(WORLD.rank)
    shared = images(condition, shape, spacing, lattice, box, WORLD)
    alone = images(condition, shape, spacing, lattice, whole_box(shape), MPI.COMM_SELF)
    found = shared.gathers.assemble()
    if WORLD.rank == 0:
        assert alone.gathers.values.any()
        assert found.tobytes() == alone.gathers.values.tobytes()


@RANKS
def test_a_rank_without_cells_takes_part(tmp_path):
    shape, lattice = (8, 5), Lattice((tuple(range(8)),), 0, 3)
    mine = slice(0, 8) if WORLD.rank == WORLD.size - 1 else slice(9, 8)
    box = (mine, slice(0, 5))
    gathers = ImageGathers(lattice, whole_box(shape), box, 1, WORLD)
    field = np.ones((max(0, mine.stop - mine.start), 5), np.float32)
    made = imaging.Imaging("cross_correlation", field.shape, (1.0, 1.0), 4, "reference")
    made.gathers = gathers
    made.add(field, 2.0 * field)
    whole = assemble(WORLD, lattice.shape(5), *placed(gathers))
    if WORLD.rank == 0:
        assert set(whole[:, 3].ravel()) == {2.0}
        assert whole[0, 4].sum() == 0.0
        assert set(whole[1, 4]) == {2.0}


def placed(gathers: ImageGathers):
    box = (*gathers.place, *(slice(0, n) for n in gathers.values.shape[-2:]))
    return box, gathers.values


@pytest.mark.parallel([1, 2, 4])
@pytest.mark.parametrize(
    ("ranks_per_shot", "condition"),
    [(2, "inverse_scattering"), (1, "cross_correlation")],
)
def test_migrated_gathers_do_not_depend_on_ranks_or_groups(
    tmp_path_factory, ranks_per_shot, condition
):
    line = made_line(tmp_path_factory, GRID, 150.0)
    given = {
        "condition": condition,
        "aperture_m": 120.0,
        "gathers_shift_max_m": 150.0,
        "gathers_every_m": 70.0,
    }
    shared = line.rtm(
        "many.h5", ranks_per_shot=min(ranks_per_shot, WORLD.size), **given
    )
    shared.outputs["image_gathers"] = line.folder / "many_gathers.h5"
    drive(shared, WORLD)
    if WORLD.rank == 0:
        alone = line.rtm("one.h5", **given)
        alone.outputs["image_gathers"] = line.folder / "one_gathers.h5"
        drive(alone, MPI.COMM_SELF)
        for name, path in shared.outputs.items():
            assert contents(path) == contents(alone.outputs[name])
    WORLD.Barrier()


@pytest.mark.parallel([1, 2, 3])
def test_gathers_of_a_stopped_shot_go_on_on_another_number_of_ranks(tmp_path_factory):
    line = made_line(tmp_path_factory, GRID, 250.0)
    given = {"aperture_m": 100.0, "gathers_shift_max_m": 60.0, "gathers_x_m": [90.0]}
    cases = {}
    for name in ("stopped", "straight"):
        cases[name] = line.rtm(f"{name}.h5", **given)
        cases[name].outputs["image_gathers"] = line.folder / f"{name}_gathers.h5"
    for steps in (90, 150):
        with pytest.raises(Interrupted, match="are left"):
            drive(cases["stopped"], WORLD, StopAfter(steps))
        WORLD.Barrier()
    if WORLD.rank == 0:
        for made in cases.values():
            drive(made, MPI.COMM_SELF)
        for name, path in cases["stopped"].outputs.items():
            assert contents(path) == contents(cases["straight"].outputs[name])
    WORLD.Barrier()


@RANKS
def test_columns_come_from_their_owners_in_the_order_asked_for():
    n, nz = 12, 3
    split = np.linspace(0, n, WORLD.size + 1).astype(int)
    box = (slice(*(int(k) for k in split[WORLD.rank : WORLD.rank + 2])), slice(0, nz))
    asked = np.arange(n)[:: -1 if WORLD.rank % 2 else 1][:, None]
    columns = Columns(WORLD, asked, box)
    mine = columns.mine[:, 0] + box[0].start
    sent = np.broadcast_to(mine[:, None, None], (len(mine), 1, nz))
    arrived = np.empty((n, 1, nz), np.float32)
    columns.exchange(np.ascontiguousarray(sent, np.float32), arrived)
    assert np.array_equal(arrived[columns.order, 0, 0], asked[:, 0])
