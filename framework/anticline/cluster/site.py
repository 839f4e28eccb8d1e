"""What an existing Slurm says of its partitions and nodes; pure functions of text.

`scontrol -o show` prints one line of KEY=VALUE words for each partition and node. Its
keys are the same in every Slurm since 17.02, where those of `sinfo --json` changed
with nearly every release.

Source: the manual pages scontrol(1) and srun(1), Slurm 22.05.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"(\S+?)=(.*?)(?=\s+\S+?=|$)")
_GPU = re.compile(r"\bgpu(?::([A-Za-z0-9_.-]*[A-Za-z_][A-Za-z0-9_.-]*))?:(\d+)")
_SETTING = re.compile(r"^(\S+)\s*= (.*)$", re.MULTILINE)
_ABSENT = ("(null)", "N/A", "none", "UNLIMITED", "NONE", "")
UNKNOWN_MPI = "none"
_PREFERRED_MPI = ("pmix", "cray_shasta", "pmi2")


@dataclass(frozen=True)
class Kind:
    """What nodes that are alike have.

    architecture : "" where a node has not started yet. memory_mib : without what
    Slurm keeps for itself. features : those that all of them have.
    """

    architecture: str
    cores: int
    threads_per_core: int
    memory_mib: int
    gpus: int
    gpu_type: str | None
    features: tuple[str, ...]


@dataclass(frozen=True)
class Partition:
    """A partition and its nodes, counted by kind.

    walltime_h : None: no limit. most_nodes : of one job. preempted : how jobs are
    taken off its nodes for others; None: they are not.
    """

    name: str
    walltime_h: float | None
    most_nodes: int | None
    preempted: str | None
    kinds: Mapping[Kind, int]


@dataclass(frozen=True)
class Site:
    """A Slurm cluster as seen by a user."""

    name: str
    version: str
    mpi: str
    account: str | None
    most_elements: int
    partitions: tuple[Partition, ...]


def read_site(config: str, partitions: str, nodes: str, mpi: str, account: str) -> Site:
    """Put together what Slurm's commands print.

    Parameters
    ----------
    config, partitions, nodes
        Of ``scontrol show config``, ``scontrol -o show partition`` and ``... node``.
    mpi
        Of ``srun --mpi=list``.
    account
        Of ``sacctmgr -nP show user NAME format=defaultaccount``.
    """
    settings = {m[1]: m[2].strip() for m in _SETTING.finditer(config)}
    members = [_words(line) for line in nodes.splitlines() if line.strip()]
    return Site(
        name=settings.get("ClusterName", "cluster"),
        version=settings.get("SLURM_VERSION", ""),
        mpi=_mpi(settings.get("MpiDefault", UNKNOWN_MPI), mpi),
        account=next(iter(account.split()), None),
        most_elements=int(settings.get("MaxArraySize", "1001")) - 1,
        partitions=tuple(_partitions(partitions, members)),
    )


def _words(line: str) -> dict[str, str]:
    return {match[1]: match[2].strip() for match in _WORD.finditer(line)}


def _partitions(text: str, nodes: list[dict[str, str]]) -> Iterator[Partition]:
    """Give the partitions that take jobs of users."""
    for line in text.splitlines():
        words = _words(line)
        if words.get("State") != "UP" or words.get("RootOnly") == "YES":
            continue
        name = words["PartitionName"]
        kinds: dict[Kind, int] = {}
        for node in nodes:
            if name in node.get("Partitions", "").split(","):
                kind = _kind(node, _number(words.get("MaxMemPerNode")))
                kinds[kind] = kinds.get(kind, 0) + 1
        if kinds:
            yield Partition(
                name=name,
                walltime_h=_hours(words.get("MaxTime", "")),
                most_nodes=_number(words.get("MaxNodes")),
                preempted=_present(words.get("PreemptMode", "").replace("OFF", "")),
                kinds=kinds,
            )


def _kind(node: dict[str, str], most_mib: int | None) -> Kind:
    cores = 1
    for key in ("Boards", "Sockets", "CoresPerSocket"):
        cores *= int(node.get(key, "1"))
    cpus = int(node["CPUTot"])
    threads = max(1, cpus // cores)
    usable = int(node.get("CPUEfctv", cpus)) // threads
    memory = int(node["RealMemory"]) - (_number(node.get("MemSpecLimit")) or 0)
    gpu = _GPU.search(node.get("Gres", ""))
    features = _present(node.get("AvailableFeatures", ""))
    return Kind(
        architecture=node.get("Arch", ""),
        cores=max(1, min(cores, usable)),
        threads_per_core=threads,
        memory_mib=memory if most_mib is None else min(memory, most_mib),
        gpus=0 if gpu is None else int(gpu[2]),
        gpu_type=None if gpu is None else gpu[1],
        features=tuple(sorted((features or "").split(","))) if features else (),
    )


def _present(value: str) -> str | None:
    return None if value in _ABSENT else value


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdecimal() else None


def _hours(text: str) -> float | None:
    """Read [days-]hours:minutes:seconds."""
    if not text or text in _ABSENT:
        return None
    days, _, clock = text.rpartition("-")
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return int(days or 0) * 24 + hours + minutes / 60 + seconds / 3600


def _mpi(default: str, listed: str) -> str:
    """Choose srun's MPI: the site's default, else the first known one it has."""
    if default not in _ABSENT:
        return default
    there = listed.split()
    return next((name for name in _PREFERRED_MPI if name in there), UNKNOWN_MPI)
