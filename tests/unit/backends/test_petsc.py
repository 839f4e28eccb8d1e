"""PETSc beside what Python does with signals."""

from __future__ import annotations

import socket

import pytest

pytest.importorskip("petsc4py")

from anticline_solvers.backends.petsc import PETSc


def test_a_broken_pipe_stays_an_exception_once_petsc_has_begun():
    assert PETSc.Sys.isInitialized()
    here, there = socket.socketpair()
    there.close()
    with pytest.raises(BrokenPipeError):
        here.sendall(b"1")
    here.close()
