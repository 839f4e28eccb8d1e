"""Freeing what a run can make again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from anticline.errors import BadInput
from anticline.events.cleaning import Item, clean, lines
from anticline.events.driver import driving
from anticline.events.log import read_events
from anticline.events.record import CLEANED, Event
from anticline.events.runs import look
from simulated_run import inversion, tasks_of, write_run

RESULT = Path("steps/stack/image.h5")


def files(run: Path) -> set[Path]:
    return {path.relative_to(run) for path in run.rglob("*") if path.is_file()}


def of_steps(items: list[Item]) -> dict[str, int]:
    return {owner: sum(item.owner == owner for item in items) for owner in
            dict.fromkeys(item.owner for item in items)}  # fmt: skip


def add_leftovers(run: Path) -> None:
    """Leave what workers and drivers leave."""
    for place in (
        "steps/stack/image.h5.work",
        "steps/image/003/image.h5.work",
        "parsl",
    ):
        (run / place).mkdir()
        (run / place / "checkpoint.bin").write_bytes(b"0" * 5000)
    (run / "steps/shots/000/gathers.h5.head-12.part").write_bytes(b"0")


def test_a_finished_run_keeps_its_result_and_its_records(run: Path) -> None:
    add_leftovers(run)
    before = files(run)
    gone = clean(run)
    kept = files(run)
    assert {path for path in kept if path.suffix == ".h5"} == {RESULT}
    outputs = {p for p in before if p.suffix == ".h5"} - {RESULT}
    others = before - kept - outputs
    assert {path.name for path in others} == {
        "checkpoint.bin", "gathers.h5.head-12.part",
    }  # fmt: skip
    assert of_steps(gone) == {
        "model": 1, "smooth": 1, "shots": 9, "image": 9, "stack": 3, "Parsl": 1,
    }  # fmt: skip


def test_a_dry_run_tells_the_same_and_removes_nothing(run: Path) -> None:
    add_leftovers(run)
    before = files(run)
    told = clean(run, dry_run=True)
    assert files(run) == before | {Path("driver.lock")}
    assert clean(run) == told
    assert list(lines(told, dry_run=True))[-1].endswith("would be freed")


def test_it_tells_how_much_was_freed_for_each_step(run: Path) -> None:
    told = {line.split()[0]: line for line in lines(clean(run), dry_run=False)}
    assert told["shots"].split()[1:] == ["64.0", "KiB", "8", "items"]
    assert told["model"].split()[1:] == ["8.0", "KiB", "1", "item"]
    assert "160 KiB freed" in told["160"]
    assert list(lines(clean(run), dry_run=False)) == ["0 bytes freed"]


def test_what_a_task_still_needs_is_kept_unless_everything_goes(
    failed_run: Path,
) -> None:
    add_leftovers(failed_run)
    clean(failed_run)
    kept = files(failed_run)
    assert Path("steps/shots/003/gathers.h5") in kept  # image[3] failed, and reads it
    assert Path("steps/smooth/model.h5") in kept
    assert Path("steps/image/003/image.h5.work/checkpoint.bin") in kept
    assert Path("steps/image/000/image.h5") in kept  # stack[1.0] never ran
    assert Path("steps/image/005/image.h5") not in kept
    clean(failed_run, everything=True)
    kept = files(failed_run)
    assert Path("steps/shots/003/gathers.h5") not in kept
    assert Path("steps/image/003/image.h5.work/checkpoint.bin") not in kept
    assert Path("steps/image/003/case.json") in kept


def test_cleaned_tasks_are_noted_in_the_log(run: Path) -> None:
    clean(run)
    noted = [e for e in read_events(run / "events.jsonl") if e.event == CLEANED]
    assert {e.task for e in noted} == {
        name for name in look(run).state.tasks if name != "stack"
    }
    assert sum(e.facts["bytes"] for e in noted) == 160 * 1024
    sight = look(run)
    assert sight.word == "done"
    assert sight.state.tasks["shots[3]"].cleaned
    assert not sight.state.tasks["stack"].cleaned


def test_a_run_that_is_driven_is_left_alone(run: Path) -> None:
    before = files(run)
    with driving(run), pytest.raises(BadInput, match="is driven by process"):
        clean(run)
    assert files(run) == before | {Path("driver.lock")}


def test_a_run_of_batch_scripts_is_cleaned_and_gets_no_log(jobs_run: Path) -> None:
    clean(jobs_run)
    assert not (jobs_run / "events.jsonl").exists()
    assert look(jobs_run).state.outcome is None
    assert not (jobs_run / "steps/shots/000/gathers.h5").exists()


def iterations(run: Path, *, enough: bool) -> Path:
    """An inversion of two iterations, the second of which was enough or not."""
    tasks = tasks_of(inversion(), invert=2)
    if not enough:
        tasks = tuple(task for task in tasks if task.id != "smooth")
    events = [Event("2026-11-23T16:40:00+00:00", "begun")]
    for task in tasks:
        facts = {"step": task.step, "component": task.component, "after": task.after}
        events.append(Event("2026-11-23T16:40:01+00:00", "planned", task.id,
                            facts | {"after": list(task.after)}))  # fmt: skip
        events.append(Event("2026-11-23T16:40:02+00:00", "ended", task.id, {"code": 0}))
    for number in (1, 2):
        facts = {
            "loop": "invert",
            "iteration": number,
            "enough": enough and number == 2,
        }
        events.append(Event("2026-11-23T16:40:03+00:00", "looped", None, facts))
    return write_run(run, events, tasks)


def test_a_loop_that_goes_on_keeps_what_its_next_iteration_may_read(
    tmp_path: Path,
) -> None:
    run = iterations(tmp_path / "on", enough=False)
    clean(run)
    kept = files(run)
    assert Path("steps/model/model.h5") in kept
    assert Path("steps/invert/001/update/model.h5") not in kept
    assert Path("steps/invert/002/update/model.h5") in kept


def test_a_loop_keeps_the_reports_that_it_ends_by(tmp_path: Path) -> None:
    run = iterations(tmp_path / "over", enough=True)
    clean(run, everything=True)
    kept = files(run)
    assert Path("steps/model/model.h5") not in kept
    assert Path("steps/smooth/model.h5") in kept
    for number in ("001", "002"):
        assert Path(f"steps/invert/{number}/update/report.json") in kept
        assert Path(f"steps/invert/{number}/update/model.h5") not in kept


def test_what_a_result_is_a_link_to_stays(tmp_path: Path) -> None:
    run = iterations(tmp_path / "over", enough=True)
    (run / "steps/smooth/model.h5").unlink()
    (run / "steps/smooth/model.h5").symlink_to("../invert/002/update/model.h5")
    (run / "steps/invert/002/update/model.h5").unlink()
    (run / "steps/invert/002/update/model.h5").symlink_to("../../001/update/model.h5")
    clean(run)
    assert (run / "steps/smooth/model.h5").read_bytes()
    assert not (run / "steps/model/model.h5").exists()


def test_nothing_outside_of_the_run_is_touched(run: Path, tmp_path: Path) -> None:
    outside = tmp_path / "precious.h5"
    outside.write_bytes(b"0")
    case = run / "steps/model/case.json"
    case.write_text(case.read_text().replace("model.h5", "../../../precious.h5"))
    clean(run, everything=True)
    assert outside.exists()
