"""The solvers' probes find what the environment of these tests has."""

from __future__ import annotations

import sys

import pytest

from mpi4py import MPI

from anticline_solvers.probes import gpu, libraries, petsc, threads


def test_the_mpi_library_is_named() -> None:
    result = libraries.mpi()
    assert result.ok
    assert result.details["library"] in MPI.Get_library_version()


def test_hdf5_says_whether_ranks_write_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import h5py

    result = libraries.hdf5()
    assert result.details["parallel"] == result.ok == h5py.get_config().mpi
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert not libraries.hdf5().ok


def test_a_threaded_loop_runs_on_the_cores_bound_to() -> None:
    result = threads.threads()
    assert result.details["threads"] >= 1
    assert result.details["threading_layer"] in ("omp", "tbb", "workqueue")


def test_more_threads_than_cores_is_a_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: set())
    result = threads.threads()
    assert not result.ok
    assert "NUMBA_NUM_THREADS=0" in result.remedy


def test_without_cupy_and_driver_the_gpu_is_a_lack_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    monkeypatch.setattr(gpu, "driver_devices", list)
    assert "cores need none" in gpu.gpu().remedy
    monkeypatch.setattr(gpu, "driver_devices", lambda: ["GPU 0: some device"])
    assert ".[gpu]" in gpu.gpu().remedy


@pytest.mark.gpu
def test_a_kernel_runs_on_the_gpu() -> None:
    result = gpu.gpu()
    assert result.ok, result.found


def test_hypre_solves_a_poisson_problem(needs) -> None:
    needs.module("petsc4py")
    result = petsc.petsc()
    assert result.ok, result.found
    assert result.details["error"] < petsc.TOLERANCE
