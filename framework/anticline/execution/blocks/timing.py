"""How long the parts of a run wait for each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Waits, in seconds; the defaults are for a real cluster.

    scale : between two looks at whether blocks are too many or too few. idle : that a
    block has nothing to do before it is given back. squeue : between two questions to
    Slurm. command : that a command of Slurm's may take. heartbeat : between two signs
    of life of a block, and two looks at its workers. lost : without one, after which a
    block's tasks are lost. warning : that a block's signal comes before its walltime.
    """

    scale: float = 2.0
    idle: float = 60.0
    squeue: int = 10
    command: int = 120
    heartbeat: int = 10
    lost: int = 90
    warning: int = 120


CLUSTER = Timing()
"""Of a real cluster."""
