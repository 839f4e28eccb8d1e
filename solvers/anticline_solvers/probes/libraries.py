"""MPI and HDF5 as Python sees them."""

from __future__ import annotations

from anticline.component.probe import ProbeResult

THREAD_LEVELS = ("single", "funneled", "serialized", "multiple")


def mpi() -> ProbeResult:
    """Load the MPI library, start it on this one process."""
    try:
        import mpi4py
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        return ProbeResult(
            "mpi.library",
            False,
            str(error).splitlines()[0],
            "apt-get install libopenmpi-dev and  pip install 'anticline[solvers]'",
        )
    library = MPI.Get_library_version().partition(",")[0].strip("\0 \n")
    level = THREAD_LEVELS[MPI.Query_thread()]
    standard = ".".join(map(str, MPI.Get_version()))
    return ProbeResult(
        "mpi.library",
        True,
        f"{library}, MPI {standard}, threads {level}, mpi4py {mpi4py.__version__}",
        details={
            "library": library,
            "standard": standard,
            "thread_level": level,
            "mpi4py": mpi4py.__version__,
        },
    )


def hdf5() -> ProbeResult:
    """Say which HDF5 h5py stands on, and whether ranks write a file together."""
    try:
        import h5py
    except ImportError as error:
        return ProbeResult(
            "hdf5", False, str(error), "pip install 'anticline[solvers]'"
        )
    parallel = bool(h5py.get_config().mpi)
    mode = (
        "ranks write together"
        if parallel
        else "no MPI: what ranks write is gathered to one of them"
    )
    version = h5py.version.hdf5_version
    return ProbeResult(
        "hdf5",
        True,
        f"HDF5 {version}, h5py {h5py.__version__}, {mode}",
        details={"hdf5": version, "h5py": h5py.__version__, "parallel": parallel},
    )
