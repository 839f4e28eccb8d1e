"""How far a model is from the true one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anticline.component import Case
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model
from anticline_solvers.models.comparison import box_of, check, compare
from anticline_solvers.models.components import COMPARE
from anticline_solvers.models.resampling import on_spacing, resample
from surveys import WORLD, case, drive

GRID = Grid((60, 40), (20.0, 10.0), (0.0, 0.0))
PLAIN: dict[str, Any] = {
    p.name: None if p.default is None else p.default for p in COMPARE.parameters
}


def truth() -> np.ndarray:
    x, z = np.meshgrid(GRID.coordinates(0), GRID.coordinates(1), indexing="ij")
    vp = 1800.0 + 3.0 * z + 200.0 * np.sin(x / 100.0)
    vp[:, :8] = 1500.0
    return vp.astype(np.float32)


def test_a_model_that_is_true_has_no_error():
    report = compare({"model": truth()}, truth(), GRID, PLAIN)
    assert report["model"]["error"] == 0.0
    assert report["model"]["mean_percent"] == 0.0


def test_errors_are_those_of_the_rock_alone():
    faster = truth() * np.float32(1.1)
    report = compare({"model": faster}, truth(), GRID, PLAIN)
    assert report["model"]["error"] == pytest.approx(0.1, rel=1e-4)
    assert report["model"]["mean_percent"] == pytest.approx(10.0, rel=1e-4)
    assert report["model"]["bias_percent"] == pytest.approx(10.0, rel=1e-4)
    assert report["cells"] == 60 * 32
    wet = np.where(truth() == 1500.0, 1400.0, truth()).astype(np.float32)
    assert compare({"model": wet}, truth(), GRID, PLAIN)["model"]["error"] == 0.0
    everywhere = PLAIN | {"skip_water": False}
    assert compare({"model": wet}, truth(), GRID, everywhere)["model"]["error"] > 0.0


def test_what_lies_outside_the_box_is_not_compared():
    box = {"left_m": 200.0, "right_m": 800.0, "top_m": 150.0, "bottom_m": 300.0}
    assert box_of(GRID, PLAIN | box) == (slice(10, 41), slice(15, 31))
    other = np.full(GRID.shape, 9999.0, np.float32)
    other[10:41, 15:31] = truth()[10:41, 15:31]
    report = compare({"model": other}, truth(), GRID, PLAIN | box)
    assert report["model"]["error"] == 0.0


def test_depth_windows_add_up_to_the_whole():
    slower = truth() - 100.0
    report = compare({"model": slower}, truth(), GRID, PLAIN | {"window_m": 100.0})
    windows = report["model"]["windows"]
    assert [w["top_m"] for w in windows] == [0.0, 100.0, 200.0, 300.0]
    cells = [2, 10, 10, 10]
    mean = np.average([w["mean_percent"] for w in windows], weights=cells)
    assert mean == pytest.approx(report["model"]["mean_percent"])


def test_half_of_the_error_left_is_half():
    start, model = truth() + 200.0, truth() + 100.0
    report = compare({"start": start, "model": model}, truth(), GRID, PLAIN)
    assert report["error_left"] == pytest.approx(0.5, rel=1e-3)


def files(folder: Path, **models: tuple[Grid, np.ndarray]) -> Case:
    for name, (grid, vp) in models.items():
        write_model(folder / f"{name}.h5", grid, {"vp": vp})
    inputs = {name: folder / f"{name}.h5" for name in models}
    outputs = {"report": folder / "report.json", "picture": folder / "picture.png"}
    return case(COMPARE, inputs, outputs)


def test_models_on_other_grids_are_compared_on_the_true_ones(tmp_path):
    coarse, fine = on_spacing(GRID, 25.0), on_spacing(GRID, 8.0)
    made = files(
        tmp_path,
        reference=(GRID, truth()),
        model=(fine, resample(truth(), GRID, fine)),
        start=(coarse, resample(truth(), GRID, coarse)),
    )
    drive(made, WORLD)
    report = json.loads(made.outputs["report"].read_text())
    assert report["model"]["error"] < 0.005
    assert report["start"]["error"] < 0.03
    assert report["cells"] == 60 * 32
    assert made.outputs["picture"].read_bytes().startswith(b"\x89PNG")
    assert not check(made, 1)


def test_a_model_that_ends_inside_the_box_is_refused(tmp_path):
    small = Grid((40, 40), (20.0, 10.0), (0.0, 0.0))
    made = files(tmp_path, reference=(GRID, truth()), model=(small, truth()[:40]))
    (finding,) = check(made, 1)
    assert "reaches from x = 0 to 780 m, compared are 0 to 1180 m" in finding.text


def test_a_box_without_rock_is_refused(tmp_path):
    made = files(tmp_path, reference=(GRID, truth()), model=(GRID, truth()))
    made.parameters.update(bottom_m=50.0, profiles_x_m=[-5.0])
    texts = "\n".join(finding.text for finding in check(made, 1))
    assert "no cell below the water" in texts
    assert "profiles at [-5.0] m; the model has x = 0 to 1180 m" in texts
