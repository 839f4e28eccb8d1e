"""A cluster file of an existing Slurm, with a remark where a person has to look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from anticline.cluster.site import Kind, Partition, Site

MIB_PER_GIB = 1024
NO_LIMIT_H = 168.0  # a week, where a partition has no limit
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_INSTANCE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]*(large|metal)[a-z0-9-]*")
_MEANING = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # in YAML
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

_HEAD = """\
# Written by anticline from what Slurm {version} says of itself.
# Slurm knows no price and no power: price_usd_per_hour and watts are 0, and choosing
# by them needs figures of yours. Add what a job has to load or to run before it
# (modules, setup, container) and the aliases that workflows use (x86, graviton, gpu).
name: {name}
summary: {summary}
launcher: srun
most_array_tasks: {most}
queues:
"""


def description(site: Site, architecture: str) -> str:
    """Write the cluster file of a site.

    architecture : of nodes that have not started yet, so that Slurm does not know it.
    """
    named = _PLAIN.fullmatch(site.name)
    head = _HEAD.format(
        version=site.version,
        name=_text(site.name) if named else "cluster",
        summary=_text(f"Slurm cluster {site.name}"),
        most=max(1, site.most_elements),
    )
    lines: list[str] = []
    taken: set[str] = set()
    for partition in site.partitions:
        for suffix, kind, count, remarks in _queues(partition):
            name = _name(partition.name + suffix, taken)
            lines += _queue(name, partition, kind, count, remarks, site, architecture)
    return head + "\n".join(lines) + "\n"


def _queues(partition: Partition) -> Iterator[tuple[str, Kind, int, list[str]]]:
    """Split a partition by kinds of nodes where a feature tells them apart.

    Gives of each queue a suffix of its name, its kind, its nodes and remarks.
    """
    kinds = partition.kinds
    marks = {kind: _mark(kind, kinds) for kind in kinds}
    if len(kinds) > 1 and all(marks.values()):
        for kind, count in kinds.items():
            yield f"-{marks[kind]}", kind, count, [f"constraint: {marks[kind]}"]
        return
    remarks = []
    if len(kinds) > 1:
        remarks = ["# Nodes differ and no feature tells them apart: the least of each."]
    yield "", _least(kinds), sum(kinds.values()), remarks


def _mark(kind: Kind, kinds: Mapping[Kind, int]) -> str | None:
    """Find a feature that no other kind has."""
    others = {feature for other in kinds if other != kind for feature in other.features}
    return next((name for name in kind.features if name not in others), None)


def _least(kinds: Mapping[Kind, int]) -> Kind:
    first = next(iter(kinds))
    same_gpu = len({kind.gpu_type for kind in kinds}) == 1
    return replace(
        first,
        cores=min(kind.cores for kind in kinds),
        threads_per_core=max(kind.threads_per_core for kind in kinds),
        memory_mib=min(kind.memory_mib for kind in kinds),
        gpus=min(kind.gpus for kind in kinds),
        gpu_type=first.gpu_type if same_gpu else None,
    )


def _queue(
    name: str,
    partition: Partition,
    kind: Kind,
    count: int,
    remarks: list[str],
    site: Site,
    architecture: str,
) -> Iterator[str]:
    made = ARCHITECTURES.get(kind.architecture or architecture, "x86_64")
    yield f"  {name}:"
    yield from (f"    {remark}" for remark in remarks if remark.startswith("#"))
    unseen = "" if kind.architecture else "  # of this machine: none has started yet"
    yield f"    architecture: {made}{unseen}"
    yield f"    partition: {_text(partition.name)}"
    yield from (f"    {remark}" for remark in remarks if not remark.startswith("#"))
    yield f"    nodes: {min(count, partition.most_nodes or count)}"
    yield from _node(kind)
    if partition.walltime_h is None:
        yield f"    walltime_h: {NO_LIMIT_H:g}  # the partition has no limit"
    else:
        yield f"    walltime_h: {partition.walltime_h:.10g}"
    if partition.preempted:
        yield f"    purchase: spot  # jobs may be taken off: {partition.preempted}"
    yield f"    mpi: {site.mpi}"
    if site.account:
        yield f"    account: {_text(site.account)}"


def _node(kind: Kind) -> Iterator[str]:
    yield "    node:"
    yield f"      type: {_text(_type(kind))}"
    yield f"      cores: {kind.cores}"
    if kind.threads_per_core > 1:
        yield f"      threads_per_core: {kind.threads_per_core}"
    yield f"      memory_gib: {kind.memory_mib / MIB_PER_GIB:.10g}"
    if kind.gpus:
        yield f"      gpus: {kind.gpus}"
    if kind.gpu_type:
        yield f"      gpu_type: {_text(kind.gpu_type)}"
    yield "      price_usd_per_hour: 0  # not known to Slurm"
    yield "      watts: 0  # not known to Slurm"


def _type(kind: Kind) -> str:
    """Name a node by a feature that looks like a cloud's type, else by its size."""
    for feature in kind.features:
        if _INSTANCE.fullmatch(feature):
            return feature
    return f"{kind.cores} cores"


def _name(wanted: str, taken: set[str]) -> str:
    """Make a queue's name of a partition's, told apart from those taken."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted)
    plain = plain if plain[0].isalpha() else f"q{plain}"
    name = plain = plain[:56]
    number = 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    taken.add(name)
    return name


def _text(text: str) -> str:
    """Write a text as YAML: as it is where that is safe, else in quotes."""
    safe = _PLAIN.fullmatch(text) and text.lower() not in _MEANING
    return text if safe else json.dumps(text)
