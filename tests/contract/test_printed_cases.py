"""The cases that are printed in the documentation, and those of the demo, can run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anticline.component import Registry, case, load_case
from anticline.component.checking import check_case
from anticline.errors import CaseError
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Shot, Survey
from anticline_solvers.seismic.acquisition.wavelets import maximum_frequency, ricker

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs/reference/case-files.md").read_text(encoding="utf-8")
GRID = Grid((40, 30), (10.0, 10.0), (0.0, 0.0))


def block(text: str, start: str) -> str:
    """Give the indented block that begins with ``start``, without its indent."""
    lines = iter(text.splitlines())
    found = [next(line for line in lines if line.startswith(f"    {start}"))]
    for line in lines:
        if not line.startswith("    "):
            break
        found.append(line)
    return "".join(f"{line[4:]}\n" for line in found)


PRINTED = {
    "case-files.md": block(REFERENCE, "component:"),
    "case.py": block(case.__doc__ or "", "component:"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the files that the printed cases name."""
    wavelet = ricker(12.0, 0.001)
    receivers = np.column_stack([np.arange(0.0, 391.0, 30.0), np.full(14, 20.0)])
    shots = (Shot(1, np.array([100.0, 10.0]), receivers),)
    top = maximum_frequency(wavelet, 0.001)
    survey = Survey(shots, wavelet, 0.001, 0.004, 100, 12.0, top)
    write_model(tmp_path / "smooth.h5", GRID, {"vp": np.full(GRID.shape, 1500.0)})
    (tmp_path / "survey").mkdir()
    for name in ("gathers.h5", "survey/gathers.h5"):
        traces = np.zeros((14, 100), np.float32)
        write_gathers(tmp_path / name, survey, [(1, traces)])
    monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("where", PRINTED)
def test_a_printed_case_can_run(where: str, folder: Path) -> None:
    (folder / "case.yaml").write_text(PRINTED[where])
    read = load_case(Path("case.yaml"), Registry.discover())
    assert check_case(read, 1) == []
    assert read.parameters["imaging_interval_s"] == 0.008


def test_the_printed_findings_are_those_of_the_printed_case(folder: Path) -> None:
    text = PRINTED["case-files.md"]
    for right, wrong in (("condition:", "conditon:"), ("8 ms", "8 m")):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    (folder / "case.yaml").write_text(text)
    with pytest.raises(CaseError) as told:
        load_case(Path("case.yaml"), Registry.discover())
    assert f"{told.value}\n" == block(REFERENCE, "case.yaml:")


def test_the_cases_of_the_demo_lack_nothing_in_a_fresh_folder(
    site: Any, tmp_path: Path
) -> None:
    cases = tmp_path / "configs/cases/anticline_2d"
    shutil.copytree(ROOT / "configs/cases/anticline_2d", cases)
    names = [str(path.relative_to(tmp_path)) for path in sorted(cases.glob("*.yaml"))]
    done = site.anticline("check", *names, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == names
    assert len(names) == 5
