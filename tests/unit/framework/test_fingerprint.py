"""A result's identity follows from what made it, not from where it lies."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from anticline.component import Case, Registry, load_case
from anticline.component.fingerprint import file_sha256

TEXT = """\
component: trial.migrate
inputs: {model: model.h5, gathers: gathers.h5}
outputs: {image: image.h5}
parameters: {peak_frequency_hz: 8.0}
"""


@pytest.fixture
def case(folder: Path, registry: Registry) -> Case:
    (folder / "case.yaml").write_text(TEXT)
    return load_case(folder / "case.yaml", registry)


def test_it_does_not_depend_on_paths_output_names_or_how_values_are_written(
    case: Case, folder: Path, registry: Registry
) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("model", "gathers"):
        shutil.copy(folder / f"{name}.h5", elsewhere / f"{name}-copy.h5")
    text = TEXT.replace(".h5", "-copy.h5").replace("8.0", "0.008 kHz")
    other = elsewhere / "other.yaml"
    other.write_text(text + "folder: results\n")
    assert load_case(other, registry).fingerprint() == case.fingerprint()


def test_it_depends_on_the_content_of_every_input(case: Case, folder: Path) -> None:
    before = case.fingerprint()
    for name in ("model", "gathers"):
        (folder / f"{name}.h5").write_bytes(b"another")
        after = case.fingerprint()
        assert after != before
        before = after


def test_it_depends_on_parameters_and_the_component_s_version(case: Case) -> None:
    changed = [
        replace(case, parameters=case.parameters | {"peak_frequency_hz": 8.1}),
        replace(case, component=replace(case.component, version="2")),
        replace(case, component=replace(case.component, name="trial.other")),
        replace(case, inputs={"model": case.inputs["model"]}),
    ]
    prints = {item.fingerprint() for item in [case, *changed]}
    assert len(prints) == 5


def test_swapped_inputs_are_another_case(case: Case) -> None:
    one, other = case.inputs["model"], case.inputs["gathers"]
    swapped = replace(case, inputs={"model": other, "gathers": one})
    assert swapped.fingerprint() != case.fingerprint()


def test_a_file_is_hashed_again_only_after_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"0" * 3_000_000)
    assert file_sha256(path) == hashlib.sha256(b"0" * 3_000_000).hexdigest()
    path.write_bytes(b"1" * 3_000_000)
    os.utime(path, ns=(0, 1))
    assert file_sha256(path) == hashlib.sha256(b"1" * 3_000_000).hexdigest()
