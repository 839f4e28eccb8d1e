"""inversion.begin and inversion.advance: run from case files, or refused."""

from __future__ import annotations

import json
import shutil

import h5py
import numpy as np
import pytest
from matplotlib.image import imread

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline.component.registry import resolve
from anticline.errors import BadInput, CaseError, Diverged
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats import model
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.inversion.components import VIEWERS
from anticline_solvers.inversion.pictures import draw_state
from plugins.bowl import bowl_at_work as bowl

GRID = Grid((12, 10), (20.0, 20.0), (0.0, 0.0))
DEPTH = GRID.coordinates(1)
START = np.where(DEPTH < 60.0, 1500.0, 1800.0 + 2.0 * DEPTH) * np.ones((12, 1))
TRUE = START + np.where(DEPTH < 60.0, 0.0, 120.0) * np.sin(np.arange(12.0))[:, None]
REGISTRY = Registry.discover()


@pytest.fixture
def folder(tmp_path):
    rho = np.full(GRID.shape, 2200.0)
    frame = Frame(500.0, 600.0, 45.0)
    model.write_model(tmp_path / "start.h5", GRID, {"vp": START, "rho": rho}, frame)
    model.write_model(tmp_path / "true.h5", GRID, {"vp": TRUE})
    return tmp_path


def case_of(folder, component, inputs, outputs, parameters):
    (folder / "case.json").write_text(
        json.dumps(
            {
                "component": component,
                "inputs": inputs,
                "outputs": outputs,
                "parameters": parameters,
            }
        )
    )
    return load_case(folder / "case.json", REGISTRY)


def beginning(folder, inputs=None, **parameters):
    inputs = {"model": "start.h5"} | (inputs or {})
    outputs = {"state": "state0.h5", "model": "model0.h5"}
    return case_of(folder, "inversion.begin", inputs, outputs, parameters)


def advancing(folder, number, gradient=None):
    inputs = {
        "state": f"state{number}.h5",
        "gradient": gradient or f"gradient{number}.h5",
    }
    outputs = {
        "state": f"state{number + 1}.h5",
        "model": f"model{number + 1}.h5",
        "report": f"report{number + 1}.json",
        "best": f"best{number + 1}.h5",
    }
    return case_of(folder, "inversion.advance", inputs, outputs, {})


def run(case):
    assert [str(finding) for finding in check_case(case, 1)] == []
    context = RunContext.open(case, MPI.COMM_SELF)
    resolve(case.component.run)(case, context)
    assert resolve(case.component.finished)(case)


def told(case):
    return "\n".join(str(finding) for finding in check_case(case, 1))


def evaluate(folder, number, **attributes):
    at = folder / f"model{number}.h5"
    found = bowl.misfit(model.read_field(at), TRUE.astype(np.float32))
    bowl.write(folder / f"gradient{number}.h5", at, found)
    with h5py.File(folder / f"gradient{number}.h5", "r+") as file:
        file.attrs.update(attributes)


def invert(folder, inputs=None, **parameters):
    run(beginning(folder, inputs, **parameters))
    for number in range(200):
        evaluate(folder, number)
        run(advancing(folder, number))
        report = json.loads((folder / f"report{number + 1}.json").read_text())
        if report["converged"]:
            return report, number + 1
    raise AssertionError(report)


def test_an_inversion_by_files_ends_at_the_true_model(folder):
    report, last = invert(folder, water_velocity_m_s=1510, relative_misfit=1e-6)
    assert report["why"] == "misfit"
    assert report["relative_misfit"] <= 1e-6
    assert report["evaluation"] == last == len(report["history"])
    path = folder / f"model{last}.h5"
    made = model.read_field(path)
    assert np.abs(made - TRUE).max() < 5.0
    assert np.array_equal(made[:, DEPTH < 60], START[:, DEPTH < 60])
    assert np.array_equal(made, model.read_field(folder / f"best{last}.h5"))
    assert np.array_equal(model.read_field(path, "rho"), np.full(GRID.shape, 2200.0))
    assert model.read_frame(path) == Frame(500.0, 600.0, 45.0)


def test_models_say_for_which_evaluation_they_are(folder):
    invert(folder, iterations=3, first_change=0.2)
    rows = json.loads((folder / "report4.json").read_text())["history"]
    with h5py.File(folder / "model0.h5") as file:
        assert (file.attrs["iteration"], file.attrs["evaluation"]) == (0, 1)
    with h5py.File(folder / "model3.h5") as file:
        assert file.attrs["evaluation"] == 4
        accepted = [row["iteration"] for row in rows[:3] if row["accepted"]]
        assert file.attrs["iteration"] == accepted[-1]


@pytest.mark.parametrize("parameter", ["slowness", "squared_slowness"])
def test_models_keep_velocity_bounds_whatever_is_inverted_for(folder, parameter):
    low, high = 1499.99, 2137.77
    power = {"slowness": -1.0, "squared_slowness": -2.0}[parameter]
    run(
        beginning(
            folder,
            parameter=parameter,
            minimum_velocity_m_s=low,
            maximum_velocity_m_s=high,
            clip_start=True,
            first_change=0.3,
            iterations=4,
        )
    )
    touched = False
    for number in range(20):
        vp = model.read_field(folder / f"model{number}.h5").astype(float)
        assert (vp >= low).all()
        assert (vp <= high).all()
        touched |= bool((vp > high - 1e-3).any())
        value, slope, heard = bowl.misfit(vp, TRUE)
        by = slope / (power * vp ** (power - 1.0))
        at = folder / f"model{number}.h5"
        bowl.write(folder / f"gradient{number}.h5", at, (value, by, heard))
        with h5py.File(folder / f"gradient{number}.h5", "r+") as file:
            file.attrs["parameter"] = parameter
        run(advancing(folder, number))
        report = json.loads((folder / f"report{number + 1}.json").read_text())
        if report["converged"]:
            break
    assert touched
    assert report["relative_misfit"] < 1.0


def test_a_block_goes_on_from_the_last_model_of_another(folder):
    _, last = invert(folder, iterations=2)
    shutil.copy(folder / f"model{last}.h5", folder / "start.h5")
    for path in folder.glob("*[0-9].*"):
        path.unlink()
    report, _ = invert(folder, iterations=2, smoothing_m=30, method="nlcg")
    assert report["first_data_misfit"] > report["data_misfit"]


def test_bounds_that_exclude_the_start_are_told_with_their_place(folder):
    case = beginning(folder, minimum_velocity_m_s=1600, maximum_velocity_m_s=4000)
    assert told(case) == (
        f"{case.path}:1  bounds exclude the start in 36 of 120 cells (x = 0 to 220 m, "
        "z = 0 to 40 m): the first has 1500 m/s, and 1600 to 4000 are allowed; widen "
        "the bounds, fix these cells, or say clip_start: true"
    )
    run(beginning(folder, minimum_velocity_m_s=1600, clip_start=True))
    assert model.read_field(folder / "model0.h5").min() == 1600.0
    for name in ("state0.h5", "model0.h5"):
        (folder / name).unlink()
    run(beginning(folder, minimum_velocity_m_s=1600, top_m=60))
    assert model.read_field(folder / "model0.h5").min() == 1500.0


def test_bounds_by_cell_and_masks_hold_where_they_say(folder):
    mask = np.ones(GRID.shape)
    mask[3] = 0.0
    model.write_model(folder / "mask.h5", GRID, {"mask": mask})
    model.write_model(folder / "lower.h5", GRID, {"vp": START - 10.0})
    model.write_model(folder / "upper.h5", GRID, {"vp": START + 50.0})
    inputs = {name: f"{name}.h5" for name in ("mask", "lower", "upper")}
    invert(
        folder,
        inputs,
        top_m=40,
        salt_velocity_m_s=2150,
        largest_change=0.01,
        first_change=0.1,
    )
    still = (mask == 0) | (DEPTH < 40) | (START >= 2150)
    for path in folder.glob("model[0-9]*.h5"):
        vp = model.read_field(path)
        assert np.array_equal(vp[still], START.astype(np.float32)[still])
        assert (vp >= np.float32(START - 10.0)).all()
        assert (vp <= np.float32(START + 50.0)).all()
        assert (np.abs(vp / START - 1.0) <= 0.0100001).all()


def test_bounds_that_cross_leave_nothing_and_are_told(folder):
    model.write_model(folder / "lower.h5", GRID, {"vp": START + 100.0})
    case = beginning(folder, {"lower": "lower.h5"}, maximum_velocity_m_s=1800)
    assert "leave no velocity in" in told(case)
    case = beginning(folder, top_m=1000)
    assert "every cell is fixed" in told(case)


def test_settings_that_do_not_go_together_are_told_at_once(folder):
    found = told(
        beginning(
            folder,
            method="cg",
            minimum_velocity_m_s=1000,
            total_variation=1,
            smoothing_wavelengths=0.5,
            tikhonov_axes=[1, 2, 3],
            subsets=True,
        )
    )
    for text in (
        "cg takes no bounds",
        "cg takes quadratic terms",
        "cg needs all shots",
        "frequency_hz",
        "3 numbers found",
    ):
        assert text in found


def test_files_on_other_grids_and_values_that_are_no_velocities_are_told(folder):
    model.write_model(folder / "upper.h5", Grid((3, 4), (1.0, 1.0), (0.0, 0.0)),
                      {"vp": np.ones((3, 4))})  # fmt: skip
    found = told(beginning(folder, {"upper": "upper.h5"}))
    assert "resample one of them" in found
    broken = START.copy()
    broken[2, 3] = np.nan
    model.write_model(folder / "start.h5", GRID, {"vp": broken})
    assert "cell (2, 3)" in told(beginning(folder))
    found = told(beginning(folder, {"mask": "true.h5"}))
    assert "has no data set 'mask'; it holds vp" in found


@pytest.fixture
def begun(folder):
    run(beginning(folder, iterations=5))
    return folder


def test_a_gradient_at_another_model_is_refused(begun):
    evaluate(begun, 0)
    run(advancing(begun, 0))
    assert "was computed at another model" in told(advancing(begun, 1, "gradient0.h5"))


def test_a_gradient_that_does_not_say_its_model_is_refused(begun):
    evaluate(begun, 0)
    with h5py.File(begun / "gradient0.h5", "r+") as file:
        del file.attrs["model_digest"]
    assert "does not say of which model" in told(advancing(begun, 0))


def test_a_gradient_by_another_parameter_or_on_another_grid_is_refused(begun):
    evaluate(begun, 0, parameter="slowness")
    assert "is by slowness" in told(advancing(begun, 0))
    evaluate(begun, 0)
    with h5py.File(begun / "gradient0.h5", "r+") as file:
        file["geometry"].attrs["origin_m"] = np.array([7.0, 0.0])
    assert "the inversion on" in told(advancing(begun, 0))


def test_a_torn_state_and_a_missing_attribute_are_told_together(begun):
    evaluate(begun, 0)
    state = begun / "state0.h5"
    state.write_bytes(state.read_bytes()[:-100])
    with h5py.File(begun / "gradient0.h5", "r+") as file:
        del file.attrs["misfit"]
    found = told(advancing(begun, 0))
    assert "no whole state" in found
    assert "has no attribute 'misfit'" in found


def test_a_start_whose_misfit_is_no_number_ends_the_run(begun):
    evaluate(begun, 0, misfit=np.nan)
    with pytest.raises(Diverged, match="not finite"):
        run(advancing(begun, 0))
    assert not (begun / "state1.h5").exists()


def test_an_inversion_that_has_ended_is_not_advanced(folder):
    _, last = invert(folder, iterations=1)
    evaluate(folder, last)
    assert "has ended: the iterations asked for are done" in told(
        advancing(folder, last)
    )


def test_a_result_of_another_case_is_not_overwritten(begun):
    assert "exists and is of another case" in told(beginning(begun, iterations=6))
    assert told(beginning(begun, iterations=5)) == ""
    evaluate(begun, 0)
    (begun / "report1.json").write_text("{}")
    assert "exists from another case" in told(advancing(begun, 0))


def test_cg_inverts_for_a_perturbation_of_either_sign(folder):
    wanted = (TRUE - START).astype(np.float32)
    model.write_model(folder / "none.h5", GRID, {"vp": np.zeros(GRID.shape)})
    inputs = {"model": "none.h5", "velocity": "start.h5"}
    run(
        beginning(
            folder,
            inputs,
            method="cg",
            parameter="perturbation",
            relative_gradient=1e-5,
            water_velocity_m_s=1510,
        )
    )
    for number in range(20):
        at = folder / f"model{number}.h5"
        apart = model.read_field(at).astype(float) - wanted
        share = np.linspace(1.0, 3.0, 10)
        value, slope = 0.5 * float(np.sum(share * apart**2)), share * apart
        found = value, slope, np.ones(GRID.shape)
        bowl.write(folder / f"gradient{number}.h5", at, found)
        with h5py.File(folder / f"gradient{number}.h5", "r+") as file:
            file.attrs["parameter"] = "perturbation"
        run(advancing(folder, number))
        report = json.loads((folder / f"report{number + 1}.json").read_text())
        if report["converged"]:
            break
    made = model.read_field(folder / f"model{number + 1}.h5")
    assert np.abs(made - wanted).max() < 0.01
    assert not made[:, DEPTH < 60].any()
    assert made.min() < 0 < made.max()


def test_what_needs_velocities_is_not_asked_of_a_perturbation_alone(folder):
    found = told(
        beginning(
            folder,
            parameter="perturbation",
            minimum_velocity_m_s=1000,
            salt_velocity_m_s=4500,
        )
    )
    assert "minimum_velocity_m_s: bounds of a perturbation are the inputs" in found
    assert "salt_velocity_m_s needs the input velocity" in found


def test_a_misfit_that_is_not_quadratic_is_no_input_of_cg(folder):
    run(beginning(folder, method="cg"))
    evaluate(folder, 0)
    run(advancing(folder, 0))
    evaluate(folder, 1, misfit=1e9)
    with pytest.raises(BadInput, match="not quadratic"):
        run(advancing(folder, 1))


@pytest.mark.parametrize("evaluations", [0, 4])
def test_a_state_is_drawn_however_far_it_is(folder, evaluations):
    run(beginning(folder, first_change=0.5))
    for number in range(evaluations):
        evaluate(folder, number)
        run(advancing(folder, number))
    viewer = next(v for v in VIEWERS if v.format == "anticline-inversion/1")
    path = folder / f"state{evaluations}.h5"
    assert resolve(viewer.recognise)(path) == viewer.format
    (drawn,) = resolve(viewer.draw)(path, folder)
    pixels = imread(drawn)
    assert drawn == folder / f"state{evaluations}.png"
    assert pixels.shape[1] > 1000
    assert np.unique(pixels[..., 0]).size > 50


def test_the_plane_in_the_middle_of_a_volume_is_drawn(folder):
    grid = Grid((6, 5, 4), (10.0, 10.0, 10.0), (0.0, 0.0, 0.0))
    volume = 2000.0 + np.arange(120.0).reshape(grid.shape)
    model.write_model(folder / "start.h5", grid, {"vp": volume})
    run(beginning(folder))
    assert draw_state(folder / "state0.h5", folder / "v.png") == [folder / "v.png"]


def test_unknown_names_are_told_by_the_declaration(folder):
    with pytest.raises(CaseError, match="method"):
        beginning(folder, method="newton")
