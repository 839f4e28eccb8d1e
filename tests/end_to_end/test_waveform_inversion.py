"""The inversions of configs/workflows come nearer to the true model, as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anticline.events.report.pictures import pictures
from anticline.events.runs import look

WORKFLOWS = Path("configs/workflows").resolve()


def inverted(name: str, folder: Path) -> Path:
    """Run a workflow of the project on this machine; give the folder of its steps."""
    command = [sys.executable, "-P", "-m", "anticline.cli", "run", "--quiet"]
    command += [str(WORKFLOWS / f"{name}.yaml"), "--run", str(folder)]
    subprocess.run(command, check=True, timeout=1500)
    return folder / "steps"


def report(path: Path) -> dict[str, Any]:
    return dict(json.loads((path / "report.json").read_text()))


def ended(steps: Path, loop: str, advance: str) -> dict[str, Any]:
    """Give what the last turn of a loop reports."""
    return report(max((steps / loop).iterdir()) / advance)


@pytest.mark.slow
def test_two_bands_explain_the_gathers_and_correct_the_model(tmp_path):
    steps = inverted("fwi_anticline_2d", tmp_path / "run")
    assert ended(steps, "low", "low_advance")["relative_misfit"] < 0.02
    assert ended(steps, "high", "high_advance")["relative_misfit"] < 0.2
    compared = report(steps / "compare")
    assert compared["error_left"] < 0.82
    assert compared["model"]["mean_percent"] < 0.65 * compared["start"]["mean_percent"]
    above = [compared[name]["windows"][0]["error"] for name in ("model", "start")]
    assert above[0] < 0.25 * above[1]
    shown = " ".join(drawn.title for drawn in pictures(look(tmp_path / "run")))
    for what in ("high_advance: state", "high_advance: model", "high_sum: gradient"):
        assert what in shown
    assert "high_gradient[0]: residuals" in shown


@pytest.mark.slow
def test_noise_dead_traces_and_an_unknown_wavelet_do_not_stop_an_inversion(tmp_path):
    steps = inverted("fwi_anticline_noise", tmp_path / "run")
    wavelet = report(steps / "wavelet")
    assert wavelet["residual_after"] < 0.6 * wavelet["residual_before"]
    compared = report(steps / "compare")
    assert compared["error_left"] < 0.9
    above = [compared[name]["windows"][0]["error"] for name in ("model", "start")]
    assert above[0] < 0.4 * above[1]


@pytest.mark.slow
def test_the_matching_filter_leads_where_least_squares_skips_cycles(tmp_path):
    steps = inverted("cycle_skipping", tmp_path / "run")
    skipped, led = (report(steps / f"{name}_compare") for name in ("squares", "finish"))
    assert skipped["error_left"] > 0.9
    assert led["error_left"] < 0.6
    first = ended(steps, "squares", "squares_advance")
    last = ended(steps, "finish", "finish_advance")
    assert last["data_misfit"] < 0.002 * first["first_data_misfit"]
    assert last["data_misfit"] < 0.1 * first["data_misfit"]
