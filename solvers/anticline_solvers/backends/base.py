"""What a physics' kernels offer, and how the ones of a backend are loaded.

A physics keeps its twins side by side as `<physics>/kernels/<backend>.py`. Each
is imported only when asked for, so that a machine without Numba (or without a
GPU) runs the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from anticline_solvers.backends.memory import HOST, Memory

if TYPE_CHECKING:
    from mpi4py import MPI

BACKENDS = ("cpu", "cuda", "reference")
AUTO = "auto"
CHOICES = (AUTO, *BACKENDS)
"""What a case may ask for."""


class Kernels(Protocol):
    """The functions of one kernel module; see `kernels.setup` of the physics."""

    def build(self, setup: Any) -> Any:
        """Make the update function of one rank from its set-up."""

    def inject(self, *arrays: Any) -> None:
        """Spread the values of points onto cells."""

    def sample(self, *arrays: Any) -> None:
        """Read the values of points from cells."""


def kernels(physics: str, backend: str) -> Kernels:
    """Load the kernels of a physics (a package name) for a backend.

    Raises ValueError for an unknown backend and ImportError, with what to
    install, where its compiler is missing.
    """
    if backend not in BACKENDS:
        msg = f"backend '{backend}' is not one of {', '.join(BACKENDS)}"
        raise ValueError(msg)
    try:
        module = import_module(f"{physics}.kernels.{backend}")
    except ModuleNotFoundError as error:
        msg = (
            f"backend '{backend}' needs the Python package '{error.name}': "
            "pip install '.[solvers]'  in the checkout, or choose backend 'reference'"
        )
        raise ImportError(msg) from error
    return cast("Kernels", module)


def chosen(asked: str, comm: MPI.Comm) -> str:
    """Give the backend that all ranks run: a device each, or cores; collective.

    asked : one of CHOICES; "auto" is "cuda" where every rank has a device.

    Raises ImportError, on all ranks, with what to do where "cuda" is asked for and a
    rank has none.
    """
    if asked not in (AUTO, "cuda"):
        return asked
    from anticline_solvers.backends import cuda

    lacks = [text for text in comm.allgather(cuda.lacking()) if text]
    if lacks and asked == "cuda":
        raise ImportError(lacks[0])
    return "cpu" if lacks else "cuda"


def memory(backend: str) -> Memory:
    """Give the memory in which a backend's arrays live.

    Raises ImportError, with what to do, where its device is lacking.
    """
    if backend == "cuda":
        from anticline_solvers.backends import cuda

        return cuda.device()
    return HOST


def threads_for(backend: str, threads: int | None) -> int:
    """Threads of a rank: those asked for, or all that Numba may use; 1 on a device."""
    if backend != "cpu":
        return 1
    if threads is not None:
        return threads
    import numba as nb

    return int(nb.get_num_threads())
