"""What every test may use: optional parts, data, and pytest on several ranks."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mpi4py import MPI

RANK = MPI.COMM_WORLD.rank


class Needs:
    """Optional parts of a test: a lack skips it on a laptop and fails it in CI."""

    def _lacking(self, what: str) -> None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what} is lacking, and CI has every optional part")
        pytest.skip(f"{what} is lacking")

    def module(self, name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ImportError:
            self._lacking(f"the Python package {name}")
            raise

    def command(self, name: str) -> str:
        found = shutil.which(name)
        if found is None:
            self._lacking(f"the command {name}")
            raise FileNotFoundError(name)
        return found

    def data(self, name: str) -> Path:
        """Path below ANTICLINE_DATA; skips where the data are not on this machine."""
        folder = os.environ.get("ANTICLINE_DATA")
        if not folder:
            pytest.skip("ANTICLINE_DATA names no folder with data")
        path = Path(folder) / name
        if not path.exists():
            self._lacking(f"{path}")
        return path


@pytest.fixture(scope="session")
def needs() -> Needs:
    return Needs()


@pytest.hookimpl(trylast=True)  # after the reporter is there
def pytest_configure(config: pytest.Config) -> None:
    """Let rank 0 alone report; the others speak when a test fails on them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if RANK and reporter is not None:
        config.pluginmanager.unregister(reporter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if RANK and report.failed:
        print(f"[rank {RANK}] {report.nodeid}\n{report.longreprtext}", file=sys.stderr)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Give every rank the worst exit status, so that one summary tells all."""
    worst = MPI.COMM_WORLD.allreduce(int(exitstatus), op=MPI.MAX)
    session.exitstatus = pytest.ExitCode(worst)


def pytest_unconfigure() -> None:
    """Wait for rank 0 to have printed its summary before any rank leaves."""
    MPI.COMM_WORLD.barrier()
