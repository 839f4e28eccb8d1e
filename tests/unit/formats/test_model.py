"""Models: fields on a grid, read by box, described in one pass."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpi4py import MPI

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import geometry, model

GRID = Grid((7, 5, 6), (10.0, 20.0, 5.0), (100.0, 0.0, -5.0))


def _vp(grid: Grid = GRID) -> np.ndarray:
    cells = np.arange(np.prod(grid.shape), dtype=np.float32)
    return (1500 + cells).reshape(grid.shape)


def test_a_model_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path, frame = tmp_path / "m.h5", geometry.Frame(4.5e5, 6.7e6, 30.0)
    rho = 310 * _vp() ** 0.25
    model.write_model(path, GRID, {"vp": _vp(), "rho": rho}, frame)
    assert model.read_grid(path) == GRID
    assert model.read_frame(path) == frame
    assert model.fields_of(path) == ("rho", "vp")
    assert np.array_equal(model.read_field(path), _vp())
    assert np.array_equal(model.read_field(path, "rho"), rho.astype(np.float32))


def test_every_field_carries_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    model.write_model(path, GRID, {"vp": _vp(), "rho": _vp()})
    with h5py.File(path) as file:
        assert file["vp"].attrs["unit"] == "m/s"
        assert file["rho"].attrs["unit"] == "kg/m3"
        assert file["vp"].attrs["axes"] == "xyz"


def test_a_box_of_a_field_is_that_part_of_the_whole(tmp_path: Path) -> None:
    path, box = tmp_path / "m.h5", (slice(2, 5), slice(0, 4), slice(3, 6))
    model.write_model(path, GRID, {"vp": _vp()})
    assert np.array_equal(model.read_field(path, "vp", box), _vp()[box])


def test_a_field_that_does_not_fit_the_grid_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="field 'vp'"):
        model.write_model(tmp_path / "m.h5", GRID, {"vp": _vp()[1:]})
    assert not list(tmp_path.iterdir())


def test_an_absent_field_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    model.write_model(path, GRID, {"vp": _vp()})
    with pytest.raises(BadInput, match="no data set 'vs'; it holds vp"):
        model.read_field(path, "vs")


@given(slab_cells=st.integers(1, 400), seed=st.integers(0, 99))
def test_the_summary_does_not_depend_on_the_slabs(
    tmp_path_factory: pytest.TempPathFactory, slab_cells: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("summary") / "m.h5"
    rng = np.random.default_rng(seed)
    values = _vp()
    bad = rng.integers(0, values.size, 3)
    values.flat[bad] = [np.nan, -1.0, np.inf]
    model.write_model(path, GRID, {"vp": values})
    found = model.summary(path, "vp", slab_cells)
    finite = values[np.isfinite(values)]
    first = np.argwhere(~(np.isfinite(values) & (values > 0)))[0]
    assert found["min"] == finite.min()
    assert found["max"] == finite.max()
    assert found["nan"] == values.size - finite.size
    assert found["nonpositive"] == (finite <= 0).sum()
    assert found["first_bad"] == tuple(first)


def test_a_bad_velocity_is_named_by_count_and_place(tmp_path: Path) -> None:
    path, values = tmp_path / "m.h5", _vp()
    model.write_model(path, GRID, {"vp": values})
    assert model.velocity_fault(path) is None
    values[3, 1, 2] = np.nan
    values[4:6] = 0
    model.write_model(path, GRID, {"vp": values})
    fault = model.velocity_fault(path)
    assert fault is not None
    assert "1 values that are not finite and 60 that are zero" in fault
    assert "cell (3, 1, 2) (x = 130 m, y = 20 m, z = 5 m)" in fault


@pytest.mark.parametrize("slab_cells", [1, 60, 10_000])
def test_a_model_made_by_slabs_is_the_whole_model(
    tmp_path: Path, slab_cells: int
) -> None:
    whole, slabbed = tmp_path / "whole.h5", tmp_path / "slabs.h5"
    model.write_model(whole, GRID, {"vp": _vp()})
    model.write_model_by_slabs(
        slabbed,
        GRID,
        ("vp",),
        lambda box: {"vp": _vp()[box]},
        comm=MPI.COMM_SELF,
        slab_cells=slab_cells,
    )
    assert whole.read_bytes() == slabbed.read_bytes()


def test_the_map_is_reached_by_a_rotation_about_the_origin() -> None:
    frame = geometry.Frame(1000.0, 2000.0, 0.0)
    assert np.allclose(frame.to_map([[10.0, 0.0, 5.0]]), [[1000.0, 2010.0]])
    assert np.allclose(frame.to_map([[0.0, 10.0, 5.0]]), [[1010.0, 2000.0]])
    assert np.allclose(geometry.Frame().to_map([[7.0, 3.0]]), [[7.0, 0.0]])
