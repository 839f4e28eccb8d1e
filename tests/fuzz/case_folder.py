"""A folder with the shipped cases, shrunk, and small sound files for each input."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import numpy as np

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.registry import resolve
from anticline_solvers.formats.gathers import write_gathers
from anticline_solvers.formats.survey import read_survey

CASES = Path(__file__).parents[2] / "configs" / "cases"
FOLDERS = ("anticline_2d", "marmousi2")
MADE = ("01_model", "01_smooth", "02_smooth", "02_reflectivity", "03_survey")
SMALLER = (
    ("extent_m: [9000, 3000]", "extent_m: [900, 300]"),
    ("water_depth_m: 200", "water_depth_m: 20"),
    ("shape: [851, 176]", "shape: [51, 31]"),
    ("../../../output/anticline_2d", "."),
    ("../../../output/marmousi2", "."),
    ("${data:marmousi2/vp}", "raw.bin"),
    ("${data:marmousi2/vp-smooth}", "raw.bin"),
    ("source_first_m: 500", "source_first_m: 100"),
    ("source_last_m: 16500", "source_last_m: 900"),
    ("source_last_m: 8800", "source_last_m: 800"),
    ("receiver_last_m: 9000", "receiver_last_m: 900"),
    ("duration_s: 3", "duration_s: 0.2"),
    ("duration_s: 4", "duration_s: 0.2"),
    ("outputs: {gathers: gathers.h5}", "outputs: {gathers: new_gathers.h5}"),
    ("outputs: {image: image.h5}", "outputs: {image: new_image.h5}"),
    ("top_m: 500", "top_m: 50"),
    ("side_m: 1000", "side_m: 10"),
    ("window_m: 500", "window_m: 50"),
)


def shipped() -> dict[str, str]:
    """Give the shipped cases, shrunk, by folder and name."""
    texts = {}
    for path in sorted(path for name in FOLDERS for path in (CASES / name).iterdir()):
        text = path.read_text()
        for old, new in SMALLER:
            text = text.replace(old, new)
        texts[f"{path.parent.name}/{path.stem}"] = text
    return texts


def furnish(folder: Path, texts: dict[str, str]) -> None:
    """Run the quick cases of both folders, so that inputs are there."""
    for name, text in texts.items():
        place = folder / Path(name).parent
        place.mkdir(exist_ok=True)
        if not (place / "raw.bin").exists():
            np.full(51 * 31, 1500.0, "<f4").tofile(place / "raw.bin")
        if Path(name).stem in MADE:
            path = place / f"{Path(name).stem}.yaml"
            path.write_text(text)
            case = load_case(path, Registry.discover())
            resolve(case.component.run)(case, RunContext.open(case, MPI.COMM_SELF))
    for place in FOLDERS:
        survey = read_survey(folder / place / "survey.h5")
        traces = [
            (s.id, np.zeros((len(s.receivers_m), survey.n_samples), np.float32))
            for s in survey.shots
        ]
        write_gathers(folder / place / "gathers.h5", survey, traces)
    copy(folder / "marmousi2" / "reflectivity.h5", folder / "marmousi2" / "image.h5")
