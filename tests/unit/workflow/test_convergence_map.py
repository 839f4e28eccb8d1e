"""The workflow of the convergence map, made from that of the experiment."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from anticline.component import Registry
from anticline.workflow import Loop, read_workflow, write_workflow
from anticline.workflow.check.whole import check_workflow

PATH = Path(__file__).parents[3] / "benchmarks/convergence_map.py"


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("convergence_map", PATH)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def document(maker, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.yaml"
    experiment = read_workflow(maker.EXPERIMENT).workflow
    write_workflow(maker.convergence_map(experiment), path)
    return read_workflow(path)


def test_the_map_can_run(document):
    assert not check_workflow(document, Registry.discover())


def test_every_start_model_has_both_branches_and_its_place_in_the_map(maker, document):
    steps = document.workflow.steps
    columns = len(maker.SLOWNESS_SHIFT_PERCENT)
    for k, link in enumerate(steps["map"].inputs["second"]):
        row, column = divmod(k, columns)
        compare = steps[link.step]
        start = steps[compare.inputs["start"].step].parameters
        assert start["smoothing_m"] == maker.SMOOTHING_M[row]
        assert start["slowness_shift_percent"] == maker.SLOWNESS_SHIFT_PERCENT[column]
        finish = steps[compare.inputs["model"].step]
        filtered = steps[steps[finish.start["model"].step].inputs["model"].step]
        begun = steps[filtered.start["model"].step]
        assert begun.inputs["model"].step == compare.inputs["start"].step
    points = len(maker.SMOOTHING_M) * columns
    assert sum(isinstance(step, Loop) for step in steps.values()) == 3 * points
