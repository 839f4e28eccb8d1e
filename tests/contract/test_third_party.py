"""Other makers' packages in a workflow, with nothing of anticline changed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from anticline.workflow.document.reading import read_workflow
from third_party.installed import TWO_MAKERS, ThirdParty


@pytest.fixture
def sums(third_party: ThirdParty, tmp_path: Path) -> Any:
    """Two files of numbers and a case that adds them by an executable."""
    (tmp_path / "a.txt").write_text("1\n2.5\n")
    (tmp_path / "b.txt").write_text("10\n20\n")
    (tmp_path / "case.yaml").write_text(
        "component: sums.add\ninputs: {numbers: [a.txt, b.txt]}\n"
        "outputs: {numbers: out/sum.txt}\nparameters: {label: both}\n"
    )
    return third_party


def test_packages_of_two_makers_give_the_same_sum(
    third_party: ThirdParty, tmp_path: Path, needs: Any
) -> None:
    needs.command("mpirun")
    document = read_workflow(TWO_MAKERS)
    tasks = third_party.run(document.workflow, tmp_path)
    assert [task for task in tasks if "total" in task] == ["total[1.0]", "total"]
    report = json.loads((tmp_path / tasks["compare"].outputs["report"]).read_text())
    assert report == {"largest_difference": 0.0, "count": 16}
    total = (tmp_path / tasks["total"].outputs["numbers"]).read_text().split()
    expected = sum(math.cos(2 * math.pi * f * 0.003) for f in (1, 20, 300))
    assert float(total[3]) == pytest.approx(expected, abs=1e-15)


def test_the_workflow_of_two_makers_has_no_findings(
    third_party: ThirdParty, tmp_path: Path
) -> None:
    done = third_party.anticline("check", str(TWO_MAKERS), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "two_makers.yaml: workflow two_makers can run: 4 steps, 8 tasks" in done.stdout
    )


def test_an_executable_runs_as_a_case(sums: ThirdParty, tmp_path: Path) -> None:
    done = sums.anticline("run", "case.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "added 2 files: both\n")
    assert (tmp_path / "out/sum.txt").read_text() == "11\n22.5\n"
    made = json.loads((tmp_path / "out/sum.txt.made.json").read_text())
    assert (made["format"], made["component"]) == ("anticline-made/1", "sums.add")
    assert made["command"][0].endswith("bin/add-numbers")
    again = sums.anticline("run", "case.yaml", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
    assert "case.yaml: sums.add is finished" in again.stderr


def test_what_another_case_made_is_not_overwritten(
    sums: ThirdParty, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/sum.txt").write_text("precious")
    done = sums.program("anticline.rank", "sums.add", "case.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        65,
        "out/sum.txt  exists from another case; remove it or name another output\n",
    )
    assert (tmp_path / "out/sum.txt").read_text() == "precious"


def test_an_executable_that_is_not_there_is_a_finding(
    sums: ThirdParty, tmp_path: Path
) -> None:
    (sums.folder / "bin/add-numbers").rename(sums.folder / "bin/moved")
    try:
        found = sums.anticline("check", "case.yaml", str(TWO_MAKERS), cwd=tmp_path)
    finally:
        (sums.folder / "bin/moved").rename(sums.folder / "bin/add-numbers")
    lacks = "sums.add runs 'add-numbers', which is not on the PATH; install it, or load"
    case, workflow = found.stderr.splitlines()
    assert found.returncode == 65
    assert case.startswith(f"case.yaml:1  {lacks}")
    assert workflow.startswith(f"{TWO_MAKERS}:10  step 'total': {lacks}")


def test_components_say_what_they_find_of_first_steps(
    third_party: ThirdParty, tmp_path: Path
) -> None:
    text = (
        "workflow: fast\nsteps:\n  sample:\n    component: waves.sample\n"
        "    parameters:\n      frequency_hz: 0.6 kHz\n"
        "  total: {component: waves.add, inputs: {numbers: sample.numbers}}\n"
    )
    (tmp_path / "fast.yaml").write_text(text)
    done = third_party.anticline("check", "fast.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (65, "")
    assert done.stderr == (
        "fast.yaml:6  step 'sample': is above half of the sampling frequency; take a "
        "lower one\n"
    )


def test_cases_and_workflows_are_checked_together_against_a_cluster(
    sums: ThirdParty, tmp_path: Path
) -> None:
    (tmp_path / "cluster.yaml").write_text(
        "name: small\nqueues:\n  arm:\n    architecture: aarch64\n    nodes: 1\n"
        "    node: {type: a, cores: 1, memory_gib: 1}\n"
    )
    workflow = TWO_MAKERS.read_text().replace("ranks: 2", "ranks: 2\n    queues: x86")
    (tmp_path / "two.yaml").write_text(workflow)
    words = ("case.yaml", "two.yaml", "--cluster", "cluster.yaml", "--json")
    done = sums.anticline("check", *words, cwd=tmp_path)
    said = json.loads(done.stdout)
    assert done.returncode == 65
    assert [case["component"] for case in said["cases"]] == ["sums.add"]
    assert [made["path"] for made in said["workflows"]] == ["two.yaml"]
    assert [(found["file"], found["line"]) for found in said["findings"]] == [
        ("two.yaml", 9)
    ]
    assert "step 'sample': unknown queue 'x86'" in said["findings"][0]["text"]
    well = sums.anticline("check", "two.yaml", "--json", cwd=tmp_path)
    assert json.loads(well.stdout)["workflows"] == [
        {"path": "two.yaml", "name": "two_makers", "steps": 4, "tasks": 8}
    ]


def test_the_schema_knows_the_components_that_are_installed(
    third_party: ThirdParty, tmp_path: Path
) -> None:
    done = third_party.anticline("schema", "workflow", cwd=tmp_path)
    step = json.loads(done.stdout)["definitions"]["step"]["properties"]
    assert "sums.add" in step["component"]["enum"]
    plain = third_party.anticline("schema", "--plain", cwd=tmp_path)
    assert "sums.add" not in plain.stdout


def test_the_engine_runs_the_workflow_of_two_makers(
    third_party: ThirdParty, tmp_path: Path, needs: Any
) -> None:
    needs.command("mpirun")
    done = third_party.anticline(
        "run", str(TWO_MAKERS), "--run", "out", "--quiet", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out/steps/compare/report.json").read_text())
    assert report == {"largest_difference": 0.0, "count": 16}
    made = tmp_path / "out/steps/total/numbers.txt.made.json"
    assert json.loads(made.read_text())["component"] == "sums.add"


def test_an_executable_is_shown_with_its_words(
    third_party: ThirdParty, tmp_path: Path
) -> None:
    done = third_party.anticline("components", "sums.add", cwd=tmp_path)
    assert done.stdout.splitlines()[3:11] == [
        "  numbers: a list of Numbers, the terms",
        "",
        "outputs",
        "  numbers: Numbers, the sum",
        "",
        "reduces 'numbers': a workflow may do it as a tree",
        "",
        "runs add-numbers --out={outputs.numbers} [--label {parameters.label}] "
        "{inputs.numbers}",
    ]
