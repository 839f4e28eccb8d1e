"""A survey that has been a SEG-Y file gives the image that it gave before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline.component.registry import resolve
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import read_shot
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.image import read_image
from anticline_solvers.formats.model import write_model

MADE = {
    "survey": """
component: seismic.survey
inputs: {model: model.h5}
outputs: {survey: survey.h5}
parameters:
  {peak_frequency_hz: 12, sample_interval_s: 4 ms, duration_s: 0.4,
   source_first_m: 150, source_last_m: 450, source_interval_m: 300,
   source_depth_m: 22.5, receiver_first_m: 0, receiver_last_m: 600,
   receiver_interval_m: 12.5, receiver_depth_m: 10}
""",
    "gathers": """
component: seismic.forward
inputs: {model: model.h5, survey: survey.h5}
outputs: {gathers: gathers.h5}
""",
    "exported": """
component: segy.export_gathers
inputs: {gathers: gathers.h5, model: model.h5}
outputs: {segy: gathers.sgy}
""",
    "copied": """
component: segy.import_gathers
inputs: {segy: gathers.sgy, model: model.h5, survey: survey.h5}
outputs: {gathers: copied.h5}
""",
    "linked": """
component: segy.import_gathers
inputs: {segy: gathers.sgy, model: model.h5, survey: survey.h5}
outputs: {gathers: linked.h5}
parameters: {copy: false}
""",
    "snapped": """
component: segy.import_gathers
inputs: {segy: gathers.sgy, model: model.h5, survey: survey.h5}
outputs: {gathers: snapped.h5}
parameters: {snap_m: 0.5}
""",
}
MIGRATED = """
component: seismic.rtm
inputs: {{model: model.h5, gathers: {name}.h5}}
outputs: {{image: image_{name}.h5}}
"""


def _run(folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    case = load_case(path, Registry.discover())
    assert check_case(case, 1) == []
    resolve(case.component.run)(case, RunContext.open(case, MPI.COMM_SELF))


def _images(folder: Path, frame: Frame, *names: str) -> list[np.ndarray]:
    grid = Grid((61, 41), (10.0, 10.0), (0.0, 0.0))
    velocity = np.full(grid.shape, 1500.0, np.float32)
    velocity[:, 25:] = 2200.0
    write_model(folder / "model.h5", grid, {"vp": velocity}, frame)
    for made in ("survey", "gathers", "exported", *names[1:]):
        _run(folder, made, MADE[made])
    for name in names:
        _run(folder, f"image_{name}", MIGRATED.format(name=name))
    return [read_image(folder / f"image_{name}.h5") for name in names]


def test_copied_or_left_in_place_the_image_is_the_same_to_the_last_bit(
    tmp_path: Path,
) -> None:
    image, copied, linked = _images(tmp_path, Frame(), "gathers", "copied", "linked")
    assert np.abs(image).max() > 0
    np.testing.assert_array_equal(copied, image)
    np.testing.assert_array_equal(linked, image)


@pytest.mark.slow
def test_on_a_rotated_map_it_is_the_same_to_the_rounding_of_coordinates(
    tmp_path: Path,
) -> None:
    frame = Frame(431_000.0, 6_780_000.0, 37.0)
    image, copied, snapped = _images(tmp_path, frame, "gathers", "copied", "snapped")
    for shot in (1, 2):
        np.testing.assert_array_equal(
            read_shot(tmp_path / "copied.h5", shot),
            read_shot(tmp_path / "gathers.h5", shot),
        )
    error = np.linalg.norm(copied - image) / np.linalg.norm(image)
    assert error < 5e-4  # a centimetre, of waves 125 m long
    np.testing.assert_array_equal(snapped, image)
