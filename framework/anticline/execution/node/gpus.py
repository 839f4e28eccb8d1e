"""The GPUs of a node that a task was granted.

Slurm sets CUDA_VISIBLE_DEVICES for the ranks of a step, to all GPUs of the step. So
what a task was granted among them goes by a name of its own, and each rank puts it in
that place before it loads anything that looks for GPUs.
"""

from __future__ import annotations

from collections.abc import MutableMapping

GPUS, SEEN = "ANTICLINE_GPUS", "CUDA_VISIBLE_DEVICES"


def see_granted(environment: MutableMapping[str, str]) -> None:
    """Let this process see the GPUs of its task, where it was granted some."""
    if granted := environment.get(GPUS):
        environment[SEEN] = granted
