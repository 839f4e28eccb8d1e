"""No run begins that may cost more than its budget, whichever way it begins."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from anticline import operations
from anticline.errors import BadInput
from anticline.execution.driver.runfolder import RunFolder

ROOT = Path(__file__).parents[3]
AWS = ROOT / "configs" / "clusters" / "aws.yaml"
WORKFLOW = ROOT / "configs" / "workflows" / "anticline_2d.yaml"
QUEUES = ["x86"]


@pytest.fixture
def poor(tmp_path) -> Path:
    """A cluster whose runs may spend half a dollar."""
    file = tmp_path / "aws.yaml"
    file.write_text(AWS.read_text().replace("usd_per_run: 500", "usd_per_run: 0.5"))
    return file


def refused(caught: pytest.ExceptionInfo[BadInput], file: Path) -> bool:
    (finding,) = caught.value.findings
    line = file.read_text().splitlines()[finding.line - 1].strip()
    return (finding.file, line) == (str(file), "usd_per_run: 0.5")


def test_a_workflow_over_the_budget_does_not_run(poor, tmp_path):
    with pytest.raises(BadInput, match=r"its budget is 0\.5") as caught:
        operations.run_workflow(WORKFLOW, cluster=poor, folder=tmp_path / "run")
    assert refused(caught, poor)
    assert not (tmp_path / "run").exists()


def test_a_run_over_the_budget_is_not_gone_on_with(poor, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    made = RunFolder(run, "anticline_2d", WORKFLOW, poor, {})
    made.write("code", WORKFLOW.read_text(), poor.read_text())
    with pytest.raises(BadInput, match=r"its budget is 0\.5") as caught:
        operations.resume(run, quiet=True)
    assert refused(caught, poor)


def test_scripts_over_the_budget_are_not_rendered(poor, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(BadInput, match=r"its budget is 0\.5") as caught:
        operations.render([WORKFLOW], poor, out, queues=QUEUES)
    assert refused(caught, poor)
    assert not out.exists()


def test_cases_over_the_budget_are_not_rendered(poor, tmp_path):
    case = tmp_path / "model.yaml"
    case.write_text("component: models.anticline\noutputs: {model: model.h5}\n")
    with pytest.raises(BadInput, match=r"may cost 173 USD .* walltime: model"):
        operations.render([case], poor, tmp_path / "out", queues=QUEUES)


def test_a_submission_tells_its_cost_and_keeps_to_a_lower_budget(tmp_path):
    *_, submit = operations.render([WORKFLOW], AWS, tmp_path / "out", queues=QUEUES)
    (cost,) = [
        float(line.partition("=")[2].split()[0])
        for line in submit.read_text().splitlines()
        if line.startswith("may_cost_usd=")
    ]
    assert 1 < cost <= 500
    programs = tmp_path / "bin"
    programs.mkdir()
    for limit, code in ((cost - 0.01, 1), (cost + 0.01, 7)):
        (programs / "sbatch").write_text("#!/bin/sh\nexit 7\n")
        (programs / "sbatch").chmod(0o755)
        done = subprocess.run(
            [submit],
            env={"PATH": f"{programs}:{os.environ['PATH']}", "BUDGET_USD": str(limit)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert ("the budget is" in done.stderr) == (code == 1)
