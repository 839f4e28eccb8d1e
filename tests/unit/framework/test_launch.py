"""Launch lines are values: the same on every machine, compared whole."""

from __future__ import annotations

from typing import Any

import pytest

from anticline.execution.node.launch import Family, Launch, launch, recognise

PROGRAM = ("anticline-rank", "seismic.rtm", "case.yaml")
THREADS = {"NUMBA_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("mpirun (Open MPI) 4.1.4\n\nReport bugs to ...", Family.OPEN_MPI),
        ("mpirun.real (OpenRTE) 4.1.4", Family.OPEN_MPI),
        ("mpirun (Open MPI) 5.0.3", Family.PRRTE),
        ("HYDRA build details:\n    Version: 4.0.2", Family.HYDRA),
        ("Intel(R) MPI Library for Linux* OS, Version 2021.11", Family.INTEL),
        ("srun 22.05", None),
    ],
)
def test_a_launcher_is_told_by_its_version(text: str, family: Family | None) -> None:
    assert recognise(text) is family


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"family": Family.OPEN_MPI, "ranks": 2, "cores": 2},
            "mpirun --quiet --bind-to none -n 2",
        ),
        (
            {"family": Family.OPEN_MPI, "ranks": 4, "cores": 2},
            "mpirun --quiet --bind-to none --oversubscribe -n 4",
        ),
        (
            {"family": Family.OPEN_MPI, "ranks": 1, "cores": 2, "grace_s": 120},
            "mpirun --quiet --bind-to none --mca odls_base_sigkill_timeout 120 -n 1",
        ),
        (
            {"family": Family.PRRTE, "ranks": 4, "cores": 2, "grace_s": 30},
            "mpirun --quiet --bind-to none --map-by :OVERSUBSCRIBE "
            "--prtemca odls_base_sigkill_timeout 30 -n 4",
        ),
        (
            {"family": Family.HYDRA, "ranks": 4, "cores": 2},
            "mpirun -bind-to none -n 4",
        ),
        (
            {"family": Family.INTEL, "ranks": 4, "cores": 2},
            "mpirun -genv I_MPI_PIN 0 -n 4",
        ),
    ],
)
def test_the_line_of_each_family(given: dict[str, Any], line: str) -> None:
    made = launch(PROGRAM, mpirun="mpirun", **given)
    assert made == Launch((*line.split(), *PROGRAM), {})


def test_threads_are_set_for_numba_and_openmp() -> None:
    made = launch(PROGRAM, mpirun="m", family=Family.HYDRA, ranks=1, cores=8, threads=4)
    assert made.environment == THREADS


@pytest.mark.parametrize(
    ("family", "variables"),
    [
        (Family.OPEN_MPI, ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]),
        (Family.PRRTE, ["PRTE_ALLOW_RUN_AS_ROOT", "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM"]),
        (Family.HYDRA, []),
        (Family.INTEL, []),
    ],
)
def test_open_mpi_is_told_that_root_may_run(
    family: Family, variables: list[str]
) -> None:
    made = launch(PROGRAM, mpirun="m", family=family, ranks=1, cores=1, root=True)
    assert made.environment == dict.fromkeys(variables, "1")
