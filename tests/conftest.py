"""What every test may use: optional parts, data, and pytest on several ranks."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:  # started by a process that had begun MPI
    for name in [n for n in os.environ if n.startswith(("OMPI_", "PMIX_", "PRTE_"))]:
        if name not in ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"):
            del os.environ[name]

from mpi4py import MPI

from third_party.installed import ThirdParty, install

AWS_TOOLS = Path(sys.prefix) / "aws" / "bin"
RANK = MPI.COMM_WORLD.rank
EXCUSES = ("GPU", "ANTICLINE_DATA names no folder", "needs root")

# The same examples on every rank and in every run, however slow the machine is.
settings.register_profile("anticline", deadline=None, derandomize=True)
settings.load_profile("anticline")


class Needs:
    """Optional parts of a test; a lack skips it (and fails it in CI, see below)."""

    def module(self, name: str) -> ModuleType:
        return pytest.importorskip(name, reason=f"the package {name} is lacking")

    def command(self, name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"the command {name} is lacking")
        return found

    def aws_tool(self, name: str) -> Path:
        """A program of the environment of AWS tools, which the set-up makes."""
        path = AWS_TOOLS / name
        if not path.exists():
            pytest.skip(f"the AWS tool {name} is lacking")
        return path

    def data(self, name: str) -> Path:
        """Path below ANTICLINE_DATA; skips where the data are not on this machine."""
        folder = os.environ.get("ANTICLINE_DATA")
        if not folder:
            pytest.skip("ANTICLINE_DATA names no folder with data")
        path = Path(folder) / name
        if not path.exists():
            pytest.skip(f"{path} is lacking")
        return path


@pytest.fixture(scope="session")
def needs() -> Needs:
    return Needs()


@pytest.fixture
def backend(request: pytest.FixtureRequest, needs: Needs) -> str:
    """The name of a backend, its parameter; "cuda on cpu" runs the GPU's own texts."""
    if request.param == "cuda on cpu":
        request.getfixturevalue("cuda_on_cpu")
        return "cuda"
    needs.module({"cpu": "numba", "cuda": "cupy"}.get(request.param, "numpy"))
    return str(request.param)


@pytest.fixture
def cuda_on_cpu(needs: Needs, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A device in the place of a GPU that runs CUDA texts thread for thread."""
    needs.command("g++")
    from anticline_solvers.backends import cuda
    from gpu_on_cpu.device import HostDevice

    device = HostDevice()
    monkeypatch.setattr(cuda, "device", lambda: device)
    return device


@pytest.fixture(scope="session")
def third_party(needs: Needs, tmp_path_factory: pytest.TempPathFactory) -> ThirdParty:
    """The packages of tests/third_party, installed in a folder of their own."""
    needs.module("hatchling")
    return install(tmp_path_factory.mktemp("third_party"))


def _own_temporary_root(config: pytest.Config) -> None:
    """Give this rank a temporary root: ranks race when pytest tidies a shared one."""
    root = tempfile.mkdtemp(prefix=f"anticline-tests-rank-{RANK}-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = root
    config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))


@pytest.hookimpl(trylast=True)  # after the reporter is there
def pytest_configure(config: pytest.Config) -> None:
    """Let rank 0 alone report; the others speak when a test fails on them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if RANK and reporter is not None:
        config.pluginmanager.unregister(reporter)
    if MPI.COMM_WORLD.size > 1:
        _own_temporary_root(config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Fail what is skipped in CI, which has every optional part but EXCUSES."""
    report = yield
    if os.environ.get("CI") != "true" or not report.skipped:
        return report
    reason = str(report.longrepr)
    if not hasattr(report, "wasxfail") and not any(word in reason for word in EXCUSES):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI skips nothing but {EXCUSES}: {reason}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell a failure on a rank at once: the others may wait for that rank for ever."""
    if not report.failed:
        return
    place = f"[rank {RANK}] " if MPI.COMM_WORLD.size > 1 else ""
    if place:
        text = f"\n{place}{report.nodeid}\n{report.longreprtext}"
        print(text, file=sys.stderr, flush=True)
    if "FAILURES" in os.environ:  # listed by tests/run.sh
        with Path(os.environ["FAILURES"]).open("a") as failures:
            failures.write(f"{place}{report.nodeid}\n")
