"""The command line that starts ranks on this machine; pure functions.

Ranks are not bound to cores: two runs at once would be bound to the same ones,
and a rank bound to one core (Open MPI's default for two ranks) has no room for
its threads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """Launchers that understand different options."""

    OPEN_MPI = "Open MPI"
    PRRTE = "Open MPI 5"
    HYDRA = "MPICH"
    INTEL = "Intel MPI"


@dataclass(frozen=True)
class Launch:
    """A command line, and the environment variables to set for it."""

    command: tuple[str, ...]
    environment: dict[str, str]


def recognise(version_text: str) -> Family | None:
    """Tell the family from what ``mpirun --version`` prints; None: unknown."""
    if "Intel(R) MPI" in version_text:
        return Family.INTEL
    if "HYDRA" in version_text:
        return Family.HYDRA
    match = re.search(r"Open(?: MPI|RTE)\)? (\d+)\.", version_text)
    if match is None:
        return None
    return Family.PRRTE if int(match[1]) >= 5 else Family.OPEN_MPI


def launch(
    program: Sequence[str],
    *,
    mpirun: str,
    family: Family,
    ranks: int,
    cores: int,
    threads: int | None = None,
    root: bool = False,
    grace_s: int | None = None,
) -> Launch:
    """Make the command line of ``ranks`` copies of ``program``.

    Parameters
    ----------
    cores
        Cores of this machine; more ranks than that are allowed explicitly.
    threads
        Threads of each rank; None leaves it to the ranks, which share the cores.
    root
        Whether the user is root, which Open MPI refuses unless told.
    grace_s
        Open MPI: time [s] between SIGCONT, SIGTERM and SIGKILL when `mpirun`
        itself is killed. It waits as long, twice, after every run that ends with
        an exit code other than 0; stop a run with SIGUSR1 and it is not needed.
    """
    environment = {}
    if threads is not None:
        environment = {
            "NUMBA_NUM_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
        }
    if root and family in (Family.OPEN_MPI, Family.PRRTE):
        names = ("ALLOW_RUN_AS_ROOT", "ALLOW_RUN_AS_ROOT_CONFIRM")
        prefix = "OMPI" if family is Family.OPEN_MPI else "PRTE"
        environment |= {f"{prefix}_{name}": "1" for name in names}
    options = _options(family, ranks > cores, grace_s)
    command = (mpirun, *options, "-n", str(ranks), *program)
    return Launch(command, environment)


def _options(family: Family, oversubscribed: bool, grace_s: int | None) -> list[str]:
    if family is Family.INTEL:
        return ["-genv", "I_MPI_PIN", "0"]
    if family is Family.HYDRA:
        return ["-bind-to", "none"]
    options = ["--quiet", "--bind-to", "none"]
    if family is Family.PRRTE:
        options += ["--map-by", ":OVERSUBSCRIBE"] if oversubscribed else []
    elif oversubscribed:
        options.append("--oversubscribe")
    if grace_s is not None:
        scope = "--prtemca" if family is Family.PRRTE else "--mca"
        options += [scope, "odls_base_sigkill_timeout", str(grace_s)]
    return options
