"""A damaged file is refused with its name and what it lacks."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import gathers, model, survey

GRID = Grid((4, 5), (10.0, 10.0), (0.0, 0.0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model.write_model(tmp_path / "m.h5", GRID, {"vp": np.ones(GRID.shape)})
    shots = (survey.Shot(1, np.zeros(2), np.zeros((3, 2))),)
    made = survey.Survey(shots, np.ones(5), 0.001, 0.002, 9, 8.0, 20.0)
    traces = np.zeros((3, 9), np.float32)
    gathers.write_gathers(tmp_path / "g.h5", made, [(1, traces)])
    return tmp_path


@pytest.mark.parametrize(
    "lost",
    [
        "survey",
        "geometry",
        *(
            f"survey/{name}"
            for name in (
                "wavelet",
                "source",
                "receiver",
                "shot_id",
                "spread_first",
                "spread_of_shot",
            )
        ),
    ],
)
def test_gathers_without_a_part_of_their_survey_name_it(folder, lost):
    with h5py.File(folder / "g.h5", "a") as file:
        del file[lost]
    for read in (survey.read_survey, gathers.GatherReader):
        with pytest.raises(BadInput) as caught:
            read(folder / "g.h5")
        (finding,) = caught.value.findings
        assert finding.file == str(folder / "g.h5")
        assert f"'{lost}'" in finding.text


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("survey", "sample_interval_s"),
        ("survey", "n_samples"),
        ("survey", "maximum_frequency_hz"),
        ("survey/wavelet", "interval_s"),
        ("geometry", "azimuth_deg"),
    ],
)
def test_gathers_without_an_attribute_name_it(folder, item, name):
    with h5py.File(folder / "g.h5", "a") as file:
        del file[item].attrs[name]
    with pytest.raises(BadInput, match=f"g.h5  has no attribute '{name}' of '/{item}'"):
        survey.read_survey(folder / "g.h5")


def test_an_attribute_that_is_no_number_is_refused(folder):
    with h5py.File(folder / "g.h5", "a") as file:
        file["survey"].attrs["n_samples"] = "many"
    with pytest.raises(BadInput, match="is 'many', needed is a number"):
        survey.read_survey(folder / "g.h5")


def test_a_survey_that_contradicts_itself_is_refused(folder):
    with h5py.File(folder / "g.h5", "a") as file:
        file["survey/spread_of_shot"][...] = 7
    with pytest.raises(BadInput, match=r"g\.h5  'survey' contradicts itself"):
        survey.read_survey(folder / "g.h5")


def test_a_model_without_its_geometry_names_what_is_missing(folder):
    with h5py.File(folder / "m.h5", "a") as file:
        del file["geometry"].attrs["spacing_m"]
    with pytest.raises(BadInput, match="has no attribute 'spacing_m' of '/geometry'"):
        model.read_grid(folder / "m.h5")
    with h5py.File(folder / "m.h5", "a") as file:
        file["geometry"].attrs["spacing_m"] = [10.0, -1.0]
    with pytest.raises(BadInput, match=r"m\.h5  'geometry' is no grid"):
        model.read_grid(folder / "m.h5")
    with h5py.File(folder / "m.h5", "a") as file:
        del file["geometry"]
    with pytest.raises(BadInput, match=r"m\.h5  has no group 'geometry'"):
        model.read_grid(folder / "m.h5")
