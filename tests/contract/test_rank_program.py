"""The program of each rank: exit codes, one message, nothing run on bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anticline.cluster.here import usable_cpus
from anticline.execution.node.local import ending

pytestmark = pytest.mark.usefixtures("launcher")


@pytest.fixture
def launcher(needs: Any) -> str:
    return str(needs.command("mpirun"))


@pytest.fixture
def case(tmp_path: Path) -> Callable[..., str]:
    def write(component: str, output: str = "report.json", **parameters: Any) -> str:
        path = tmp_path / f"{component}.yaml"
        lines = [f"component: trial.{component}", f"outputs: {{report: {output}}}"]
        if parameters:
            lines.append("parameters:")
            lines += [f"  {name}: {value}" for name, value in parameters.items()]
        path.write_text("\n".join(lines) + "\n")
        return path.name

    return write


def test_a_finished_run_exits_0_and_its_output_says_what_made_it(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline("run", "--ranks", "2", case("write"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    origin = json.loads((tmp_path / "report.json").read_text())
    assert origin["component"] == "trial.write"
    assert origin["ranks"] == 2
    assert origin["parameters"] == {"interval_s": 0.004, "count": 1}
    assert len(origin["fingerprint"]) == 64
    assert not (tmp_path / "report.json.work").exists()


def test_an_error_on_one_rank_stops_all_with_one_message_and_code_70(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    begun = time.monotonic()
    done = trial.anticline("run", "--ranks", "2", case("fail_on_one"), cwd=tmp_path)
    assert done.returncode == 70
    assert time.monotonic() - begun < 30
    first, rest = done.stderr.split("\n", 2)[1:]
    assert first == (
        "trial.fail_on_one fail_on_one.yaml: rank 1 of 2: "
        "ValueError: the salt is upside down"
    )
    assert "in fail_on_one" in rest
    assert "Traceback" not in done.stderr
    assert "MPI_ABORT" not in done.stderr
    (report,) = (tmp_path / "report.json.work").glob("failed-*.txt")
    assert "Traceback" in report.read_text()


def test_an_error_on_every_rank_gives_one_message(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline("run", "--ranks", "3", case("fail_everywhere"), cwd=tmp_path)
    assert done.returncode == 70
    assert done.stderr.count("the salt is upside down") == 1


def test_the_whole_traceback_is_shown_on_request(
    trial: Any, case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTICLINE_TRACEBACK", "1")
    done = trial.anticline("run", case("fail_everywhere"), cwd=tmp_path)
    assert "Traceback (most recent call last)" in done.stderr


def test_bad_input_found_by_a_driver_exits_65_with_its_findings(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline("run", "--ranks", "2", case("refuse"), cwd=tmp_path)
    assert done.returncode == 65
    assert done.stderr.splitlines()[1:] == ["gathers.h5  do not fit the geometry"]


def test_what_the_component_checks_keeps_its_driver_from_starting(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline("run", "--ranks", "2", case("write", count=10), cwd=tmp_path)
    assert done.returncode == 65
    assert done.stderr.splitlines()[1:] == ["write.yaml:4  more than 9 are too many"]
    assert not (tmp_path / "report.json").exists()
    assert not (tmp_path / "report.json.work").exists()


def test_a_bad_case_shows_every_finding_once_and_starts_no_driver(
    trial: Any, case: Any, tmp_path: Path, needs: Any
) -> None:
    name = case("write", interval_s="4 Hz", cuont=2)
    done = _mpirun(trial, tmp_path, needs, "trial.write", name)
    assert done[0] == 65
    assert [line for line in done[1] if line.startswith(name)] == [
        f"{name}:4  parameter 'interval_s': '4 Hz' is a frequency, "
        "a time is needed (such as '1 s')",
        f"{name}:5  unknown parameter 'cuont'; did you mean 'count'?",
    ]
    assert not (tmp_path / "report.json.work").exists()


@pytest.mark.parametrize(
    ("number", "why"), [(9, "out of memory?"), (11, "Segmentation fault")]
)
def test_a_killed_rank_exits_70_and_says_what_to_do(
    trial: Any, case: Any, tmp_path: Path, number: int, why: str
) -> None:
    name = case("die", count=number)
    done = trial.anticline("run", "--ranks", "2", name, cwd=tmp_path)
    assert done.returncode == 70
    assert (
        f"die.yaml: a rank was killed by signal {number} ({why}); finished work is "
        "kept; run the same case again to go on"
    ) in done.stderr.splitlines()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (139, "a rank was killed by signal 11 (Segmentation fault)"),
        (-9, "mpirun was killed by signal 9 (out of memory?)"),
        (1, "ended with exit code 1"),
        (255, "ended with exit code 255"),
    ],
)
def test_an_exit_code_that_is_none_of_ours_is_explained(code: int, words: str) -> None:
    assert ending(code) == words


def test_a_case_for_another_component_is_refused(
    trial: Any, case: Any, tmp_path: Path, needs: Any
) -> None:
    code, lines = _mpirun(trial, tmp_path, needs, "trial.wait", case("write"))
    assert code == 65
    text = "write.yaml:1  the case is for 'trial.write', 'trial.wait' was asked for"
    assert lines.count(text) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_a_stopped_run_exits_75_and_says_how_to_go_on(
    trial: Any, case: Any, tmp_path: Path, number: signal.Signals
) -> None:
    process = trial.begin("run", "--ranks", "2", case("wait"), cwd=tmp_path)
    _wait_for(tmp_path / "report.json.work" / "begun-1")
    _wait_for(tmp_path / "report.json.work" / "begun-0")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 75
    assert err.splitlines()[1:] == [
        "trial.wait wait.yaml: stopped early: 1 of 2 shots is kept",
        "  finished work is kept; run the same command again to go on",
    ]


def test_cases_run_in_order_and_the_first_that_fails_ends_the_list(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    names = [case("write"), case("refuse", "r.json"), case("wait", "w.json")]
    done = trial.anticline("run", *names, cwd=tmp_path)
    assert done.returncode == 65
    assert (tmp_path / "report.json").exists()
    assert "trial.wait" not in done.stderr


def test_every_case_is_checked_before_the_first_runs(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    names = [
        case("write"),
        case("fail_everywhere", "f.json", cuont=1),
        case("refuse", "r.json", count=-1),
    ]
    (tmp_path / "many.yaml").write_text(
        "component: trial.write\noutputs: {report: m.json}\nparameters: {count: 10}\n"
    )
    done = trial.anticline("run", *names, "many.yaml", cwd=tmp_path)
    assert done.returncode == 65
    assert done.stderr.splitlines() == [
        "fail_everywhere.yaml:4  unknown parameter 'cuont'; did you mean 'count'?",
        "refuse.yaml:4  parameter 'count': -1 found, at least 0 is needed",
        "many.yaml:3  more than 9 are too many",
    ]
    assert not (tmp_path / "report.json").exists()


def test_a_check_that_raises_keeps_every_case_from_running(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    (tmp_path / "none.yaml").write_text(
        "component: trial.write\noutputs: {report: n.json}\nparameters: {count: 0}\n"
    )
    done = trial.anticline("run", case("write"), "none.yaml", cwd=tmp_path)
    assert done.returncode == 70
    assert done.stderr.startswith("anticline: none.yaml: the check of trial.write ")
    assert not (tmp_path / "report.json").exists()


def test_a_case_reads_what_an_earlier_one_writes(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    first, second = case("write"), tmp_path / "second.yaml"
    second.write_text(
        "component: trial.write\ninputs: {data: report.json}\n"
        "outputs: {report: second.json}\n"
    )
    checked = trial.anticline("check", first, second.name, cwd=tmp_path)
    assert (checked.returncode, checked.stdout.splitlines()) == (
        0,
        [
            "write.yaml: trial.write can run",
            "second.yaml: trial.write can run once an earlier case has written: data",
        ],
    )
    alone = trial.anticline("check", second.name, first, cwd=tmp_path)
    assert (alone.returncode, alone.stdout) == (65, "")
    assert "report.json is not there" in alone.stderr
    done = trial.anticline("run", first, second.name, cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "second.json").exists()


def test_ranks_and_their_threads_do_not_exceed_the_cores(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline("run", "--ranks", "2", case("ranks"), cwd=tmp_path)
    assert done.returncode == 0
    everyone = json.loads((tmp_path / "report.json").read_text())
    share = str(max(1, len(usable_cpus()) // 2))
    assert everyone == [[share, share], [share, share]]


def test_the_number_of_threads_can_be_chosen(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    done = trial.anticline(
        "run", "--ranks", "2", "--threads", "3", case("ranks"), cwd=tmp_path
    )
    assert done.returncode == 0
    assert json.loads((tmp_path / "report.json").read_text()) == [["3", "3"]] * 2


def test_a_rank_without_mpi_says_what_it_needs(site: Any, tmp_path: Path) -> None:
    (site.folder / "mpi4py.py").write_text("raise ImportError('no mpi4py here')")
    done = subprocess.run(
        [sys.executable, "-m", "anticline.rank", "trial.write", "case.yaml"],
        cwd=tmp_path,
        env=site.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert done.stderr == (
        "anticline-rank needs MPI and mpi4py (no mpi4py here); see: anticline doctor\n"
    )


def test_a_folder_named_like_a_library_shadows_nothing(
    trial: Any, case: Any, tmp_path: Path
) -> None:
    (tmp_path / "mpi4py.py").write_text("raise ImportError('shadowed')")
    done = trial.anticline("run", case("write"), cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)


def _mpirun(
    site: Any, folder: Path, needs: Any, component: str, name: str
) -> tuple[int, list[str]]:
    root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    program = [sys.executable, "-m", "anticline.rank", component, name]
    done = subprocess.run(
        [needs.command("mpirun"), "--oversubscribe", "-n", "2", *program],
        cwd=folder,
        env=site.environment() | (root if os.geteuid() == 0 else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr.splitlines()


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until, f"{path} does not appear"
        time.sleep(0.02)
