"""Launch lines of steps, and what is made of how they ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.execution.node.gpus import see_granted
from anticline.execution.node.launch import Launch
from anticline.execution.node.order import Kind, Order
from anticline.execution.node.ranks import binding, environment_of, judge, srun
from anticline.execution.node.sharing import Grant


def order(**given_: object) -> Order:
    base = {"ranks": 2, "threads": 2, "launcher": "srun"} | given_
    return Order("/run", "a", "steps/a", "x.y", "key", **base)  # type: ignore[arg-type]


def test_a_step_is_told_its_cpus_its_memory_and_nothing_of_other_steps():
    made = srun(order(), Grant((4, 5, 6, 7), 8.0), frozenset({4, 5, 6, 7}), 1)
    text = " ".join(made.command)
    assert text.startswith("srun --mpi=pmix --nodes=1 --ntasks=2 ")
    assert "--overlap --cpu-bind=mask_cpu:0x30,0xc0 --mem=8192M" in text
    assert text.endswith("-P -m anticline.rank x.y /run/steps/a/case.json")
    assert made.environment["NUMBA_NUM_THREADS"] == "2"


def test_a_step_of_several_nodes_has_them_whole():
    made = srun(order(nodes=2, ranks=8, threads=12), Grant((0,), 4.0), None, 2)
    text = " ".join(made.command)
    assert "--nodes=2 --ntasks=8" in text
    assert "--cpus-per-task=12 --cpu-bind=cores --ntasks-per-node=4 --mem=0" in text
    assert "--overlap" not in text


def test_a_step_sees_the_gpus_that_it_was_granted():
    made = srun(order(gpus=1), Grant((0, 1), 4.0, (2, 3)), None, 1, 8)
    assert "--gpus-per-node=8" in made.command
    seen = {"CUDA_VISIBLE_DEVICES": "0,1,2,3,4,5,6,7"} | made.environment
    see_granted(seen)
    assert seen["CUDA_VISIBLE_DEVICES"] == "2,3"


@given(st.sets(st.integers(0, 255), min_size=1), st.integers(1, 16))
def test_ranks_are_bound_to_cpus_of_their_own(cpus: set[int], ranks: int) -> None:
    text = binding(order(ranks=ranks), frozenset(cpus))
    if len(cpus) < ranks:
        assert text == "none"
        return
    masks = [int(mask, 16) for mask in text.removeprefix("mask_cpu:").split(",")]
    assert len(masks) == ranks
    bound = [{n for n in range(256) if mask >> n & 1} for mask in masks]
    assert len({len(own) for own in bound}) == 1
    assert all(own for own in bound)
    assert sum(map(len, bound)) == len(set().union(*bound))
    assert set().union(*bound) <= cpus


def test_what_sbatch_said_of_the_job_is_not_taken_for_the_step(monkeypatch):
    monkeypatch.setenv("SLURM_NTASKS", "1")
    monkeypatch.setenv("SLURM_MEM_PER_NODE", "100")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("PMIX_RANK", "0")
    made = environment_of(Launch(("srun",), {"A": "1"}), Path("/left"))
    assert not {"SLURM_NTASKS", "SLURM_MEM_PER_NODE", "PMIX_RANK"} & set(made)
    assert (made["SLURM_JOB_ID"], made["A"]) == ("7", "1")
    assert made["ANTICLINE_OUTCOME"] == "/left"


OOM = "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=4.0"
DOWN = (
    "srun: error: Unable to create step for job 4: Unable to contact slurm controller"
)
LEFT = {"kind": "diverged", "reason": "at step 3", "cpu_seconds": 2.0, "peak_bytes": 9}


@pytest.mark.parametrize(
    ("code", "left", "said", "given_", "kind"),
    [
        (0, None, "", {}, Kind.DONE),
        (70, LEFT, "", {}, Kind.DIVERGED),
        (143, LEFT, "", {"stopped": True}, Kind.DIVERGED),
        (75, None, "stopped early", {}, Kind.INTERRUPTED),
        (70, None, "it broke", {}, Kind.FAILED),
        (137, None, "", {}, Kind.OUT_OF_MEMORY),
        (-9, None, "", {}, Kind.OUT_OF_MEMORY),
        (1, None, OOM, {}, Kind.OUT_OF_MEMORY),
        (1, None, "", {"memory_ran_out": True}, Kind.OUT_OF_MEMORY),
        (137, None, "", {"stopped": True}, Kind.INTERRUPTED),
        (139, None, "", {}, Kind.KILLED),
        (1, None, DOWN, {}, Kind.LOST),
    ],
)
def test_an_end_is_judged_by_what_ranks_left_then_code_then_words(
    tmp_path, code, left, said, given_, kind
):
    outcome, log = tmp_path / "outcome.json", tmp_path / "log.txt"
    if left is not None:
        outcome.write_text(json.dumps(left))
    log.write_text(f"beginning\n{said}\n")
    facts = {"stopped": False, "memory_ran_out": False} | given_
    assert judge(code, outcome, log, **facts).kind == kind


def test_half_an_outcome_is_none(tmp_path):
    outcome, log = tmp_path / "outcome.json", tmp_path / "log.txt"
    outcome.write_text(json.dumps(LEFT)[:20])
    log.write_text("salt\n")
    found = judge(70, outcome, log, stopped=False, memory_ran_out=False)
    assert (found.kind, found.reason) == (Kind.FAILED, "salt")
