"""Build the bindings that must match this machine: h5py with MPI, and petsc4py.

Both are compiled once a machine: the wheels are kept under
`${XDG_CACHE_HOME:-~/.cache}/anticline/wheels`, in a folder named after everything
that they depend on, so that another checkout installs them in a second. What cannot
be built is said in one line, and the set-up goes on: h5py then stays the wheel
without MPI (files are gathered to one rank), and petsc4py is absent.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from environment import PYTHON, ROOT, UV, installer, succeeds

QUICK = {"CFLAGS": "-O1 -g0"}  # bindings pass pointers on; -O3 only costs minutes


@dataclass(frozen=True)
class Binding:
    """One package to compile.

    requirement : "h5py==3.16.0".
    library : name and version of what it binds, "hdf5-openmpi 1.10.8".
    lock : what its build needs, with hashes.
    variables : environment of its build.
    present : Python that succeeds where the right build is already installed.
    """

    requirement: str
    library: str
    lock: str
    present: str
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the package."""
        return self.requirement.partition("==")[0]

    @property
    def cache(self) -> Path:
        """Folder of its wheel, named after all that the build depends on."""
        lock = (ROOT / self.lock).read_bytes()
        parts = [self.requirement, self.library, mpi_version(), python_version()]
        key = hashlib.sha256("|".join(parts).encode() + lock).hexdigest()[:16]
        home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return Path(home) / "anticline" / "wheels" / f"{self.requirement}-{key}"


def output(*command: str | Path) -> str:
    """Text that a command prints, "" where it cannot be run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def mpi_version() -> str:
    """First line of what the MPI launcher says of itself."""
    return output("mpirun", "--version").partition("\n")[0]


def python_version() -> str:
    """Version and machine of the Python of the environment."""
    code = "import sys, platform; print(sys.version, platform.machine())"
    return output(PYTHON, "-c", code) + platform.libc_ver()[1]


def locked(name: str) -> str:
    """Read the requirement "name==version" from requirements.lock."""
    text = (ROOT / "requirements.lock").read_text()
    found = re.search(rf"^{name}==[^ ;]+", text, re.MULTILINE)
    if found is None:
        sys.exit(f"set-up: {name} is not in requirements.lock")
    return found[0]


def parallel_h5py() -> Binding | None:
    """Declare h5py over the HDF5 that was built with Open MPI; None without one."""
    version = output("pkg-config", "--modversion", "hdf5-openmpi")
    folder = re.search(r"-L(\S+)", output("pkg-config", "--libs", "hdf5-openmpi"))
    if not version or folder is None or not shutil.which("mpicc"):
        return None
    hdf5 = {"CC": "mpicc", "HDF5_MPI": "ON", "HDF5_DIR": folder[1]}
    return Binding(
        requirement=locked("h5py"),
        library=f"hdf5-openmpi {version}",
        lock="setup/build-h5py.lock",
        present="import h5py; assert h5py.get_config().mpi",
        variables=hdf5,
    )


def petsc4py() -> Binding | None:
    """Declare petsc4py at the version of the PETSc found; None without one."""
    version = output("pkg-config", "--modversion", "PETSc")
    folder = output("pkg-config", "--variable=prefix", "PETSc")
    if not version or not folder:
        return None
    return Binding(
        requirement=f"petsc4py=={version}",
        library=f"PETSc {version} {folder}",
        lock="setup/build-petsc4py.lock",
        present=f"import petsc4py; assert petsc4py.__version__ == '{version}'",
        variables={"PETSC_DIR": folder, "PETSC_ARCH": ""},
    )


def build_tools(folder: Path, lock: str) -> Path:
    """Make an environment with what a build needs; its Python."""
    python = folder / "bin" / "python"
    subprocess.run([PYTHON, "-m", "venv", folder], check=True, capture_output=True)
    quiet = ["--quiet", "--require-hashes", "-r", str(ROOT / lock)]
    command: list[str | Path]
    if UV.exists():
        command = [UV, "pip", "install", "--python", python, *quiet]
    else:
        command = [python, "-m", "pip", "install", *quiet]
    subprocess.run(command, check=True, capture_output=True)
    return python


def build(binding: Binding) -> None:
    """Compile a binding into its cache folder; CalledProcessError where that fails."""
    with tempfile.TemporaryDirectory(prefix="anticline-build-") as scratch:
        python = build_tools(Path(scratch) / "tools", binding.lock)
        wheels = Path(scratch) / "wheels"
        # Without pip's own cache: it would give back a build over other libraries.
        options = ["--no-cache-dir", "--no-deps", "--no-build-isolation"]
        options += ["--no-binary", binding.name]
        subprocess.run(
            [python, "-m", "pip", "wheel", *options, "-w", wheels, binding.requirement],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **QUICK, **binding.variables},
        )
        binding.cache.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(binding.cache, ignore_errors=True)
        shutil.move(wheels, binding.cache)


def wheel(binding: Binding) -> Path | None:
    """Give the wheel of a binding, from the cache or built now; None: not built."""
    if not any(binding.cache.glob("*.whl")):
        say(f"{binding.name}: compiling over {binding.library}, 1 to 2 minutes")
        started = time.monotonic()
        try:
            build(binding)
        except (OSError, subprocess.CalledProcessError) as error:
            words = getattr(error, "stderr", None) or getattr(error, "stdout", None)
            say(f"{str(words or error).strip()[-1500:]}")
            say(f"{binding.name}: could not be built over {binding.library} (above)")
            return None
        say(f"{binding.name}: compiled in {time.monotonic() - started:.0f} s")
    return next(binding.cache.glob("*.whl"))


def install(binding: Binding, wheel: Path) -> None:
    """Install a wheel of ours; forget it where it does not import."""
    again = "--reinstall" if UV.exists() else "--force-reinstall"
    fits = succeeds(*installer(), "--no-deps", again, wheel)
    if fits and succeeds(PYTHON, "-c", binding.present):
        say(f"{binding.name}: over {binding.library}")
    else:
        say(f"{binding.name}: the build over {binding.library} does not import")
        shutil.rmtree(binding.cache)


def say(line: str) -> None:
    """Show a line at once."""
    print(line, flush=True)


def main() -> None:
    """Provide each binding that this machine has the library for, both at a time."""
    wanted = []
    for binding, lack in (
        (parallel_h5py(), "h5py: no parallel HDF5 here, files are gathered to a rank"),
        (petsc4py(), "petsc4py: no PETSc here"),
    ):
        if binding is None:
            say(lack)
        elif succeeds(PYTHON, "-c", binding.present):
            say(f"{binding.name}: over {binding.library}")
        else:
            wanted.append(binding)
    with ThreadPoolExecutor(max_workers=2) as both:
        wheels = list(both.map(wheel, wanted))
    for binding, built in zip(wanted, wheels, strict=True):
        if built is not None:
            install(binding, built)


if __name__ == "__main__":
    main()
