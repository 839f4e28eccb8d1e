"""What batch scripts write down, and what they find done."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from anticline import operations
from anticline.errors import BadInput
from anticline.execution.batch import job
from anticline.execution.node.order import Kind

CLUSTERS = Path(__file__).parents[3] / "configs" / "clusters"
LOCAL = CLUSTERS / "local-slurm.yaml"
COUNT = {
    "component": "chores.count",
    "inputs": {"report": "previous.value"},
    "parameters": {"target": 3},
}
LOOP = {
    "steps": {"count": COUNT},
    "start": {"value": "first.report"},
    "carry": {"value": "count.report"},
    "until": "count.report",
    "key": "enough",
    "most": 3,
}
STEPS = {
    "first": {"component": "chores.work", "parameters": {"value": 1}},
    "counting": {"repeat": LOOP},
    "after": {"component": "chores.work", "inputs": {"after": "counting.value"}},
}


@pytest.fixture
def out(chores, tmp_path):
    return render(tmp_path / "out", STEPS)


def render(out: Path, steps: dict, cluster: Path = LOCAL, *queues: str) -> Path:
    out.parent.mkdir(exist_ok=True)
    file = out.parent / "workflow.yaml"
    file.write_text(json.dumps({"workflow": "counted", "steps": steps}))
    operations.render([file], cluster, out, queues=queues)
    return out


def at(out: Path, name: str) -> Path:
    return out / "run" / "steps" / name


def done(out: Path, name: str, **report: object) -> None:
    """Let a task end well."""
    folder = at(out, name)
    assert not job.finished(folder)
    (folder / "report.json").write_text(json.dumps(report))
    assert job.ended(folder, 0, time.time() - 2.0).kind == Kind.DONE


def test_a_task_is_finished_once_its_end_and_its_outputs_are_there(out):
    done(out, "first", value=7)
    assert job.finished(at(out, "first"))
    (at(out, "first") / "report.json").unlink()
    assert not job.finished(at(out, "first"))


def test_an_end_says_what_the_ranks_said_and_where_it_was(out, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "19")
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "17")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    folder = at(out, "first")
    assert not job.finished(folder)
    said = {"kind": "diverged", "reason": "NaN", "cpu_seconds": 3.5, "peak_bytes": 9}
    (folder / "outcome.json").write_text(json.dumps(said))
    made = job.ended(folder, 70, time.time() - 2.0)
    assert (made.kind, made.reason, made.code) == (Kind.DIVERGED, "NaN", 70)
    assert (made.cpu_seconds, made.peak_bytes) == (3.5, 9)
    assert (made.job, made.attempt, made.queue) == ("17_3", 2, "x86")
    assert made.seconds == pytest.approx(2.0, abs=0.5)
    assert not job.finished(folder)
    assert not (folder / "outcome.json").exists()


def test_iterations_after_the_one_that_was_enough_have_no_work(out):
    done(out, "first", value=1)
    done(out, "counting/001/count", value=2, enough=False)
    done(out, "counting/002/count", value=3, enough=True)
    assert job.finished(at(out, "counting/003/count"))
    last = at(out, "counting/003/count")
    assert json.loads((last / "report.json").read_text())["value"] == 3
    assert "enough" in json.loads((last / "ended.json").read_text())["reason"]
    case = json.loads((at(out, "after") / "case.json").read_text())
    read = (at(out, "after") / case["inputs"]["after"]).resolve()
    assert read == at(out, "counting/002/count") / "report.json"


def test_a_report_that_does_not_say_whether_it_is_enough_ends_the_job(out, capsys):
    done(out, "first", value=1)
    done(out, "counting/001/count", value=2)
    code = job.main(["finished", str(at(out, "counting/002/count"))])
    assert code == 70
    assert "'enough' is None" in capsys.readouterr().err


def test_later_iterations_wait_for_the_report_of_the_one_before(out):
    text = (out / "submit.sh").read_text()
    assert "counting_2_count=$(submit --dependency=afterok:$counting_1_count " in text


def test_rendering_again_keeps_what_has_not_changed(out):
    done(out, "first", value=1)
    done(out, "counting/001/count", value=2, enough=False)
    more = {**STEPS, "more": {"component": "chores.work"}}
    render(out, more)
    assert job.finished(at(out, "first"))
    assert (out / "more.sh").exists()
    first = {"component": "chores.work", "parameters": {"value": 2}}
    render(out, {**STEPS, "first": first})
    assert not job.finished(at(out, "first"))
    assert not job.finished(at(out, "counting/001/count"))
    assert not (at(out, "first") / "report.json").exists()
    assert not (out / "more.sh").exists()


def test_what_began_before_another_rendering_is_not_taken_for_its_result(out):
    folder = at(out, "first")
    assert not job.finished(folder)
    first = {"component": "chores.work", "parameters": {"value": 2}}
    render(out, {**STEPS, "first": first})  # the job of the first rendering runs on
    (folder / "report.json").write_text('{"value": 1}')
    job.ended(folder, 0, time.time())
    assert not job.finished(folder)
    assert not (folder / "report.json").exists()
    done(out, "first", value=2)
    assert job.finished(folder)


def test_nothing_names_the_folder_so_that_it_can_be_moved(out):
    for path in out.glob("*.sh"):
        assert str(out) not in path.read_text()
    moved = out.rename(out.with_name("elsewhere"))
    done(moved, "first", value=1)
    assert job.finished(at(moved, "first"))


@pytest.mark.parametrize(
    ("cluster", "queues", "text"),
    [
        ("laptop", [], "has no Slurm; run it there: anticline run"),
        ("aws", ["x86", "first=graviton"], "no Slurm cluster has queues for all steps"),
        ("aws", ["fist=graviton"], "did you mean 'first'"),
        ("aws", ["first=gravitas"], "unknown queue 'gravitas'"),
        ("aws", ["first="], "needs the form STEP=QUEUE"),
    ],
)
def test_what_cannot_be_rendered_is_said_and_nothing_is_written(
    chores, tmp_path, cluster, queues, text
):
    with pytest.raises(BadInput, match=text):
        render(tmp_path / "out", STEPS, CLUSTERS / f"{cluster}.yaml", *queues)
    assert not (tmp_path / "out").exists()


def test_jobs_go_to_the_slurm_cluster_of_their_queues(chores, tmp_path):
    out = render(tmp_path / "out", STEPS, CLUSTERS / "aws.yaml", "graviton")
    assert "sbatch -M anticline-arm " in (out / "submit.sh").read_text()


def test_queues_are_chosen_in_one_slurm_cluster(chores, tmp_path):
    steps = {
        "first": {**STEPS["first"], "queues": ["graviton", "gpu"]},
        "other": {**STEPS["first"], "queues": ["x86"]},
    }
    out = render(tmp_path / "out", steps, CLUSTERS / "aws.yaml")
    assert "sbatch -M anticline-x86 " in (out / "submit.sh").read_text()
    assert "--partition=gpu\n" in (out / "first.sh").read_text()
