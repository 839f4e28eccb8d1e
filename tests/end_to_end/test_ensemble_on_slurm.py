"""The ensemble of configs/workflows on a real Slurm: the fan that a laptop gives."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from anticline_solvers.reservoir.files.curves import read_curves
from end_to_end.local_slurm import LOCAL, slurm
from end_to_end.workflow_runs import DONE, Run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("parser")]
ROOT = Path(__file__).resolve().parents[2]
MEMBERS = 6
VECTORS = {"FOPR", "FOPT", "FGOR", "FPR"}


@pytest.fixture(scope="session")
def parser() -> None:
    """OPM's parser of decks; there is none for some architectures."""
    pytest.importorskip("opm", reason="the package opm is lacking")


def ensemble() -> dict[str, Any]:
    """Give the project's ensemble of some members."""
    path = ROOT / "configs/workflows/spe1_ensemble.yaml"
    document: dict[str, Any] = YAML(typ="safe").load(path.read_text())
    deck = ROOT / "configs/cases/spe1/SPE1.DATA"
    document["steps"]["prepare"]["inputs"]["deck"] = str(deck)
    document["steps"]["member"]["scatter"] = {"member": list(range(MEMBERS))}
    return document


def fan_of(run: Run) -> dict[str, Any]:
    """Give the curves of a run's fan."""
    report = json.loads((run.path / "steps/fan/report.json").read_text())
    assert report["members"] == MEMBERS
    return dict(report["curves"])


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """On this machine, without Slurm."""
    run = Run(tmp_path_factory.mktemp("laptop"), ensemble())
    assert run.finish() == DONE, run.told
    return run


def test_an_ensemble_over_permeability_spreads_the_curves(laptop):
    told = fan_of(laptop)
    assert set(told) == VECTORS
    for curves in told.values():
        assert curves["p10"][-1] < curves["p50"][-1] < curves["p90"][-1]
    assert (laptop.path / "steps/fan/picture.png").read_bytes().startswith(b"\x89PNG")
    folders = sorted(laptop.path.glob("steps/simulate/*/curves.h5"))
    assert len(folders) == MEMBERS
    ends = {float(read_curves(path).values["FOPT"][-1]) for path in folders}
    assert len(ends) == MEMBERS


def test_an_ensemble_scattered_over_a_real_slurm_gives_the_laptops_fan(
    laptop, slurm_folder, tmp_path
):
    run = Run(tmp_path, ensemble(), slurm_folder, LOCAL)
    assert run.finish() == DONE, run.told
    assert fan_of(run) == fan_of(laptop)
    queues = Counter(event.facts["queue"] for event in run.events("ended"))
    assert sum(queues.values()) == 2 * MEMBERS + 2
    blocks = {event.facts["job"] for event in run.events("block")}
    account = slurm(run.slurm, "sacct", "-X", "-n", "-P", "-o", "jobid").split()
    assert blocks <= set(account)
    assert not slurm(run.slurm, "squeue", "--noheader", "--states=R,PD").strip()
