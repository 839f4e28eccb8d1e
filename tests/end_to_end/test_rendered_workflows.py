"""A workflow as batch scripts, on a real Slurm, with no Python driver alive."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from anticline.cluster.document import read_cluster
from anticline_solvers.formats.digest import digest
from end_to_end.local_slurm import LOCAL, slurm, wait_for
from end_to_end.workflow_runs import DONE, Run, diamond, repeated

FIRST = int(hashlib.sha256(b"1 1 ").hexdigest()[:8], 16) % 1000
"""The value of the diamond's first task."""


def with_a_loop(workflow: dict) -> dict:
    """Count from the first task's value; two iterations of four are enough."""
    count = {
        "component": "chores.count",
        "inputs": {"report": "previous.value"},
        "parameters": {"target": FIRST + 2},
    }
    loop = {
        "steps": {"count": count},
        "start": {"value": "first.report"},
        "carry": {"value": "count.report"},
        "until": "count.report",
        "key": "enough",
        "most": 4,
    }
    after = {"component": "chores.work", "inputs": {"after": "counting.value"}}
    steps = {**workflow["steps"], "counting": {"repeat": loop}, "after": after}
    return {**workflow, "steps": steps}


class Rendered(Run):
    """A workflow's scripts, in the folder of the run."""

    def render(self, *options: str) -> None:
        where = ["--cluster", str(self.cluster), "--out", str(self.folder)]
        process = self.begin("render", str(self.write()), *where, *options)
        assert self.end(process) == DONE, self.told

    def submit(self, folder: Path) -> list[str]:
        """Run submit.sh from anywhere, wait for the jobs; give their numbers."""
        subprocess.run(
            [self.folder / "submit.sh"],
            env=self.environment(),
            cwd=folder,
            check=True,
            capture_output=True,
        )
        numbers = (self.folder / "logs" / "jobs.txt").read_text().split()
        asked = ("squeue", "--noheader", "-j", ",".join(numbers))
        wait_for(lambda: not slurm(self.slurm, *asked).strip())
        return numbers

    def write(self) -> Path:
        for name in ("counting",):  # it holds no journal
            held = self.workflow["steps"].pop(name, None)
        file = super().write()
        if held is not None:
            self.workflow["steps"] = {**self.workflow["steps"], name: held}
            file.write_text(json.dumps(self.workflow))
        return file

    def accounts(self, numbers: list[str]) -> dict[str, tuple[str, ...]]:
        """Give partition, state, start and end of each job, by name and element."""
        columns = "jobname,jobid,partition,state,start,end"
        line = ("sacct", "-X", "-n", "-P", "-j", ",".join(numbers), "-o", columns)
        found = {}
        for text in slurm(self.slurm, *line).splitlines():
            name, number, *facts = text.split("|")
            found[name + number.partition("_")[2]] = tuple(facts)
        return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def rendered(slurm_folder, tmp_path):
    """Render a workflow for the local Slurm, in a folder of its own."""

    def render(workflow: dict, cluster: Path = LOCAL, *options: str) -> Rendered:
        made = Rendered(tmp_path / "rendered", workflow, slurm_folder, cluster)
        made.folder.mkdir(exist_ok=True)
        made.render(*options)
        return made

    return render


def here(workflow: dict, folder: Path) -> Rendered:
    """Run a workflow on this machine, without Slurm."""
    made = Rendered(folder, workflow)
    made.folder.mkdir()
    assert made.finish() == DONE, made.told
    return made


def all_ended(jobs: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The accounts, once they are complete."""
    return jobs if all(facts[3] != "Unknown" for facts in jobs.values()) else {}


@pytest.fixture
def discovered(slurm_folder, tmp_path) -> Path:
    """A cluster file of the local Slurm as it describes itself."""
    file = tmp_path / "discovered.yaml"
    line = ("cluster", "discover", "--out", str(file))
    made = Rendered(tmp_path, {}, slurm_folder)
    assert made.end(made.begin(*line)) == DONE, made.told
    return file


def test_a_slurm_is_described_as_it_was_made(discovered):
    found, made = read_cluster(discovered), read_cluster(LOCAL)
    assert found.name == made.name
    assert list(found.queues) == list(made.queues)
    for name, queue in found.queues.items():
        asked = made.queues[name]
        assert queue.nodes == asked.nodes
        assert queue.walltime_h == asked.walltime_h
        assert (queue.mpi, queue.account) == ("pmix", "root")
        for fact in ("cores", "threads_per_core", "memory_gib", "gpus"):
            assert getattr(queue.node, fact) == getattr(asked.node, fact)


def test_scripts_run_alone_in_their_order_and_repeat_nothing(
    rendered, discovered, tmp_path
):
    workflow = diamond(2, steps=1, seconds=0.05)
    del workflow["steps"]["last"]
    run = rendered(workflow, discovered)
    numbers = run.submit(tmp_path)
    jobs = wait_for(lambda: all_ended(run.accounts(numbers)))
    assert {facts[1] for facts in jobs.values()} == {"COMPLETED"}
    assert sorted(jobs) == ["first", "images0", "images1", "shots0", "shots1", "stack"]
    for k in range(2):
        shot, image = jobs[f"shots{k}"], jobs[f"images{k}"]
        assert (shot[0], image[0]) == ("x86", "graviton")
        assert moment(jobs["first"][3]) <= moment(shot[2])
        assert moment(shot[3]) <= moment(image[2]) <= moment(jobs["stack"][2])
    results = run.results()
    images = [results[f"steps/images/00{k}"]["value"] for k in range(2)]
    assert results["steps/stack"]["value"] == sum(images)

    before, journal = run.finished(), run.journal()
    assert len(before) == len(journal) + 1 == 6
    run.render()
    run.submit(tmp_path)
    assert repeated(before, run) == []
    assert run.journal() == journal
    assert run.end(run.begin("status", str(run.path))) == DONE


@pytest.mark.slow
def test_scripts_give_the_results_of_a_driver_trees_and_loops_included(
    rendered, tmp_path
):
    workflow = with_a_loop(diamond(5, steps=2, seconds=0.05))
    few = tmp_path / "few.yaml"  # arrays of at most two elements
    few.write_text(f"most_array_tasks: 2\n{LOCAL.read_text()}")
    run = rendered(workflow, few)
    run.submit(tmp_path)
    expected = here(with_a_loop(diamond(5, 2, 0.05)), tmp_path / "here").results()
    results = run.results()
    for number in (3, 4):
        spare = results.pop(f"steps/counting/{number:03d}/count")
        assert spare == expected["steps/counting/002/count"]
    assert results == expected
    assert (
        "shots_from_4=$(submit --array=0-0 " in (run.folder / "submit.sh").read_text()
    )


SURVEY = """\
workflow: survey
steps:
  model:
    component: models.anticline
    parameters: {extent_m: [1600, 800], spacing_m: 20, water_depth_m: 100}
  survey:
    component: seismic.survey
    inputs: {model: model.model}
    parameters:
      {peak_frequency_hz: 7, sample_interval_s: 8 ms, duration_s: 0.8,
       source_first_m: 200, source_last_m: 1400, source_interval_m: 400,
       receiver_first_m: 0, receiver_last_m: 1600, receiver_interval_m: 40,
       source_depth_m: 20, receiver_depth_m: 20}
  shots:
    component: seismic.forward
    inputs: {model: model.model, survey: survey.survey}
    parameters: {parts: 2}
    scatter: {part: 0..1}
    queues: [x86]
  image:
    component: seismic.rtm
    inputs: {model: model.model, gathers: shots.gathers}
    scatter: shots
    ranks: 2
    queues: [graviton]
  stack: {component: seismic.stack, inputs: {images: image.image}, queues: [gpu]}
"""


@pytest.mark.slow
def test_a_survey_in_parts_gives_the_image_of_a_laptop(rendered, tmp_path):
    workflow = YAML(typ="safe").load(SURVEY)
    run = rendered(workflow)
    run.submit(tmp_path)
    plain = here(workflow, tmp_path / "here")
    images = [made.path / "steps" / "stack" / "image.h5" for made in (run, plain)]
    assert digest(images[0]) == digest(images[1]) is not None


@pytest.mark.slow
def test_a_signalled_element_goes_back_to_its_queue_and_loses_nothing(
    rendered, tmp_path
):
    workflow = diamond(2, steps=20, seconds=8.0)
    run = rendered(workflow)
    submitted = subprocess.Popen(
        [run.folder / "submit.sh"], env=run.environment(), stdout=subprocess.DEVNULL
    )
    assert submitted.wait() == 0
    again = subprocess.run(
        [run.folder / "submit.sh"],
        env=run.environment(),
        capture_output=True,
        text=True,
    )
    assert (again.returncode, "its jobs wait or run" in again.stderr) == (1, True)
    run.wait_for(lambda: len(run.journal()) > 6)
    numbers = (run.folder / "logs" / "jobs.txt").read_text().split()
    slurm(run.slurm, "scancel", "--signal=USR1", "--batch", f"{numbers[1]}_1")
    requeued = ("sacct", "-X", "-D", "-n", "-P", "-j", numbers[1], "-o", "state")
    wait_for(lambda: "REQUEUED" in slurm(run.slurm, *requeued))
    asked = ("squeue", "--noheader", "-j", ",".join(numbers))
    wait_for(lambda: not slurm(run.slurm, *asked).strip())  # after two minutes' pause
    for step in ("first", "shots", "images", "last"):
        workflow["steps"][step].setdefault("parameters", {})["seconds"] = 0.0
    assert run.results() == here(workflow, tmp_path / "here").results()
    assert len(run.journal()) == len(set(run.journal()))


@pytest.mark.slow
def test_a_failure_cancels_what_waits_for_it_and_submitting_again_goes_on(
    rendered, tmp_path
):
    workflow = diamond(2, steps=1, seconds=0.05, trouble="fail")
    run = rendered(workflow)
    numbers = run.submit(tmp_path)
    accounts = wait_for(lambda: all_ended(run.accounts(numbers)))
    states = {name: facts[1].split()[0] for name, facts in accounts.items()}
    assert (states.pop("first"), set(states.values())) == ("FAILED", {"CANCELLED"})
    ended = json.loads((run.path / "steps/first/ended.json").read_text())
    assert (ended["kind"], "upside down" in ended["reason"]) == ("failed", True)
    run.submit(tmp_path)  # the trouble comes once
    assert len(run.finished()) == len(run.results()) == 7


@pytest.mark.slow
def test_the_driver_of_ten_lines_runs_a_workflow_on_slurm(slurm_folder, tmp_path):
    run = Rendered(tmp_path, diamond(2, steps=1, seconds=0.05), slurm_folder, LOCAL)
    script = LOCAL.parents[2] / "jobscripts" / "parsl_driver.py"
    done = subprocess.run(
        [sys.executable, script, run.write(), LOCAL, run.path],
        env=run.environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "done" in done.stdout) == (DONE, True), done.stderr
    assert len(run.finished()) == 7
