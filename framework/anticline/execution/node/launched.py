"""Which rank of how many this process is, by its launcher's word; MPI is not asked.

A program that starts MPI itself must be the first of its process to do so. Open MPI,
MPICH (Hydra), Intel MPI and srun each say it by environment variables.

Source: the manual pages mpirun(1) of Open MPI 4.1 and srun(1) of Slurm 22.05; the
Hydra process manager's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NAMES = (  # rank, size, ranks of this node
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"),
    ("PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE"),
)


@dataclass(frozen=True)
class Rank:
    """One of ``size`` ranks, counted from 0; ``local_size`` of them on this node."""

    number: int = 0
    size: int = 1
    local_size: int = 1


def rank_of(environment: Mapping[str, str]) -> Rank:
    """Read the rank from what the launcher set; nothing set: the only one."""
    for names in _NAMES:
        number, size, local = (environment.get(name, "") for name in names)
        if number.isdigit() and size.isdigit() and int(size) > 0:
            near = int(local) if local.isdigit() else 1
            return Rank(int(number), int(size), max(1, near))
    return Rank()
