"""Fill the virtual environment from the lock, and install anticline into it.

Run by `make setup` with the Python that the environment is to have. Packages are
installed by uv, at their locked versions and hashes, or by pip where uv cannot be
had. The bindings that must match this machine's MPI libraries come from `wheels.py`.
With the argument `aws` it makes .venv/aws instead, which only tests need.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
UV = ENVIRONMENT / "bin" / "uv"


def succeeds(*command: str | Path) -> bool:
    """Run a command quietly in the project folder; True where it exits with 0."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    except OSError:
        return False
    return done.returncode == 0


def demand(*command: str | Path) -> None:
    """Run a command in the project folder; end the set-up where it fails."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        line = " ".join(map(str, command))
        sys.exit(f"{done.stdout[-3000:]}\nset-up: this command failed:  {line}")


def create_environment() -> None:
    """Make .venv where there is none, and put uv into it where it can be had."""
    if not succeeds(PYTHON, "-c", "import sys"):
        demand(sys.executable, "-m", "venv", "--clear", ENVIRONMENT)
    if not UV.exists():
        lock = ["--require-hashes", "-r", "setup/uv.lock"]
        if not succeeds(PYTHON, "-m", "pip", "install", *lock):
            print("packages: uv cannot be had, pip does the work", flush=True)


def installer() -> list[str | Path]:
    """Command that installs packages into the environment."""
    if UV.exists():
        return [UV, "pip", "install", "--quiet", "--python", PYTHON]
    return [PYTHON, "-m", "pip", "install", "--quiet"]


def install_lock(name: str) -> None:
    """Install every package of a lock at its version, hashes checked."""
    demand(*installer(), "--require-hashes", "-r", name)


def install_anticline() -> None:
    """Install this checkout itself, editable: its source folders join the path."""
    demand(*installer(), "--no-deps", "--no-build-isolation", "--editable", ".")


def install_aws_tools() -> None:
    """Make .venv/aws: programs that tests hold the files for AWS to.

    An environment of their own: ParallelCluster pins packages that others need newer.
    """
    home, lock = ENVIRONMENT / "aws", ROOT / "setup" / "aws.lock"
    demand(PYTHON, "-m", "venv", "--clear", home)
    python = home / "bin" / "python"
    uv: list[str | Path] = [UV, "pip", "install", "--quiet", "--python", python]
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet"]
    with_which = uv if UV.exists() else pip
    print("AWS tools, for tests: 435 MB", flush=True)
    if not succeeds(*with_which, "--require-hashes", "-r", lock):
        print("AWS tools cannot be had; their tests are left out", flush=True)


def has_gpu() -> bool:
    """Tell whether an NVIDIA driver on this machine lists a device."""
    return shutil.which("nvidia-smi") is not None and succeeds("nvidia-smi", "-L")


def main() -> None:
    """Bring the environment up to the lock."""
    if sys.argv[1:] == ["aws"]:
        install_aws_tools()
        return
    started = time.monotonic()
    create_environment()
    install_lock("requirements.lock")
    if has_gpu():
        install_lock("setup/gpu.lock")
    install_anticline()
    print(f"packages: as locked, {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
