"""Pictures show what is in the file, to scale, with units."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from anticline.component import Viewer
from anticline.component.registry import resolve
from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats import gathers, image, model, survey
from anticline_solvers.formats.gradient import Measured, write_gradient
from anticline_solvers.formats.image_gathers import GatherAxes, write_image_gathers
from anticline_solvers.formats.sums import Origin
from anticline_solvers.seismic.pictures import figures as pictures
from anticline_solvers.seismic.pictures.gather_pictures import draw_image_gathers
from anticline_solvers.seismic.pictures.gradient_pictures import draw_gradient
from anticline_solvers.seismic.pictures.sections import (
    exaggeration,
    extent_of,
    sections,
)
from anticline_solvers.seismic.pictures.viewers import VIEWERS

FLAT = Grid((60, 20), (10.0, 10.0), (100.0, 0.0))
DEEP = Grid((12, 10, 8), (10.0, 20.0, 30.0), (0.0, 0.0, 0.0))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One file of each format, 2-D, and a 3-D model and image."""
    made = {
        name: tmp_path / f"{name}.h5"
        for name in (
            "model",
            "image",
            "gathers",
            "survey",
            "volume",
            "cube",
            "image_gathers",
            "gradient",
            "slope",
        )
    }
    ramp = np.linspace(1500, 4500, 1200).reshape(60, 20)
    model.write_model(made["model"], FLAT, {"vp": ramp, "rho": ramp})
    image.write_image(
        made["image"], FLAT, {"image": np.sin(ramp), "illumination": ramp}, [1, 2]
    )
    cells = np.arange(960.0).reshape(DEEP.shape)
    model.write_model(made["volume"], DEEP, {"vp": cells + 1})
    image.write_image(made["cube"], DEEP, {"image": np.cos(cells)})
    receivers = np.stack([np.linspace(100, 600, 25), np.full(25, 10.0)], axis=1)
    shots = tuple(
        survey.Shot(i, np.array([100.0 + 50 * i, 5.0]), receivers) for i in range(1, 8)
    )
    acquired = survey.Survey(shots, np.hanning(30), 0.002, 0.004, 100, 10.0, 25.0)
    survey.write_survey(made["survey"], acquired)
    rng = np.random.default_rng(0)
    gathers.write_gathers(
        made["gathers"],
        acquired,
        [(s.id, rng.normal(size=(25, 100)).astype(np.float32)) for s in shots],
    )
    axes = GatherAxes(FLAT, (np.arange(100, 600, 50.0),), "x", np.arange(-50, 51, 10.0))
    lagged = rng.normal(size=axes.shape).astype(np.float32)
    write_image_gathers(made["image_gathers"], axes, lagged)
    for name, grid in (("gradient", FLAT), ("slope", DEEP)):
        measured = Measured("vp", "least_squares", {1: 2.5}, {})
        waves = np.sin(np.arange(np.prod(grid.shape))).reshape(grid.shape)
        fields = {"gradient": waves, "illumination": waves**2}
        whole = {k: Placed((0,) * grid.ndim, field) for k, field in fields.items()}
        origin = Origin({1: "a"}, {"inputs": {"model": "b"}}, None)
        write_gradient(made[name], grid, whole, measured, origin)
    return made


def test_a_gradient_in_3d_has_three_slices_of_both_fields(files, tmp_path):
    (drawn,) = draw_gradient(files["slope"], tmp_path, at="30,60,90")
    assert imread(drawn).shape[1] > 1000
    with pytest.raises(BadInput, match="3 numbers"):
        draw_gradient(files["slope"], tmp_path, at="30,60")


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.name)
def test_every_format_has_a_picture_fit_for_a_report(
    files: dict[str, Path], tmp_path: Path, viewer: Viewer
) -> None:
    name = viewer.name
    (drawn,) = resolve(viewer.draw)(files[name], tmp_path)
    pixels = imread(drawn)
    assert drawn == tmp_path / f"{name}.png"
    assert pixels.shape[1] > 1000
    assert np.unique(pixels[..., 0]).size > 50


def test_a_volume_is_drawn_as_three_slices_through_a_point(
    files: dict[str, Path], tmp_path: Path
) -> None:
    (drawn,) = pictures.draw_model(files["volume"], tmp_path / "three.png")
    assert imread(drawn).shape[1] > imread(drawn).shape[0]
    found = sections(files["volume"], DEEP, "vp", (30.0, 60.0, 90.0))
    whole = model.read_field(files["volume"])
    planes = [whole[:, 3, :], whole[3, :, :], whole[:, :, 3]]
    assert [section.where for section in found] == ["y = 60 m", "x = 30 m", "z = 90 m"]
    assert [(s.across, s.down) for s in found] == [("x", "z"), ("y", "z"), ("x", "y")]
    for section, plane in zip(found, planes, strict=True):
        assert np.array_equal(section.values, plane)


def test_the_axes_are_those_of_the_grid(files: dict[str, Path]) -> None:
    (section,) = sections(files["model"], FLAT, "vp", None)
    assert extent_of(section) == (95.0, 695.0, 195.0, -5.0)


def test_an_image_is_drawn_over_the_model_it_was_made_with(
    files: dict[str, Path], tmp_path: Path
) -> None:
    (plain,) = pictures.draw_image(files["image"], tmp_path / "plain.png")
    (over,) = pictures.draw_image(
        files["image"], tmp_path / "over.png", over=str(files["model"])
    )
    gray, coloured = imread(plain)[..., :3], imread(over)[..., :3]
    assert np.ptp(gray, axis=-1).max() < 0.01
    assert (np.ptp(coloured, axis=-1) > 0.2).mean() > 0.1
    pictures.draw_image(files["cube"], tmp_path / "cube.png", over=str(files["volume"]))


def test_another_data_set_gets_its_own_file(
    files: dict[str, Path], tmp_path: Path
) -> None:
    (drawn,) = pictures.draw_image(
        files["image"], tmp_path, dataset="illumination", colours="viridis"
    )
    assert drawn.name == "image_illumination.png"
    with pytest.raises(BadInput, match="no data set 'angle'; it holds"):
        pictures.draw_image(files["image"], tmp_path, dataset="angle")


def test_chosen_shots_are_drawn(files: dict[str, Path], tmp_path: Path) -> None:
    (one,) = pictures.draw_gathers(files["gathers"], tmp_path / "1.png", shots="3")
    (four,) = pictures.draw_gathers(files["gathers"], tmp_path / "4.png")
    assert imread(four).shape[1] > 2 * imread(one).shape[1]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("gathers", {"shots": "3,99"}, "numbers from 1 to 7"),
        ("gathers", {"clip": "20"}, "percentile above 50"),
        ("model", {"clip": "most"}, "percentile above 50"),
        ("model", {"colours": "grey-ish"}, "no such colour map"),
        ("model", {"at": "1,2,3"}, "2 numbers"),
        ("volume", {"at": "1,2,300000"}, "within the grid"),
    ],
)
def test_an_option_without_sense_is_refused(
    files: dict[str, Path],
    tmp_path: Path,
    kind: str,
    options: dict[str, str],
    message: str,
) -> None:
    draw = pictures.draw_gathers if kind == "gathers" else pictures.draw_model
    with pytest.raises(BadInput, match=message):
        draw(files[kind], tmp_path / "no.png", **options)
    assert not (tmp_path / "no.png").exists()


def test_only_a_long_section_is_exaggerated() -> None:
    assert exaggeration(Grid((901, 301), (10.0, 10.0), (0.0, 0.0))) == 1
    assert exaggeration(Grid((1701, 351), (10.0, 10.0), (0.0, 0.0))) == 2
    assert exaggeration(Grid((9000, 100), (10.0, 10.0), (0.0, 0.0))) == 10


def test_image_gathers_are_drawn_over_offset_and_over_angle(
    files: dict[str, Path], tmp_path: Path
) -> None:
    (angles,) = draw_image_gathers(files["image_gathers"], tmp_path, over="angle")
    assert angles == tmp_path / "image_gathers_angles.png"
    (few,) = draw_image_gathers(
        files["image_gathers"], tmp_path / "few.png", points="1,9"
    )
    assert imread(few).shape[1] < imread(angles).shape[1]
    for wrong in ({"over": "depth"}, {"points": "10"}, {"points": "a"}):
        with pytest.raises(BadInput, match="needed"):
            draw_image_gathers(files["image_gathers"], tmp_path, **wrong)
