"""One array from many ranks is the array one process writes."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpi4py import MPI

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import hdf5, model

MODES = [
    False,
    pytest.param(
        True,
        marks=pytest.mark.skipif(
            not hdf5.has_parallel_hdf5(), reason="h5py has no parallel HDF5"
        ),
    ),
]
RANKS = pytest.mark.parallel([1, 2, 3, 4])


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give one folder to all ranks."""
    comm = MPI.COMM_WORLD
    made = tmp_path_factory.mktemp("distributed") if comm.rank == 0 else None
    yield comm.bcast(made)
    comm.barrier()


def _whole(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 1


def _tiles(shape: tuple[int, ...], size: int, seed: int) -> list[tuple[slice, ...]]:
    """Cut the array in two again and again; some tiles may be empty."""
    rng = np.random.default_rng(seed)
    boxes = [tuple(slice(0, n) for n in shape)]
    while len(boxes) < size:
        box = boxes.pop(int(rng.integers(len(boxes))))
        axis = int(rng.integers(len(shape)))
        cut = int(rng.integers(box[axis].start, box[axis].stop + 1))
        halves = (slice(box[axis].start, cut), slice(cut, box[axis].stop))
        boxes += [(*box[:axis], half, *box[axis + 1 :]) for half in halves]
    order = rng.permutation(size)
    return [boxes[i] for i in order]


@RANKS
@pytest.mark.parametrize("collective", MODES)
def test_boxes_of_many_ranks_make_the_file_of_one(
    folder: Path, collective: bool
) -> None:
    comm = MPI.COMM_WORLD

    @settings(max_examples=8, deadline=None, derandomize=True, database=None)
    @given(
        shape=st.lists(st.integers(1, 9), min_size=2, max_size=3).map(tuple),
        seed=st.integers(0, 10_000),
        slab_bytes=st.sampled_from([1, 100, 10_000]),
    )
    def law(shape: tuple[int, ...], seed: int, slab_bytes: int) -> None:
        whole = _whole(shape)
        box = _tiles(shape, comm.size, seed)[comm.rank]
        path = folder / "shared.h5"
        with hdf5.write_new(
            path, "anticline-model/1", {"x": 1}, comm=comm, collective=collective
        ) as file:
            hdf5.write_distributed(
                comm, file, "vp", shape, box, whole[box],
                unit="m/s", slab_bytes=slab_bytes,
            )  # fmt: skip
        alone = folder / f"alone{comm.rank}.h5"
        with hdf5.write_new(alone, "anticline-model/1", {"x": 1}) as file:
            hdf5.create_dataset(file, "vp", shape, np.float32, "m/s")
            file["vp"][...] = whole
        with h5py.File(path, "r") as file:
            assert np.array_equal(file["vp"][...], whole)
            assert file["vp"].attrs["unit"] == "m/s"
        assert path.read_bytes() == alone.read_bytes()
        comm.barrier()

    law()


@RANKS
@pytest.mark.parametrize("collective", MODES)
def test_a_model_made_by_slabs_does_not_depend_on_the_number_of_ranks(
    folder: Path, collective: bool
) -> None:
    comm = MPI.COMM_WORLD
    grid = Grid((23, 4, 5), (10.0,) * 3, (0.0,) * 3)
    whole = _whole(grid.shape)
    model.write_model_by_slabs(
        folder / "shared.h5",
        grid,
        ("vp", "rho"),
        lambda box: {"vp": whole[box], "rho": whole[box] * 2},
        comm=comm,
        collective=collective,
        slab_cells=40,
    )
    alone = folder / f"alone{comm.rank}.h5"
    model.write_model(alone, grid, {"vp": whole, "rho": whole * 2})
    assert (folder / "shared.h5").read_bytes() == alone.read_bytes()


@RANKS
def test_boxes_that_do_not_tile_the_array_are_refused_on_every_rank(
    folder: Path,
) -> None:
    comm = MPI.COMM_WORLD
    box = (slice(0, 2), slice(0, 3))
    for shape in ((3, 3), (2 * comm.size, 3)) if comm.size > 1 else ((3, 3),):
        with pytest.raises(ValueError, match="do not tile"):
            hdf5.write_distributed(
                comm, None, "vp", shape, box, np.ones((2, 3), np.float32), unit="m/s"
            )
    assert not list(folder.iterdir())
