"""Only the CPU backend needs Numba: a machine with a GPU and without Numba migrates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent

BLOCK = """
import sys
from pathlib import Path

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numba", "llvmlite"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
folder = Path(sys.argv[2])
"""

MIGRATE = """
import conftest  # what every test imports
import surveys
from anticline_solvers.backends import cuda
from gpu_on_cpu.device import HostDevice

device = HostDevice()
cuda.device = lambda: device
surveys.make_line(folder, surveys.GRID, 1000.0)
line = surveys.Line(folder)
surveys.drive(line.forward("g.h5", backend="reference"), surveys.WORLD)
for backend in ("reference", "cuda"):
    surveys.drive(line.rtm(f"{backend}.h5", backend=backend), surveys.WORLD)
    assert (folder / f"{backend}.h5").exists()
assert not {"numba", "llvmlite"} & set(sys.modules)
"""

REFUSE = """
from anticline_solvers.backends.base import kernels
try:
    kernels("anticline_solvers.acoustic", "cpu")
except ImportError as error:
    print(error)
"""

BENCHMARK = """
sys.path.insert(0, str(Path(sys.argv[1]).parent / "benchmarks"))
import gpu
assert not {"numba", "llvmlite"} & set(sys.modules)
"""


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK + text, str(TESTS), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_survey_is_migrated(tmp_path, needs):
    needs.command("g++")
    done = run(MIGRATE, tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_cpu_backend_says_what_it_needs(tmp_path):
    done = run(REFUSE, tmp_path)
    assert "backend 'cpu' needs the Python package 'numba'" in done.stdout


def test_the_benchmark_of_the_gpu_needs_none(tmp_path):
    done = run(BENCHMARK, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.gpu
def test_auto_takes_the_gpu(needs):
    needs.module("cupy")
    from anticline_solvers.backends import cuda

    assert cuda.lacking() is None
