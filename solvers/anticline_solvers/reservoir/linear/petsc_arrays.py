"""The arrays in which PETSc keeps a matrix, as NumPy arrays over the same memory.

petsc4py gives copies; PETSc's own library, which petsc4py has loaded, gives the memory
itself (`MatSeqBAIJGetArray`, `MatMPIBAIJGetSeqBAIJ` and their AIJ fellows). The memory
stays where it is as long as no entry is added to the pattern. After a change the matrix
must be told so (`stateIncrease`), or preconditioners keep what they had.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from anticline_solvers.backends.petsc import PETSc
from anticline_solvers.reservoir.description import Floats


@cache
def library() -> ctypes.CDLL:
    """Give PETSc's library, through the extension that is linked to it."""
    return ctypes.CDLL(PETSc.__file__)


def called(name: str, *arguments: Any) -> None:
    """Call a function of PETSc; raises RuntimeError when it says that it failed."""
    code = getattr(library(), name)(*arguments)
    if code:
        msg = f"PETSc's {name} failed with error {code}"
        raise RuntimeError(msg)


def handle(matrix: Any) -> ctypes.c_void_p:
    """Give the pointer that PETSc's functions take."""
    return ctypes.c_void_p(matrix.handle)


def values(matrix: Any, kind: str, size: int) -> tuple[Floats, Floats]:
    """Give the values of the diagonal and of the coupling part of a matrix.

    kind : BAIJ or AIJ. size : numbers of the diagonal part; the coupling part is as
    long as its own pattern says, empty on one rank.
    """
    pattern = matrix.getType()
    if pattern.startswith("seq"):
        return _array(handle(matrix), kind, size), np.empty(0)
    diagonal, coupling = ctypes.c_void_p(), ctypes.c_void_p()
    columns = ctypes.POINTER(ctypes.c_int)()
    called(
        f"MatMPI{kind}GetSeq{kind}",
        handle(matrix),
        ctypes.byref(diagonal),
        ctypes.byref(coupling),
        ctypes.byref(columns),
    )
    return _array(diagonal, kind, size), _array(coupling, kind, _stored(coupling))


def _array(matrix: ctypes.c_void_p, kind: str, size: int) -> Floats:
    start = ctypes.POINTER(ctypes.c_double)()
    called(f"MatSeq{kind}GetArray", matrix, ctypes.byref(start))
    if size == 0:
        return np.empty(0)
    return np.ctypeslib.as_array(start, (size,))


class _Info(ctypes.Structure):
    _fields_ = [(f"entry_{i}", ctypes.c_double) for i in range(10)]


def _stored(matrix: ctypes.c_void_p) -> int:
    """Give how many numbers a sequential matrix holds (MatInfo's nz_used)."""
    info = _Info()
    called("MatGetInfo", matrix, 1, ctypes.byref(info))
    return int(info.entry_2)
