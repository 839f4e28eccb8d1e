"""The set-up says what is missing before it does anything, and locks what it takes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SYSTEM = ROOT / "setup" / "system.sh"
LOCKS = [ROOT / "requirements.lock", *sorted((ROOT / "setup").glob("*.lock"))]
TOOLS = ("bash", "sed", "env", "mktemp", "tail", "python3", "gcc", "g++", "make")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Make a folder of commands, those of a machine with neither MPI nor Slurm."""
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None, name
        (tmp_path / name).symlink_to(Path(found).resolve())
    tmp_path.chmod(0o755)
    return tmp_path


def dry_run(path: Path, **options: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-s", "--", "--dry-run"],
        input=SYSTEM.read_text(),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(path)},
        cwd="/",
        **options,
    )


def test_the_dry_run_names_what_is_missing_and_its_purpose(bare: Path) -> None:
    done = dry_run(bare)
    assert done.returncode == 0, done.stderr
    for words in ("openmpi-bin (MPI launcher)", "petsc-dev", "slurm-wlm (Slurm)"):
        assert words in done.stdout
    assert "gcc (C compiler)" not in done.stdout


def test_without_apt_the_dry_run_asks_for_the_equivalents(bare: Path) -> None:
    assert "no apt-get here" in dry_run(bare).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to take either role")
def test_root_is_shown_the_command_and_nothing_runs(bare: Path) -> None:
    ran = bare / "ran"
    (bare / "apt-get").write_text(f"#!/bin/sh\ntouch {ran}\n")
    (bare / "apt-get").chmod(0o755)
    done = dry_run(bare)
    assert "would run  apt-get install -y --no-install-recommends" in done.stdout
    assert not ran.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to take either role")
def test_a_user_without_rights_is_given_the_administrators_command(
    bare: Path,
) -> None:
    (bare / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (bare / "apt-get").chmod(0o755)
    root = Path(tempfile.gettempdir())
    for parent in bare.parents:
        if parent != root and parent.is_relative_to(root):
            parent.chmod(0o755)
    done = dry_run(bare, user=65534, group=65534)
    assert "an administrator runs:  apt-get install" in done.stdout, done.stderr


def test_where_nothing_is_missing_the_set_up_says_so(
    needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mpirun", "mpicc", "sbatch", "munge"):
        needs.command(name)
    monkeypatch.setenv("PYTHON", "python3")
    done = subprocess.run(
        [SYSTEM, "--dry-run"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "system: nothing missing\n"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)


def test_the_lock_has_every_package_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + [
        item
        for extra in ("solvers", "workflow", "test", "dev")
        for item in extras[extra]
    ]
    locked = set(re.findall(r"^([a-z0-9.-]+)==", LOCKS[0].read_text(), re.MULTILINE))
    names = {re.split(r"[>=\[]", item)[0].replace(".", "-") for item in asked}
    assert names <= {name.replace(".", "-") for name in locked}
