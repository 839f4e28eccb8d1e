"""Executables on ranks: MPI ones, stop signals, ends of every kind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

DECLARATIONS = """
from anticline.component import Component, Input, Output, Parameter, RawArray, Report

def component(name, *words):
    return Component(
        name=f"wrapped.{name}",
        summary="an executable of the tests",
        inputs=(Input("data", RawArray, "any file", optional=True),),
        outputs=(Output("report", Report, "figures"),),
        parameters=(Parameter("count", "int", "a number", default=0),),
        command=words,
    )

OUT, COUNT = "{outputs.report}", "{parameters.count}"
COMPONENTS = (
    component("end", "sh", "-c", "echo 1 > $1; exit $2", "sh", OUT, COUNT),
    component("nothing", "sh", "-c", ":", "sh", OUT),
    component("die", "sh", "-c", "kill -$2 $$", "sh", OUT, COUNT),
    component(
        "wait", "sh", "-c",
        "trap 'echo stopped > $2; exit 75' TERM; touch $1.begun; "
        "while :; do sleep 0.02; done", "sh", OUT, "kept.txt",
    ),
    component("sleep", "sh", "-c", "touch $1.begun; exec sleep 30", "sh", OUT),
    component("mpi", "count-ranks", OUT, "{ranks}"),
    component("python", "{python}", "-c", "import sys; open(sys.argv[1], 'w')", OUT),
)
"""
COUNT_RANKS = r"""
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    int rank, size, sum, told = atoi(argv[2]);
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    if (rank == 0) {
        FILE *out = fopen(argv[1], "w");
        fprintf(out, "{\"size\": %d, \"told\": %d, \"sum\": %d}",
                size, told, sum);
        fclose(out);
    }
    MPI_Finalize();
    return 0;
}
"""


@pytest.fixture
def wrapped(site: Any, tmp_path: Path) -> Any:
    site.install(
        "wrapped",
        "[anticline.components]\nwrapped = wrapped_plugin:COMPONENTS\n",
        wrapped_plugin=DECLARATIONS,
    )
    return site


def case(folder: Path, name: str, count: int = 0) -> str:
    path = folder / f"{name}.json"
    document = {
        "component": f"wrapped.{name}",
        "outputs": {"report": "r.json"},
        "parameters": {"count": count},
    }
    path.write_text(json.dumps(document))
    return path.name


def rank(site: Any, folder: Path, name: str, count: int = 0) -> Any:
    """Run `anticline-rank` alone, without a launcher."""
    line = [sys.executable, "-m", "anticline.rank", f"wrapped.{name}"]
    return subprocess.Popen(
        [*line, case(folder, name, count)],
        cwd=folder,
        env=site.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("its", "ours", "words"),
    [
        (0, 0, ""),
        (65, 65, "end.json: sh says that its input cannot be used\n"),
        (70, 70, "wrapped.end end.json: rank 0 of 1: sh ended with exit code 70\n"),
        (
            75,
            75,
            "wrapped.end end.json: rank 0 of 1: sh stopped early (exit code 75); ",
        ),
        (3, 70, "wrapped.end end.json: rank 0 of 1: sh ended with exit code 3\n"),
    ],
)
def test_exit_codes_are_kept_and_unknown_ones_are_told(
    wrapped: Any, tmp_path: Path, its: int, ours: int, words: str
) -> None:
    process = rank(wrapped, tmp_path, "end", its)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ours
    assert said.startswith(words)
    assert (tmp_path / "r.json").exists() == (ours == 0)


def test_an_executable_that_writes_nothing_has_failed(
    wrapped: Any, tmp_path: Path
) -> None:
    process = rank(wrapped, tmp_path, "nothing")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 70
    assert said.endswith("sh ended well and has not written r.part.json\n")


def test_a_death_by_a_signal_is_passed_on(wrapped: Any, tmp_path: Path) -> None:
    process = rank(wrapped, tmp_path, "die", signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert said == "die.json: sh was killed by signal 9 (out of memory?)\n"


def begun(folder: Path) -> None:
    until = time.monotonic() + 30
    while not (folder / "r.part.json.begun").exists():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_a_stop_signal_reaches_it_as_sigterm(
    wrapped: Any, tmp_path: Path, number: signal.Signals
) -> None:
    process = rank(wrapped, tmp_path, "wait")
    begun(tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 75
    assert "sh stopped early (exit code 75); run it again to go on" in said
    assert (tmp_path / "kept.txt").read_text() == "stopped\n"


def test_one_that_heeds_no_signal_is_ended_and_can_be_run_again(
    wrapped: Any, tmp_path: Path
) -> None:
    process = rank(wrapped, tmp_path, "sleep")
    begun(tmp_path)
    process.send_signal(signal.SIGUSR1)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 75
    assert "sh stopped early (killed by signal 15 (Terminated)); run it again" in said
    assert not (tmp_path / "r.json").exists()


def test_it_ends_with_the_rank_that_runs_it(wrapped: Any, tmp_path: Path) -> None:
    process = rank(wrapped, tmp_path, "sleep")
    begun(tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    (child,) = (Path("/proc") / number for number in children.split())
    process.kill()
    process.communicate(timeout=20)
    until = time.monotonic() + 10
    while child.exists() and "Z" not in (child / "stat").read_text().split()[2]:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_mpi_executable_has_the_ranks_of_the_launcher(
    wrapped: Any, tmp_path: Path, needs: Any
) -> None:
    needs.command("mpirun")
    (tmp_path / "count.c").write_text(COUNT_RANKS)
    program = wrapped.folder / "count-ranks"
    compiler = needs.command("mpicc")
    subprocess.run([compiler, "-o", program, tmp_path / "count.c"], check=True)
    environment = wrapped.environment()
    environment["PATH"] = f"{wrapped.folder}:{environment['PATH']}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "anticline.cli", "run", "--ranks", "2"),
            case(tmp_path, "mpi"),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    said = json.loads((tmp_path / "r.json").read_text())
    assert said == {"size": 2, "told": 2, "sum": 1}
    assert json.loads((tmp_path / "r.json.made.json").read_text())["ranks"] == 2


def test_a_failure_on_one_rank_ends_all(
    wrapped: Any, tmp_path: Path, needs: Any
) -> None:
    needs.command("mpirun")
    name = case(tmp_path, "end", 3)
    done = wrapped.anticline("run", "--ranks", "2", name, cwd=tmp_path)
    assert done.returncode == 70
    assert "sh ended with exit code 3" in done.stderr
    assert not (tmp_path / "r.json").exists()


def test_the_python_of_anticline_may_be_the_executable(
    wrapped: Any, tmp_path: Path
) -> None:
    process = rank(wrapped, tmp_path, "python")
    assert process.wait(60) == 0
    process.communicate()
    assert (tmp_path / "r.json").exists()
