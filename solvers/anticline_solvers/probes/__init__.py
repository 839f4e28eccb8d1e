"""What the solvers ask of a machine, for `anticline doctor`.

- libraries: MPI and HDF5 as Python sees them
- threads: binding, thread counts, Numba's threading layer
- gpu: CuPy and a CUDA device
- petsc: PETSc and hypre's BoomerAMG
- ring: the component `machine.ring`, a halo exchange around the ranks
"""

from __future__ import annotations

from anticline.component import Component, Output, Parameter, Report
from anticline.component.probe import Probe

SETUP = "run  make -B setup  in the checkout, or  pip install '.[solvers]'  there"

PROBES = (
    Probe(
        "mpi.library",
        "anticline_solvers.probes.libraries:mpi",
        "apt-get install libopenmpi-dev, or load the cluster's MPI module",
        required=True,
    ),
    Probe("hdf5", "anticline_solvers.probes.libraries:hdf5", SETUP),
    Probe(
        "threads",
        "anticline_solvers.probes.threads:threads",
        SETUP,
        required=True,
        timeout_s=120.0,
    ),
    Probe(
        "gpu",
        "anticline_solvers.probes.gpu:gpu",
        "pip install '.[gpu]'  in the checkout, on a machine with an NVIDIA driver",
        timeout_s=90.0,
    ),
    Probe(
        "petsc",
        "anticline_solvers.probes.petsc:petsc",
        "apt-get install petsc-dev, then  make -B setup",
        timeout_s=60.0,
    ),
)

COMPONENTS = (
    Component(
        name="machine.ring",
        summary="halo exchange around a ring of ranks: checked, latency and bandwidth",
        inputs=(),
        outputs=(Output("report", Report, "the figures"),),
        parameters=(
            Parameter(
                "halo_bytes",
                "int",
                "size of one halo",
                default=2**20,
                unit="bytes",
                minimum=8,
                maximum=2**30,
            ),
            Parameter(
                "repeats",
                "int",
                "exchanges timed",
                default=50,
                minimum=1,
                maximum=10**6,
            ),
        ),
        run="anticline_solvers.probes.ring:run",
    ),
)
