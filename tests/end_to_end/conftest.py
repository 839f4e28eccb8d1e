"""A real Slurm on this machine, started once for all tests that ask for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.local import control
from end_to_end.local_slurm import LOCAL


@pytest.fixture(scope="session")
def new_slurm(needs) -> Iterator[Callable[..., Path]]:
    """Start another Slurm of a cluster file in a folder of its own; the folder."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for program in control.PROGRAMS:
        needs.command(program)
    folders = []

    def start(cluster: Path = LOCAL) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        folders.append(folder)
        control.up(read_cluster(cluster), folder)
        return folder

    yield start
    for folder in folders:
        if folder.exists():
            control.down(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def slurm_folder(new_slurm: Callable[..., Path]) -> Path:
    """The folder of a Slurm that all tests share."""
    return new_slurm()
