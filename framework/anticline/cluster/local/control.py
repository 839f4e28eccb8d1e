"""up, down and status of the Slurm on this machine."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from anticline.cluster.local.configuration import Place
from anticline.cluster.local.slurm import Slurm, Tell
from anticline.cluster.model import Cluster
from anticline.errors import BadInput

FOLDER = Path("/run/anticline-slurm")
LONGEST_SOCKET = 107  # characters of a Unix socket's path
PROGRAMS = {
    "munged": "munge",
    "mariadbd": "mariadb-server-core",
    "mariadb-install-db": "mariadb-server-core",
    "my_print_defaults": "mariadb-client-core",
    "slurmdbd": "slurmdbd",
    "slurmctld": "slurm-wlm",
    "slurmd": "slurm-wlm",
    "sacctmgr": "slurm-wlm",
}


@dataclass(frozen=True)
class Daemon:
    """A daemon's name, and whether it runs."""

    name: str
    pid: int
    alive: bool


@dataclass(frozen=True)
class Status:
    """What runs: the daemons, and of each node its name, partition and state."""

    place: Place
    daemons: tuple[Daemon, ...]
    nodes: tuple[tuple[str, str, str], ...]

    @property
    def well(self) -> bool:
        """Whether all daemons run and all nodes take jobs."""
        up = all(state in {"idle", "mixed", "allocated"} for _, _, state in self.nodes)
        return up and bool(self.nodes) and all(daemon.alive for daemon in self.daemons)


def up(
    cluster: Cluster, folder: Path = FOLDER, tell: Tell = lambda line: None
) -> Place:
    """Start what does not run yet; returns when every node takes jobs.

    Raises
    ------
    BadInput
        Not root, a program that is lacking, or a folder that will not do.
    Failed
        A daemon does not start; the others are stopped again.
    """
    _insist_on(cluster, folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with _alone(folder):
        slurm = Slurm.found(folder) or Slurm.new(cluster, folder)
        with ExitStack() as otherwise:
            otherwise.callback(slurm.stop_all)
            slurm.start_all(cluster, tell)
            otherwise.pop_all()
        return slurm.place


def down(folder: Path = FOLDER, tell: Tell = lambda line: None) -> None:
    """Cancel the jobs, stop every daemon and remove the folder.

    Raises
    ------
    BadInput
        No local Slurm lives in the folder.
    """
    with _alone(folder):
        slurm = _insist_found(folder)
        slurm.cancel_jobs()
        slurm.stop_all(tell)
        shutil.rmtree(folder)


def status(folder: Path = FOLDER) -> Status:
    """Ask after the daemons and nodes.

    Raises
    ------
    BadInput
        No local Slurm lives in the folder.
    """
    slurm = _insist_found(folder)
    found = tuple(
        Daemon(name, running.pid, running.alive)
        for name, running in slurm.running.items()
    )
    rows = slurm.nodes()
    nodes = tuple((name, where, state.rstrip("*")) for name, where, state in rows)
    return Status(slurm.place, found, nodes)


def _insist_on(cluster: Cluster, folder: Path) -> None:
    lacks = []
    if os.geteuid() != 0:
        lacks.append("a local Slurm needs root: sudo anticline cluster up")
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    packages = {p for name, p in PROGRAMS.items() if not shutil.which(name, path=path)}
    if packages:
        names = " ".join(sorted(packages))
        lacks.append(f"programs are lacking: apt-get install {names}")
    socket_path = Place(folder, ()).database_socket
    if len(str(socket_path)) > LONGEST_SOCKET:
        lacks.append(f"{folder}: the path is too long for a socket; name a shorter one")
    if any(char in str(folder) for char in " \t\n#,"):
        lacks.append(f"{folder}: Slurm's files cannot hold such a path; name another")
    if lacks:
        raise BadInput(lacks)


def _insist_found(folder: Path) -> Slurm:
    slurm = Slurm.found(folder)
    if slurm is None:
        msg = f"no local Slurm lives in {folder}; start one: anticline cluster up"
        raise BadInput(msg)
    return slurm


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one command at a time work on a folder."""
    if not folder.is_dir():
        _insist_found(folder)
    with (folder / "lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            msg = f"another anticline cluster command works on {folder}; wait for it"
            raise BadInput(msg) from None
        yield
