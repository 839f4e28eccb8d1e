"""A file is what it says: how, when and where it was made is no part of that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Case, Registry, RunContext, load_case
from anticline.component.checking import is_finished
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import digest as digests
from anticline_solvers.formats.digest import digest
from anticline_solvers.formats.image import write_image
from anticline_solvers.formats.model import write_model

GRID = Grid((7, 5), (10.0, 10.0), (0.0, 0.0))
VP = np.linspace(1500.0, 4500.0, 35, dtype=np.float32).reshape(GRID.shape)


def model(path: Path, **provenance: Any) -> Path:
    write_model(path, GRID, {"vp": VP}, None, provenance, "f" * 64)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return model(tmp_path / "model.h5", ranks=1, started_utc="2026-11-23")


def test_the_story_of_its_making_is_no_part_of_a_file(
    file: Path, tmp_path: Path
) -> None:
    other = model(tmp_path / "other.h5", ranks=4, started_utc="2031-01-01", more=[1])
    assert other.read_bytes() != file.read_bytes()
    assert digest(other) == digest(file)


def test_layout_and_compression_are_no_part_of_a_file(
    file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.h5"
    with h5py.File(file) as source, h5py.File(other, "w") as target:
        target.attrs.update(source.attrs)
        for name in reversed(list(source)):
            source.copy(name, target)
        name = next(iter(_data(target)))
        values, attributes = target[name][...], dict(target[name].attrs)
        del target[name]
        packed = target.create_dataset(name, data=values, chunks=True, compression=9)
        packed.attrs.update(attributes)
    assert digest(other) == digest(file)


def _data(file: h5py.File) -> list[str]:
    names: list[str] = []

    def note(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            names.append(name)

    file.visititems(note)
    return names


def _value(file: h5py.File) -> None:
    file[_data(file)[0]][3, 2] += 1


def _attribute(file: h5py.File) -> None:
    file[_data(file)[0]].attrs["unit"] = "km/s"


def _new_attribute(file: h5py.File) -> None:
    file["/"].attrs["note"] = "more"


def _type(file: h5py.File) -> None:
    name = _data(file)[0]
    values, attributes = file[name][...], dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=values.astype("f8")).attrs.update(attributes)


def _shape(file: h5py.File) -> None:
    name = _data(file)[0]
    values, attributes = file[name][...], dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=values.T.reshape(5, 7)).attrs.update(attributes)


def _name(file: h5py.File) -> None:
    name = _data(file)[0]
    file.move(name, f"{name}x")


def _group(file: h5py.File) -> None:
    file.create_group("provenance2")


@pytest.mark.parametrize(
    "change", [_value, _attribute, _new_attribute, _type, _shape, _name, _group]
)
def test_whatever_else_changes_makes_another_file(
    file: Path, change: Callable[[h5py.File], None]
) -> None:
    before = digest(file)
    with h5py.File(file, "r+") as opened:
        change(opened)
    assert digest(file) not in (before, None)


def test_a_file_larger_than_a_piece_has_the_same_digest(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(file)
    monkeypatch.setattr(digests, "PIECE_BYTES", 50)
    assert digest(file) == before


def test_any_other_file_is_its_bytes(file: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no HDF5")
    assert digest(tmp_path / "text") is None
    with h5py.File(tmp_path / "strange.h5", "w") as strange:
        strange["values"] = VP
    assert digest(tmp_path / "strange.h5") is None
    file.write_bytes(file.read_bytes()[:-200])
    assert digest(file) is None


CASES = {
    "model": "component: models.anticline\noutputs: {model: model.h5}\n"
    "parameters: {extent_m: [300, 200], water_depth_m: 20}\n",
    "smooth": "component: seismic.smooth\ninputs: {model: model.h5}\n"
    "outputs: {model: smooth.h5}\nparameters: {correlation_length_m: 20}\n",
}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Case]:
    """A model and its smooth version, made."""
    found = {}
    for name, text in CASES.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        found[name] = load_case(path, Registry.discover())
        make(found[name])
    return found


def make(case: Case) -> None:
    resolve(case.component.run)(case, RunContext.open(case, MPI.COMM_SELF))


def test_a_model_that_is_made_again_leaves_later_results_finished(
    made: dict[str, Case],
) -> None:
    model, smooth = made["model"], made["smooth"]
    assert is_finished(model)
    assert is_finished(smooth)
    before = smooth.fingerprint()
    path = model.outputs["model"]
    path.unlink()
    assert not is_finished(model)
    make(model)
    with h5py.File(path, "r+") as file:
        file["provenance"].attrs["ranks"] = 64
    assert smooth.fingerprint() == before
    assert is_finished(smooth)


def test_a_model_that_is_another_leaves_no_later_result_finished(
    made: dict[str, Case],
) -> None:
    with h5py.File(made["model"].outputs["model"], "r+") as file:
        _value(file)
    assert not is_finished(made["smooth"])


def test_an_output_that_is_no_result_is_not_finished(made: dict[str, Case]) -> None:
    made["smooth"].outputs["model"].write_text("an editor was here")
    assert not is_finished(made["smooth"])


COMPARE = """
component: seismic.compare
inputs: {image: image.h5, reference: image.h5}
outputs: {report: report.json, picture: picture.png}
parameters: {window_m: 50}
"""


def test_a_report_is_finished_while_its_images_and_its_picture_stay(
    tmp_path: Path,
) -> None:
    (tmp_path / "case.yaml").write_text(COMPARE)
    image = tmp_path / "image.h5"
    write_image(image, GRID, {"image": VP - 3000})
    case = load_case(tmp_path / "case.yaml", Registry.discover())
    assert not is_finished(case)
    make(case)
    assert is_finished(case)
    with h5py.File(image, "r+") as file:
        _value(file)
    assert not is_finished(case)
    write_image(image, GRID, {"image": VP - 3000}, provenance={"ranks": 3})
    assert is_finished(case)
    case.outputs["picture"].unlink()
    assert not is_finished(case)
