"""Asks the Slurm at hand what it has, and writes a cluster file of it."""

from __future__ import annotations

import getpass
import platform
import shutil
import subprocess
from pathlib import Path

from anticline.cluster.describe import description
from anticline.cluster.document import cluster_of
from anticline.cluster.model import Cluster
from anticline.cluster.site import Site, read_site
from anticline.errors import BadInput, Failed, Finding

COMMANDS = ("scontrol", "srun", "sacctmgr")
ANSWERS_WITHIN_S = 60.0
NEEDED = ("scontrol", "srun")


def discover() -> tuple[str, Cluster]:
    """Describe the Slurm at hand; returns the text of a cluster file and its cluster.

    Raises
    ------
    BadInput
        There is no Slurm here, or none of its partitions takes jobs.
    Failed
        It does not answer.
    """
    site = ask_site()
    if not site.partitions:
        msg = f"Slurm cluster {site.name} has no partition that is up and has nodes"
        raise BadInput(msg)
    text = description(site, platform.machine())
    return text, cluster_of(text, f"description of {site.name}")


def ask_site() -> Site:
    """Ask Slurm's commands.

    Raises
    ------
    BadInput
        They are not here.
    Failed
        The controller does not answer.
    """
    if lacking := [name for name in NEEDED if shutil.which(name) is None]:
        msg = (
            f"{' and '.join(lacking)} not found on the PATH; run this on a login node, "
            "or start a Slurm here: anticline cluster up"
        )
        raise BadInput(msg)
    user = getpass.getuser()
    account = "sacctmgr", "-nP", "show", "user", user, "format=defaultaccount"
    return read_site(
        config=_answer("scontrol", "show", "config"),
        partitions=_answer("scontrol", "-o", "show", "partition"),
        nodes=_answer("scontrol", "-o", "show", "node"),
        mpi=_answer("srun", "--mpi=list"),
        account=_answer(*account, may_fail=True),
    )


def write(text: str, out: Path) -> None:
    """Write a cluster file; one that is there is a person's work and is kept.

    Raises
    ------
    BadInput
        The file is there.
    """
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        why = "is there and may hold figures of yours; name another file"
        raise BadInput(Finding(str(out), None, why)) from None
    except OSError as error:
        raise BadInput(Finding(str(out), None, str(error.strerror))) from None


def _answer(*command: str, may_fail: bool = False) -> str:
    """Run a command; what it prints, on either stream."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        if may_fail:
            return ""
        msg = f"{' '.join(command)}: {error}"
        raise Failed(msg) from error
    if done.returncode != 0:
        if may_fail:
            return ""
        msg = f"{' '.join(command)}: {done.stderr.strip()}; is its controller up?"
        raise Failed(msg)
    return done.stdout if command[0] != "srun" else done.stdout + done.stderr
