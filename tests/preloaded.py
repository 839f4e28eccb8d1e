"""Rank programs that begin at once: forked from a process that has loaded everything.

Loading libraries and kernels takes most of a short run. A forked child starts MPI
itself and then runs the rank program, as `anticline-rank` on one rank does.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest


def start(name: str, case: Path, said: Path) -> BaseProcess:
    """Run a case on one rank in a new process; its messages go to a file."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__ + "_modules"])
    process = context.Process(target=_run, args=(name, str(case), str(said)))
    with pytest.MonkeyPatch.context() as patch:  # the server looks here alone
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        process.start()
    return process


def _run(name: str, case: str, said: str) -> None:
    descriptor = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(descriptor, 2)
    from mpi4py import MPI

    if not MPI.Is_initialized():
        MPI.Init()
    from anticline.rank import main

    code = main([name, case])
    MPI.Finalize()
    sys.exit(code)
