"""Models and images as columns of SEG-Y, binned onto grids, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import segyio

from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.image import read_image, write_image
from anticline_solvers.formats.model import (
    read_field,
    read_frame,
    read_grid,
    write_model,
)
from fuzz.segy_files import Made

PLANE = Grid((21, 9), (12.5, 10.0), (100.0, 20.0))
CUBE = Grid((7, 5, 9), (25.0, 12.5, 10.0), (0.0, 0.0, 0.0))
UTM = Frame(431_000.0, 6_780_000.0, 37.0)


def _values(grid: Grid) -> np.ndarray:
    rng = np.random.default_rng(2)
    return rng.uniform(1500, 4500, grid.shape).astype(np.float32)


def _export(out: str, kind: str = "model", **more: Any) -> str:
    text = ", ".join(f"{name}: {value}" for name, value in more.items())
    return (
        f"component: segy.export_{kind}\ninputs: {{{kind}: in.h5}}\n"
        f"outputs: {{segy: {out}}}\nparameters: {{{text}}}\n"
    )


def _import(segy: str, kind: str = "model", inputs: str = "", **more: Any) -> str:
    text = ", ".join(f"{name}: {value}" for name, value in more.items())
    return (
        f"component: segy.import_{kind}\ninputs: {{segy: {segy}{inputs}}}\n"
        f"outputs: {{{kind}: back.h5}}\nparameters: {{{text}}}\n"
    )


@pytest.mark.parametrize(("grid", "ndim"), [(PLANE, 2), (CUBE, 3)])
@pytest.mark.parametrize("frame", [Frame(), UTM])
def test_a_model_comes_back_on_the_grid_it_came_from(
    cases: Any, grid: Grid, ndim: int, frame: Frame
) -> None:
    values = _values(grid)
    write_model(cases.folder / "in.h5", grid, {"vp": values}, frame)
    cases.run(_export("a.sgy"))
    case = _import("a.sgy", inputs=", grid: in.h5", dimensions=ndim)
    path = cases.run(case)["model"]
    assert read_grid(path) == grid
    assert read_frame(path) == frame
    np.testing.assert_array_equal(read_field(path), values)


@pytest.mark.parametrize(("grid", "ndim"), [(PLANE, 2), (CUBE, 3)])
def test_frame_and_spacing_are_found_from_the_positions(
    cases: Any, grid: Grid, ndim: int
) -> None:
    values = _values(grid)
    write_model(cases.folder / "in.h5", grid, {"vp": values}, UTM)
    cases.run(_export("a.sgy", sample_format="ibm", byte_order="little", revision=2))
    path = cases.run(_import("a.sgy", dimensions=ndim))["model"]
    found, frame = read_grid(path), read_frame(path)
    assert found.shape == grid.shape
    assert found.spacing_m == grid.spacing_m
    assert found.origin_m[-1] == grid.origin_m[-1]
    assert frame.azimuth_deg == pytest.approx(37.0, abs=0.01)
    start = UTM.to_map(np.array([grid.origin_m]))[0]
    np.testing.assert_allclose([frame.easting_m, frame.northing_m], start, atol=0.02)
    np.testing.assert_allclose(read_field(path), values, rtol=1e-6)


def test_the_lines_of_a_cube_may_be_numbered_either_way(cases: Any) -> None:
    i, j = (a.ravel() for a in np.meshgrid(range(4), range(3), indexing="ij"))
    numbers = i * 10 + j
    headers = [
        {
            71: ("h", 1),
            181: ("i", 25 * b),  # crosslines go east
            185: ("i", 50 * a),  # inlines go north
            189: ("i", 100 + a),
            193: ("i", 200 + 2 * b),
        }
        for a, b in zip(i.tolist(), j.tolist(), strict=True)
    ]
    made = Made(np.repeat(numbers[:, None], 8, axis=1) + 1.0, headers=headers)
    (cases.folder / "a.sgy").write_bytes(made.bytes())
    path = cases.run(_import("a.sgy", dimensions=3))["model"]
    frame = read_frame(path)  # east is clockwise of north
    assert np.sin(np.deg2rad(frame.azimuth_deg)) == pytest.approx(0.0, abs=1e-9)
    assert np.cos(np.deg2rad(frame.azimuth_deg)) == pytest.approx(1.0)
    place = (frame.easting_m, frame.northing_m)
    assert place == pytest.approx((0, 0), abs=1e-9)
    assert read_grid(path).spacing_m == (50.0, 25.0, 4.0)
    np.testing.assert_array_equal(
        read_field(path)[..., 0].ravel(), numbers.astype(np.float32) + 1
    )
    for header in headers:  # mirrored: now x has to be the crossline's direction
        header[181] = ("i", -header[181][1])
    (cases.folder / "b.sgy").write_bytes(made.bytes())
    path.unlink()
    path = cases.run(_import("b.sgy", dimensions=3))["model"]
    assert read_frame(path).azimuth_deg == pytest.approx(270.0)
    assert read_grid(path).shape == (3, 4, 8)


@pytest.mark.parametrize(("name", "error"), [("int32", 1e-6), ("int16", 0.3)])
def test_integers_are_weighted_back(cases: Any, name: str, error: float) -> None:
    values = _values(PLANE)
    write_model(cases.folder / "in.h5", PLANE, {"vp": values})
    cases.run(_export("a.sgy", sample_format=name))
    path = cases.run(_import("a.sgy"))["model"]
    np.testing.assert_allclose(read_field(path), values, rtol=1e-7, atol=error)


def test_an_image_comes_back_with_segyio_as_witness(cases: Any) -> None:
    values = _values(CUBE) - 3000
    write_image(cases.folder / "in.h5", CUBE, {"image": values}, [1, 2], Frame())
    cases.run(_export("a.sgy", "image"))
    with segyio.open(cases.folder / "a.sgy") as cube:
        np.testing.assert_array_equal(segyio.tools.cube(cube), values)
        assert (list(cube.ilines), list(cube.xlines)) == (
            list(range(1, 8)),
            list(range(1, 6)),
        )
        assert cube.header[7][segyio.TraceField.CDP_X] == 250_000
        assert cube.header[7][segyio.TraceField.CDP_Y] == -250_000
    path = cases.run(_import("a.sgy", "image", dimensions=3))["image"]
    np.testing.assert_array_equal(read_image(path), values)


def test_traces_of_one_column_are_averaged(cases: Any) -> None:
    headers = [
        {71: ("h", -10), 181: ("i", x)} for x in (0, 100, 101, 199, 300, 302, 298)
    ]
    values = np.arange(7.0)[:, None] + np.ones(4)
    (cases.folder / "a.sgy").write_bytes(Made(values, headers=headers).bytes())
    stated = {"easting_m": 0, "northing_m": 0, "azimuth_deg": 90, "spacing_m": 10}
    path = cases.run(_import("a.sgy", **stated))["model"]
    np.testing.assert_array_equal(read_field(path)[:, 0], [1.0, 2.5, 4.0, 6.0])


def test_empty_columns_are_refused_or_filled_from_the_nearest(cases: Any) -> None:
    headers = [{71: ("h", 1), 181: ("i", x)} for x in (0, 10, 20, 50)]
    values = np.arange(4.0)[:, None] + np.ones(4)
    (cases.folder / "a.sgy").write_bytes(Made(values, headers=headers).bytes())
    assert "2 of 6 columns of the grid have no trace" in cases.findings(
        _import("a.sgy")
    )
    path = cases.run(_import("a.sgy", empty="nearest"))["model"]
    np.testing.assert_array_equal(read_field(path)[:, 0], [1, 2, 3, 3, 4, 4])


def test_units_and_depths_of_a_model_are_the_cases(cases: Any) -> None:
    headers = [{71: ("h", 1), 181: ("i", x), 109: ("h", 30)} for x in (0, 10)]
    (cases.folder / "a.sgy").write_bytes(
        Made(np.full((2, 6), 2.5), headers=headers).bytes()
    )
    path = cases.run(_import("a.sgy", factor=1000, depth_step_m="12.5 m"))["model"]
    assert read_grid(path) == Grid((2, 6), (10.0, 12.5), (0.0, 30.0))
    assert (read_field(path) == 2500).all()


@pytest.mark.parametrize(
    ("headers", "more", "words"),
    [
        ([{}, {}, {}], {}, "all traces are at one place, so no grid can be fitted"),
        ([{}, {}, {}], {"dimensions": 3}, "inline .byte 189. or crossline"),
        (
            [{181: ("i", 10 * k), 185: ("i", 90 * (k == 1))} for k in range(3)],
            {},
            "m beside the line; widen line_tolerance_m",
        ),
        (
            [{181: ("i", 0)}, {181: ("i", 10)}, {181: ("i", 2**31 - 1)}],
            {"spacing_m": 10},
            "the file has 3 traces; correct them",
        ),
        (
            [{181: ("i", 10 * k), 109: ("h", 7 * k)} for k in range(3)],
            {},
            "trace 2 .byte 4,029. starts at 7 m, trace 1 at 0 m",
        ),
    ],
)
def test_positions_that_make_no_grid_are_refused(
    cases: Any, headers: list[Any], more: dict[str, Any], words: str
) -> None:
    (cases.folder / "a.sgy").write_bytes(
        Made(np.ones((3, 20)), headers=headers).bytes()
    )
    found = cases.findings(_import("a.sgy", **more))
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(found)


def test_a_velocity_that_is_none_is_named_by_its_trace(cases: Any) -> None:
    values = np.ones((3, 20))
    values[1, 5] = -1
    headers = [{71: ("h", 1), 181: ("i", 10 * k)} for k in range(3)]
    (cases.folder / "a.sgy").write_bytes(Made(values, headers=headers).bytes())
    from anticline.errors import BadInput

    with pytest.raises(BadInput, match=r"trace 2 .* 'vp' is -1 at sample 6"):
        cases.run(_import("a.sgy"))


def test_real_stacked_data_become_an_image(cases: Any, needs: Any) -> None:
    path = needs.data("seismic/segy/f3.sgy")
    case = _import(str(path), "image", dimensions=3, n_samples=75)
    grid = read_grid(cases.run(case)["image"])
    assert (grid.shape, grid.spacing_m[:2]) == ((23, 18, 75), (25.0, 25.0))
    with segyio.open(path) as cube:
        np.testing.assert_array_equal(
            read_image(cases.folder / "back.h5"), segyio.tools.cube(cube)
        )
