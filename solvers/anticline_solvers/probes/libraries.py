"""MPI and HDF5 as Python sees them."""

from __future__ import annotations

from anticline.component.probe import ProbeResult

INSTALL = "pip install '.[solvers]'  in the checkout"
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
            f"apt-get install libopenmpi-dev and  {INSTALL}",
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
    except ImportError as lack:
        return ProbeResult("hdf5", False, str(lack), INSTALL)
    parallel = bool(h5py.get_config().mpi)
    mode = "ranks write together" if parallel else "ranks write through one of them"
    version = h5py.version.hdf5_version
    return ProbeResult(
        "hdf5",
        parallel,
        f"HDF5 {version}, h5py {h5py.__version__}, {mode}",
        "" if parallel else "apt-get install libhdf5-openmpi-dev, then  make -B setup",
        {"hdf5": version, "h5py": h5py.__version__, "parallel": parallel},
    )
