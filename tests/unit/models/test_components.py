"""The model components: run from case files, or refused with every finding."""

from pathlib import Path

import numpy as np
import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline.component.registry import resolve
from anticline.errors import BadInput
from anticline_solvers.formats import image, model

ANTICLINE = """
component: models.anticline
outputs: {model: model.h5}
parameters: {extent_m: [2000, 1000], spacing_m: 20, water_depth_m: 100}
"""
IMPORT = """
component: models.import
inputs: {raw: vp.bin}
outputs: {model: imported.h5}
parameters:
  dtype: float32_big
  axes: zx
  shape: [40, 60]
  stored_spacing_m: [10, 20]
  factor: 1000
  easting_m: 450000
"""
SMOOTH = """
component: seismic.smooth
inputs: {model: model.h5}
outputs: {model: smooth.h5}
parameters: {correlation_length_m: 80}
"""


def _case(folder: Path, text: str, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def _findings(folder: Path, text: str) -> str:
    case = load_case(_case(folder, text), Registry.discover())
    return "\n".join(str(finding) for finding in check_case(case, 1))


def _run(folder: Path, text: str) -> dict[str, Path]:
    case = load_case(_case(folder, text), Registry.discover())
    assert not check_case(case, 1)
    context = RunContext.open(case, MPI.COMM_SELF)
    resolve(case.component.run)(case, context)
    return case.outputs


def _raw(folder: Path, changes: dict[tuple[int, int], float] | None = None) -> None:
    values = np.linspace(1.5, 4.5, 60 * 40).reshape(60, 40)
    for cell, value in (changes or {}).items():
        values[cell] = value
    (folder / "vp.bin").write_bytes(values.T.astype(">f4").tobytes())


def test_the_anticline_is_made_twice_alike_and_then_left_alone(tmp_path: Path) -> None:
    out = _run(tmp_path, ANTICLINE)["model"]
    first = model.read_field(out)
    assert model.read_grid(out).shape == (101, 51)
    assert model.fields_of(out) == ("rho", "vp")
    made = out.stat().st_mtime_ns
    _run(tmp_path, ANTICLINE)
    assert out.stat().st_mtime_ns == made
    out.unlink()
    _run(tmp_path, ANTICLINE)
    assert model.read_field(out).tobytes() == first.tobytes()


def test_a_model_of_another_case_is_not_overwritten(tmp_path: Path) -> None:
    out = _run(tmp_path, ANTICLINE)["model"]
    before = out.read_bytes()
    changed = ANTICLINE.replace("spacing_m: 20", "spacing_m: 25")
    assert "of another case" in _findings(tmp_path, changed)
    assert out.read_bytes() == before


def test_sizes_that_contradict_each_other_are_refused_at_once(tmp_path: Path) -> None:
    text = ANTICLINE.replace("{extent_m", "{cells: [9], extent_m")
    found = _findings(tmp_path, text)
    assert "cells and extent_m are both given" in found
    assert "cells needs 2 numbers" in found
    deep = ANTICLINE.replace("water_depth_m: 100", "water_depth_m: 600")
    assert "at most 300 m" in _findings(tmp_path, deep)
    assert "case.yaml:4" in _findings(tmp_path, deep)


def test_more_than_the_disk_holds_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    text = ANTICLINE.replace("extent_m: [2000, 1000]", "cells: [9000000, 9000000]")
    assert " free; " in _findings(tmp_path, text.replace("100}", "0}"))
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]


def test_a_raw_model_is_turned_scaled_and_placed(tmp_path: Path) -> None:
    _raw(tmp_path)
    out = _run(tmp_path, IMPORT)["model"]
    grid = model.read_grid(out)
    assert grid.shape == (60, 40)
    assert grid.spacing_m == (20.0, 10.0)
    assert model.read_frame(out).easting_m == 450_000
    truth = np.linspace(1500, 4500, 60 * 40).reshape(60, 40)
    assert np.allclose(model.read_field(out), truth, rtol=1e-6)


def test_a_raw_model_gets_the_grid_its_band_asks_for(tmp_path: Path) -> None:
    _raw(tmp_path)
    text = IMPORT + "  peak_frequency_hz: 20\n"
    out = _run(tmp_path, text)["model"]
    assert model.read_grid(out).spacing_m == (6.0, 6.0)
    assert "give one" in _findings(tmp_path, text + "  spacing_m: 5\n")


def test_values_no_velocity_has_are_refused_by_count_and_place(tmp_path: Path) -> None:
    _raw(tmp_path, {(7, 3): np.nan, (9, 0): -1.0, (30, 30): 0.0})
    found = _findings(tmp_path, IMPORT)
    assert "3 of 2,400 values" in found
    assert "cell (7, 3)" in found


def test_a_layout_that_does_not_fit_the_file_is_refused(tmp_path: Path) -> None:
    _raw(tmp_path)
    assert "9,600 bytes" in _findings(tmp_path, IMPORT.replace("[40, 60]", "[41, 60]"))
    found = _findings(tmp_path, IMPORT.replace("[10, 20]", "[10, 20, 30]"))
    assert "stored_spacing_m needs 1 or 2" in found


def test_a_model_is_smoothed_under_its_water(tmp_path: Path) -> None:
    out = _run(tmp_path, ANTICLINE)["model"]
    smooth = _run(tmp_path, SMOOTH)["model"]
    vp, soft = model.read_field(out), model.read_field(smooth)
    assert (soft[:, :5] == 1500).all()
    assert np.abs(np.diff(soft[:, 8:])).max() < 0.5 * np.abs(np.diff(vp[:, 8:])).max()
    assert model.fields_of(smooth) == ("rho", "vp")


def test_a_model_with_holes_is_not_smoothed(tmp_path: Path) -> None:
    out = _run(tmp_path, ANTICLINE)["model"]
    values = model.read_field(out)
    values[5, 6] = np.nan
    model.write_model(out, model.read_grid(out), {"vp": values})
    found = _findings(tmp_path, SMOOTH)
    assert "1 values that are not finite" in found
    assert "cell (5, 6) (x = 100 m, z = 120 m)" in found
    out.write_text("no model")
    assert "is not an HDF5 file" in _findings(tmp_path, SMOOTH)


def test_a_model_is_resampled_and_its_reflectivity_drawn(tmp_path: Path) -> None:
    _run(tmp_path, ANTICLINE)
    fine = _run(
        tmp_path,
        "component: models.resample\n"
        "inputs: {model: model.h5}\n"
        "outputs: {model: fine.h5}\n"
        "parameters: {spacing_m: 10, order: 3}\n",
    )["model"]
    assert model.read_grid(fine).shape == (201, 101)
    drawn = _run(
        tmp_path,
        "component: models.reflectivity\n"
        "inputs: {model: fine.h5}\n"
        "outputs: {image: reflectivity.h5}\n"
        "parameters: {peak_frequency_hz: 12}\n",
    )["image"]
    assert 0.01 < np.abs(image.read_image(drawn)).max() < 0.5


@pytest.mark.parametrize("case", ["anticline_2d", "marmousi2"])
def test_the_shipped_model_cases_are_sound(
    case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = Path(__file__).parents[3] / "configs" / "cases" / case
    if case == "marmousi2":
        raw = tmp_path / "seismic" / "marmousi2_20m"
        raw.mkdir(parents=True)
        for name in ("vp", "vp_smooth"):
            values = np.full(851 * 176, 1500, "<f4")
            values.tofile(raw / f"marmousi_{name}_20m_176x851.bin")
        monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path))
    made = [
        load_case(path, Registry.discover())
        for path in sorted(folder.glob("01_*.yaml"))
    ]
    assert made
    for read in made:
        findings = [str(f) for f in check_case(read, 1)]
        assert all("of another case" in text for text in findings)


def test_a_missing_model_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"model\.h5 is not there"):
        load_case(_case(tmp_path, SMOOTH), Registry.discover())


def test_velocities_in_kilometres_are_not_taken_for_metres(tmp_path: Path) -> None:
    _raw(tmp_path)
    text = IMPORT.replace("  factor: 1000\n", "  peak_frequency_hz: 8\n")
    found = _findings(tmp_path, text)
    assert "1.5 to 4.5 m/s" in found
    assert "1000 from km/s" in found


RESAMPLE = """
component: models.resample
inputs: {model: model.h5}
outputs: {model: band.h5}
parameters:
  {maximum_frequency_hz: 12, cells_per_wavelength: 5, cover: true, keep_water: true}
"""


def test_a_band_gets_its_grid_and_the_model_comes_back_to_its_own(
    tmp_path: Path,
) -> None:
    first = _run(tmp_path, ANTICLINE)["model"]
    band = _run(tmp_path, RESAMPLE)["model"]
    grid = model.read_grid(band)
    slowest = model.summary(first)["min"]
    assert 0.7 * slowest / 12 / 5 < grid.spacing_m[0] <= slowest / 12 / 5
    assert all(a >= b for a, b in zip(grid.extent_m, (2000, 1000), strict=True))
    text = "{model: band.h5, like: model.h5}"
    back = RESAMPLE.replace("{model: model.h5}", text).replace(
        ": band.h5}\np", ": b.h5}\np"
    )
    back = back[: back.index("parameters")] + "parameters: {keep_water: true}"
    assert model.read_grid(_run(tmp_path, back)["model"]) == model.read_grid(first)


def test_what_is_known_above_a_depth_keeps_no_trace_of_larger_cells(
    tmp_path: Path,
) -> None:
    first = _run(tmp_path, ANTICLINE)["model"]
    _run(tmp_path, RESAMPLE)
    back = (
        "component: models.resample\n"
        "inputs: {model: band.h5, like: model.h5, known: model.h5}\n"
        "outputs: {model: back.h5}\n"
        "parameters: {known_to_m: 400}\n"
    )
    made = _run(tmp_path, back)["model"]
    known = model.read_grid(first).coordinates(1) < 400
    for name in model.fields_of(first):
        was, now = model.read_field(first, name), model.read_field(made, name)
        assert np.array_equal(was[:, known], now[:, known])
        assert not np.array_equal(was[:, ~known], now[:, ~known])
    alone = back.replace(", known: model.h5", "")
    assert "given together" in _findings(tmp_path, alone)


def test_two_grids_asked_for_at_once_are_refused(tmp_path: Path) -> None:
    _run(tmp_path, ANTICLINE)
    both = RESAMPLE.replace("cells_per_wavelength: 5", "spacing_m: 10")
    assert "spacing_m and maximum_frequency_hz are both" in _findings(tmp_path, both)
    few = RESAMPLE.replace("wavelength: 5", "wavelength: 3")
    assert "space order 8 needs 3.78 or more" in _findings(tmp_path, few)
    like = RESAMPLE.replace(
        "{model: model.h5}\no", "{model: model.h5, like: model.h5}\no"
    )
    assert "leave out spacing_m and the band" in _findings(tmp_path, like)
