"""The project's own model: a subsurface that does not depend on its grid."""

from functools import cache

import numpy as np
import pytest

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import slabs
from anticline_solvers.models import structure
from anticline_solvers.models.anticline import Anticline
from anticline_solvers.models.stratigraphy import (
    RESERVOIR,
    RESERVOIR_BASE,
    folded_column,
)
from anticline_solvers.models.texture import von_karman

EXTENT_M = (9000.0, 3000.0)
WATER_M = 200.0


def _grid(spacing_m: float, extent_m: tuple[float, ...] = EXTENT_M) -> Grid:
    shape = tuple(round(length / spacing_m) + 1 for length in extent_m)
    return Grid(shape, (spacing_m,) * len(shape), (0.0,) * len(shape))


def _whole(grid: Grid) -> tuple[slice, ...]:
    return tuple(slice(0, n) for n in grid.shape)


@cache
def _fields(spacing_m: float, texture: float = 0.02) -> dict[str, np.ndarray]:
    grid = _grid(spacing_m)
    return Anticline(EXTENT_M, WATER_M, texture, 1).fields(grid, _whole(grid))


def test_the_same_seed_gives_the_same_bytes() -> None:
    grid = _grid(50.0)
    first, again, other = (
        Anticline(EXTENT_M, WATER_M, 0.02, seed).fields(grid, _whole(grid))
        for seed in (1, 1, 2)
    )
    for name in ("vp", "rho"):
        assert first[name].tobytes() == again[name].tobytes()
        assert first[name].tobytes() != other[name].tobytes()


def test_the_geology_is_the_same_on_two_grids() -> None:
    fine, coarse = _fields(5.0)["vp"], _fields(20.0)["vp"]
    shared = fine[::4, ::4]
    rock = coarse > 1510
    contrast = np.corrcoef(shared[rock], coarse[rock])[0, 1]
    assert contrast > 0.99
    assert np.median(np.abs(shared - coarse)[rock] / coarse[rock]) < 0.01


def test_travel_times_do_not_depend_on_the_grid() -> None:
    down = {
        h: (h / _fields(h)["vp"][:: round(100 / h), : round(2900 / h)]).sum(axis=1)
        for h in (5.0, 20.0)
    }
    assert np.abs(down[5.0] - down[20.0]).max() < 0.008


def test_water_lies_on_top_at_its_own_speed() -> None:
    fields = _fields(10.0)
    assert (fields["vp"][:, : int(0.9 * WATER_M / 10)] == 1500).all()
    assert (fields["rho"][:, : int(0.9 * WATER_M / 10)] == 1025).all()
    assert (fields["vp"][:, int(1.1 * WATER_M / 10) + 1] > 1510).all()


def test_the_gas_cap_is_slower_than_the_seal_above_and_the_brine_below() -> None:
    grid, vp = _grid(10.0), _fields(10.0, 0.0)["vp"]
    u = (grid.coordinates(0) / EXTENT_M[0])[:, None]
    z = (grid.coordinates(1) - WATER_M) / (EXTENT_M[1] - WATER_M)
    restored = structure.restored_depth(u, np.full((1, 1), 0.5), z)
    sand = (restored > RESERVOIR + 0.005) & (restored < RESERVOIR_BASE - 0.005)
    gas = sand & (z < structure.CONTACT - 0.005)
    brine = sand & (z > structure.CONTACT + 0.005)
    seal = (restored > RESERVOIR - 0.04) & (restored < RESERVOIR - 0.01)
    crest = np.asarray(gas.any(axis=1))
    assert gas.sum() > 500
    assert vp[gas].max() < 0.85 * vp[brine & crest[:, None]].min()
    assert vp[gas].max() < vp[seal & crest[:, None]].min()
    assert np.ptp(grid.coordinates(0)[crest]) < 0.35 * EXTENT_M[0]


def test_the_contact_of_the_gas_is_flat() -> None:
    vp = _fields(10.0, 0.0)["vp"]
    rise = np.diff(vp, axis=1)
    row = round((WATER_M + structure.CONTACT * (EXTENT_M[1] - WATER_M)) / 10)
    spot = rise[:, row - 2 : row + 1].max(axis=1)
    assert (spot > 300).sum() > 100


def test_every_fault_drops_its_hanging_wall() -> None:
    v = np.array(0.5)
    for fault in structure.FAULTS:
        z = np.array(0.45)
        trace = fault.outcrop + fault.towards * (fault.lean * z + fault.curve * z * z)
        u = trace + fault.towards * np.array([-0.002, 0.002])
        _, before = fault.restored(u, v, np.broadcast_to(z, u.shape))
        assert before[0] == z
        assert 0.005 < z - before[1] < 0.15


def test_the_model_has_faults_a_fold_and_an_unconformity() -> None:
    u = np.linspace(0, 1, 401)[:, None]
    z = np.linspace(0, 1, 201)[None, :]
    restored = structure.restored_depth(u, np.full((1, 1), 0.5), z)
    level = restored[:, 100]
    assert level[188] - level[0] > 0.1  # the crest shows older beds
    assert level[188] - level[-1] > 0.1
    cut = structure.unconformity(u[:, 0], np.array(0.5))
    at_cut = np.array(
        [np.interp(c, z[0], r) for c, r in zip(cut, restored, strict=True)]
    )
    assert np.ptp(at_cut) > 0.08  # erosion took beds from the crest


def test_velocities_are_those_of_rocks() -> None:
    fields = _fields(10.0)
    assert fields["vp"].dtype == fields["rho"].dtype == np.float32
    assert fields["vp"].min() == 1500
    assert 4200 < fields["vp"].max() < 5000
    assert 1025 <= fields["rho"].min() < fields["rho"].max() < 2800


@pytest.mark.parametrize("extent_m", [EXTENT_M, (2000.0, 1500.0, 1000.0)])
def test_a_model_made_in_slabs_is_the_whole_model(extent_m: tuple[float, ...]) -> None:
    grid = _grid(50.0, extent_m)
    made = Anticline(extent_m, 100.0, 0.02, 3)
    whole = made.fields(grid, _whole(grid))["vp"]
    pieces = [made.fields(grid, box)["vp"] for box in slabs(grid.shape, 2000)]
    assert len(pieces) > 3
    assert np.abs(np.concatenate(pieces) / whole - 1).max() < 1e-6


def test_a_volume_holds_the_section_in_its_middle() -> None:
    extent = (9000.0, 4000.0, 3000.0)
    grid = _grid(100.0, extent)
    volume = Anticline(extent, WATER_M, 0.0, 1).fields(grid, _whole(grid))["vp"]
    section = _fields(100.0, 0.0)["vp"]
    assert np.array_equal(volume[:, 20, :], section)


def test_land_has_no_water() -> None:
    grid = _grid(50.0)
    fields = Anticline(EXTENT_M, 0.0, 0.02, 1).fields(grid, _whole(grid))
    assert fields["vp"][:, 1:].min() > 1500


def test_a_texture_has_the_variance_and_the_correlation_of_its_spectrum() -> None:
    field = von_karman(np.random.default_rng(5), [500.0, 50.0], 4000)
    lattice = field.on_lattice([np.arange(0, 60e3, 100.0), np.arange(0, 6e3, 10.0)])
    assert abs(lattice.mean()) < 0.05
    assert 0.8 < lattice.var() < 1.2
    along = (lattice[:-5] * lattice[5:]).mean()
    down = (lattice[:, :-5] * lattice[:, 5:]).mean()
    assert along == pytest.approx(down, abs=0.05)  # one correlation length each
    assert 0.05 < along < 0.5


def test_a_texture_is_a_field_and_not_a_lattice() -> None:
    field = von_karman(np.random.default_rng(5), [500.0, 500.0, 50.0], 50)
    x, y, z = (np.arange(0.0, 30.0 * n, 30.0) for n in (4, 3, 5))
    lattice = field.on_lattice([x, y, z])
    point = np.array([x[2], y[1], z[3]])
    waves = np.cos(field.wavenumbers @ point + field.phases)
    assert lattice[2, 1, 3] == pytest.approx(np.sqrt(2 / 50) * waves.sum())


def test_a_column_keeps_travel_time_whatever_the_cell() -> None:
    column = folded_column(np.random.default_rng(0))
    times = []
    for cell in (0.001, 0.01, 0.05):
        centres = np.arange(cell / 2, 1.0, cell)
        times.append((column.mean_slowness(centres, cell) * cell).sum())
    assert np.allclose(times, times[0], rtol=1e-9)
