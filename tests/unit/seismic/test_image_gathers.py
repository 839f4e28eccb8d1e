"""Gathers over subsurface offset, on random wavefields."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case
from anticline.component.declare import REQUIRED
from anticline.component.units import size_text
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.image_gathers import (
    GatherAxes,
    read_axes,
    read_image_gathers,
    write_image_gathers,
)
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.components import RTM
from anticline_solvers.seismic.imaging import conditions as imaging
from anticline_solvers.seismic.imaging import gather_choice
from anticline_solvers.seismic.imaging.image_gathers import (
    ImageGathers,
    Lattice,
    pairs_of,
)

CONDITIONS = (imaging.CROSS_CORRELATION, imaging.INVERSE_SCATTERING)
LINE = (13, 17), (10.0, 8.0), Lattice(((0, 4, 5, 12),), 0, 3)
VOLUME_X = (7, 6, 12), (10.0, 12.0, 8.0), Lattice(((1, 5), (0, 3)), 0, 2)
VOLUME_Y = (7, 6, 12), (10.0, 12.0, 8.0), Lattice(((2, 3), (1, 4)), 1, 2)
CASES = [LINE, VOLUME_X, VOLUME_Y]


def made(condition, shape, spacing, lattice, kernel="cpu", steps=3):
    """Give the imaging of random wavefields on the whole grid."""
    rng = np.random.default_rng(2)
    whole = tuple(slice(0, n) for n in shape)
    terms = imaging.terms_of(condition, len(shape))
    gathers = ImageGathers(lattice, whole, whole, terms, MPI.COMM_SELF)
    result = imaging.Imaging(condition, shape, spacing, 8, kernel, gathers=gathers)
    padded = [n + 2 * result.halo for n in shape]
    fields = []
    for _ in range(steps):
        fields.append([rng.standard_normal(padded).astype(np.float32) for _ in "sr"])
        result.add(*fields[-1])
    return result, fields


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(("shape", "spacing", "lattice"), CASES)
def test_twins_give_the_same_bits(condition, shape, spacing, lattice):
    one, other = (
        made(condition, shape, spacing, lattice, kernel)[0].gathers.values
        for kernel in ("reference", "cpu")
    )
    assert one.any()
    assert np.array_equal(one, other)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(("shape", "spacing", "lattice"), CASES)
def test_a_gather_at_no_offset_is_the_image(condition, shape, spacing, lattice):
    result, _ = made(condition, shape, spacing, lattice)
    columns = result.image[np.ix_(*lattice.points)]
    assert np.array_equal(result.gathers.values[..., lattice.most, :], columns)


@pytest.mark.parametrize(("shape", "spacing", "lattice"), CASES)
def test_a_gather_multiplies_the_source_behind_with_the_receiver_ahead(
    shape, spacing, lattice
):
    result, fields = made(imaging.CROSS_CORRELATION, shape, spacing, lattice)
    s, r = (np.stack([step[i] for step in fields]).astype(float) for i in (0, 1))
    for place in np.ndindex(*map(len, lattice.points)):
        cell = [points[i] for points, i in zip(lattice.points, place, strict=True)]
        for number, h in enumerate(lattice.offsets):
            behind, ahead = list(cell), list(cell)
            behind[lattice.axis] -= h
            ahead[lattice.axis] += h
            found = result.gathers.values[(*place, number)]
            ends = (behind[lattice.axis], ahead[lattice.axis])
            if min(ends) < 0 or max(ends) >= shape[lattice.axis]:
                assert not found.any()
                continue
            expected = (s[:, *behind] * r[:, *ahead]).sum(axis=0)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_pairs_stay_in_the_shot_s_window():
    lattice = Lattice(((3, 9, 15),), 0, 4)
    window = (slice(8, 14), slice(0, 5))
    pairs = pairs_of(lattice, lattice.within(window), window)
    assert lattice.within(window) == (slice(1, 2),)
    assert pairs.columns.min() == 8
    assert pairs.columns.max() == 10
    assert pairs.places.tolist() == [3, 4, 5]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_part_saved_half_way_and_restored_ends_in_the_same_sums(condition):
    whole, fields = made(condition, *LINE)
    first, _ = made(condition, *LINE, steps=2)
    saved = {name: values.copy() for name, values in first.partial().items()}
    again, _ = made(condition, *LINE, steps=0)
    again.restore(saved)
    again.add(*fields[2])
    assert sorted(saved) == ["gathers", "illumination", "image"]
    for name, values in again.partial().items():
        assert np.array_equal(values, whole.partial()[name])


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("kernel", ["reference", "cpu"])
def test_the_receiver_illumination_is_that_of_a_source_in_its_place(condition, kernel):
    rng = np.random.default_rng(3)
    lit = imaging.Imaging(
        condition, (9, 8), (5.0, 5.0), 4, kernel, receiver_illumination=True
    )
    s, r = (
        rng.standard_normal([n + 2 * lit.halo for n in (9, 8)]).astype(np.float32)
        for _ in "sr"
    )
    lit.add(s, r)
    turned = imaging.Imaging(condition, (9, 8), (5.0, 5.0), 4, kernel)
    turned.add(r, s)
    assert np.array_equal(lit.receiver_illumination, turned.illumination)


def test_gathers_are_read_back_as_they_were_written(tmp_path):
    grid = Grid((5, 6, 4), (10.0, 20.0, 5.0), (100.0, 0.0, 50.0))
    points = (np.array([100.0, 130.0]), np.array([0.0, 40.0, 60.0]))
    axes = GatherAxes(grid, points, "y", np.array([-20.0, 0.0, 20.0]), shots=(3, 5))
    values = np.random.default_rng(4).standard_normal(axes.shape).astype(np.float32)
    write_image_gathers(tmp_path / "g.h5", axes, values)
    found = read_axes(tmp_path / "g.h5")
    assert (found.grid, found.along, found.shots) == (grid, "y", (3, 5))
    assert found.position_m((1, 2)) == (130.0, 60.0)
    assert found.depths_m.tolist() == [50.0, 55.0, 60.0, 65.0]
    assert np.array_equal(
        read_image_gathers(tmp_path / "g.h5", [(1, 2), (0, 1)]),
        values[[1, 0], [2, 1]],
    )


GRID = Grid((101, 51), (10.0, 10.0), (1000.0, 0.0))
ALL = {"gathers_shift_max_m": 50.0, "gathers_every_m": 200.0}


def case(grid: Grid = GRID, asked: bool = True, **given: object) -> Case:
    known = {
        p.name: None if p.default is REQUIRED else p.default for p in RTM.parameters
    }
    names = ("image", "image_gathers") if asked else ("image",)
    outputs = {name: Path(f"{name}.h5") for name in names}
    return Case(RTM, {}, outputs, known | given, Path("case.yaml"))


def test_image_points_stand_half_an_interval_from_the_edge_or_where_they_are_listed():
    regular = gather_choice.lattice_of(case(**ALL), GRID)
    assert regular == Lattice(((10, 30, 50, 70, 90),), 0, 5)
    listed = case(gathers_shift_max_m=50.0, gathers_x_m=[1502.0, 1100.0, 1498.0])
    assert gather_choice.lattice_of(listed, GRID) == Lattice(((10, 50),), 0, 5)
    assert gather_choice.lattice_of(case(asked=False), GRID) is None


@pytest.mark.parametrize(
    ("given", "asked", "said"),
    [
        (ALL, False, "no output 'image_gathers'"),
        ({"gathers_every_m": 100.0}, True, "from 10 to 500 m"),
        ({"gathers_shift_max_m": 50.0}, True, "found neither"),
        (ALL | {"gathers_x_m": [1200.0]}, True, "found both"),
        (ALL | {"gathers_shift_max_m": 511.0}, True, "needed is 10 to 500 m"),
        (ALL | {"gathers_shift_max_m": 5.0}, True, "needed is 10 to 500 m"),
        (ALL | {"gathers_along": "y"}, True, "take x"),
        (ALL | {"condition": "laplacian"}, True, "take inverse_scattering"),
        (
            {"gathers_shift_max_m": 50.0, "gathers_x_m": [900.0, 1500.0]},
            True,
            "900 m lie outside the model, which spans 1000 to 2000 m",
        ),
        (
            {"gathers_shift_max_m": 50.0, "gathers_y_m": [0.0]},
            True,
            "a 2-D image needs gathers_x_m",
        ),
    ],
)
def test_gathers_that_cannot_be_made_are_refused_with_what_is_needed(
    given, asked, said
):
    assert not gather_choice.check(case(**ALL), GRID)
    findings = gather_choice.check(case(asked=asked, **given), GRID)
    assert any(said in found.text for found in findings)


class Disk:
    free = 1000


def test_gathers_larger_than_the_memory_are_refused_with_the_admissible_number(
    monkeypatch,
):
    shots = tuple(
        Shot(i, np.array([1500.0, 0.0]), np.array([[1000.0, 0.0], [2000.0, 0.0]]))
        for i in range(4)
    )
    survey = Survey(shots, np.ones(3), 0.01, 0.004, 100, 10.0, 25.0)
    dense = case(gathers_shift_max_m=400.0, gathers_every_m=10.0)
    assert not gather_choice.memory(dense, GRID, survey, 1)
    gathers = 5 * 8 * 100 * 81 * 51
    monkeypatch.setattr(gather_choice, "free_bytes", lambda: 4_000_000)
    (finding,) = gather_choice.memory(dense, GRID, survey, 1)
    assert f"take {size_text(gathers)} on one rank" in finding.text
    points = int(finding.text.split("admissible are ")[1].split(" image")[0])
    reach = float(finding.text.split("up to ")[1].split(" m")[0])
    assert 0 < points < 100
    assert 0.0 < reach < 400.0
    coarse = case(gathers_shift_max_m=400.0, gathers_every_m=1000.0 / points)
    assert not gather_choice.memory(coarse, GRID, survey, 1)
    assert not gather_choice.space(dense, GRID, survey)
    monkeypatch.setattr("shutil.disk_usage", lambda path: Disk())
    (finding,) = gather_choice.space(dense, GRID, survey)
    images = 2 * 4 * 101 * 51 * 4 + 24 * 101 * 51
    gathers = 4 * 100 * 81 * 51 * (4 + 1)
    assert f"takes about {size_text(images + gathers)}" in finding.text
    assert not gather_choice.memory(case(asked=False), GRID, survey, 1)
