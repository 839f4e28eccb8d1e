"""The framework's probes tell the truth about this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anticline import machine


def test_the_cores_are_those_this_process_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5})
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert "2 of 8 cores" in machine.machine().found


def test_the_packages_are_those_of_the_extra_in_the_metadata(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert machine.packages().ok
    asked = [
        "typer>=0.15",
        "numpy>=2.0; extra == 'solvers'",
        "no-such-package-of-anyone>=1; extra == 'solvers'",
    ]
    monkeypatch.setattr(machine, "requires", lambda _: asked)
    result = machine.packages()
    assert not result.ok
    assert "lacking no-such-package-of-anyone" in result.found
    assert set(result.details["packages"]) == {"numpy", "no-such-package-of-anyone"}


def test_a_folder_that_cannot_be_written_is_a_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.setattr(machine.Path, "cwd", lambda: folder)
    assert machine.disk().details["write_mb_per_s"] > 0
    assert list(folder.iterdir()) == []
    folder.rmdir()
    assert "cannot be written" in machine.disk().found


def test_without_a_launcher_and_slurm_a_remedy_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "openmpi-bin" in machine.launcher().remedy
    assert "slurm-wlm" in machine.slurm().remedy


def test_a_slurm_whose_controller_does_not_answer_is_a_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in machine.SLURM_COMMANDS:
        command = tmp_path / name
        command.write_text('#!/bin/sh\n[ "$1" = --version ] && echo slurm 99.1\n')
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = machine.slurm()
    assert not result.ok
    assert "slurm 99.1" in result.found
    assert "slurmctld" in result.remedy


def test_the_ring_turns_under_the_launcher_of_this_machine() -> None:
    result = machine.ring()
    assert result.ok, result.found
    assert result.details["ranks"] >= 2
    assert result.details["bandwidth_gb_per_s"] > 0


def test_a_launcher_that_fails_is_a_lack_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mpirun"
    broken.write_text("#!/bin/sh\necho no slots on this machine >&2; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    result = machine.ring()
    assert not result.ok
    assert "no slots on this machine" in result.found
