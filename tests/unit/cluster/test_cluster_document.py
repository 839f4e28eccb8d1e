"""A cluster file is a cluster, or findings that name its lines."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from anticline.cluster.aws import (
    Access,
    Accounting,
    Aws,
    Budget,
    Network,
    SlurmCluster,
    Storage,
)
from anticline.cluster.document import read_cluster
from anticline.cluster.here import count_cores, usable_cpus
from anticline.cluster.laptop import laptop
from anticline.cluster.model import Cluster, Node, Queue
from anticline.errors import BadInput

CLUSTERS = Path(__file__).parents[3] / "configs" / "clusters"

GOOD = """\
name: here
queues:
  x86:
    architecture: x86_64
    nodes: 2
    node: {type: virtual, cores: 2, memory_gib: 4}
"""


def read(folder, text):
    path = folder / "cluster.yaml"
    path.write_text(text)
    return read_cluster(path)


def findings_of(folder, text):
    with pytest.raises(BadInput) as caught:
        read(folder, text)
    return [(found.line, found.text) for found in caught.value.findings]


@pytest.mark.parametrize("path", sorted(CLUSTERS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_cluster_that_comes_along_can_be_read(path):
    cluster = read_cluster(path)
    assert cluster.name == path.stem
    assert cluster.queues


def test_what_is_left_out_has_defaults(tmp_path):
    queue = read(tmp_path, GOOD).queues["x86"]
    assert (queue.purchase, queue.mpi, queue.node.gpus) == ("owned", "pmix", 0)
    assert read(tmp_path, GOOD).partition_of("x86") == "x86"


def test_every_mistake_is_found_at_its_line(tmp_path):
    text = GOOD.replace("cores: 2", "cores: none").replace("nodes: 2", "noodes: 2")
    text = text.replace("x86_64", "mips") + "colour: red\n"
    assert findings_of(tmp_path, text) == [
        (3, "'queues.x86.nodes' is missing"),
        (4, "'queues.x86.architecture': 'mips' found, 'x86_64' or 'aarch64' is needed"),
        (5, "unknown key 'queues.x86.noodes'; did you mean 'queues.x86.nodes'?"),
        (
            6,
            "'queues.x86.node.cores': 'none' found, a valid integer, unable to parse "
            "string as an integer is needed",
        ),
        (
            7,
            "unknown key 'colour'; known are name, summary, launcher, "
            "most_array_tasks, aws, queues",
        ),
    ]


def test_a_line_that_would_end_a_directive_is_refused(tmp_path):
    text = GOOD + '    constraint: "skylake\\n#SBATCH --uid=0"\n'
    assert [line for line, _ in findings_of(tmp_path, text)] == [7]


def test_a_cluster_without_queues_is_refused(tmp_path):
    assert [line for line, _ in findings_of(tmp_path, "name: a\nqueues: {}\n")] == [2]


def test_auto_is_this_machine():
    queue = read_cluster(CLUSTERS / "laptop.yaml").queues["local"]
    assert queue.architecture == platform.machine()
    assert queue.node.cores == count_cores(usable_cpus())
    total = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    assert queue.node.memory_gib * 2**20 == pytest.approx(total)


def test_the_cluster_of_an_installation_is_the_one_that_comes_along():
    assert laptop() == read_cluster(CLUSTERS / "laptop.yaml")


def test_a_name_means_its_queue_and_those_that_have_it_as_an_alias():
    aws, laptop = (read_cluster(CLUSTERS / f"{n}.yaml") for n in ("aws", "laptop"))
    assert aws.called("x86") == ("x86", "x86-any", "x86-spot")
    assert aws.called("x86-spot") == ("x86-spot",)
    assert {laptop.called(name) for name in ("x86", "graviton", "gpu")} == {("local",)}
    assert laptop.called("arm") == ()
    assert laptop.names == ("local", "x86", "graviton", "gpu")


def test_queues_of_one_slurm_cluster_have_one_architecture():
    aws = read_cluster(CLUSTERS / "aws.yaml")
    pairs = {(q.slurm_cluster, q.architecture) for q in aws.queues.values()}
    assert len(pairs) == len({where for where, _ in pairs}) == 2


def test_an_editor_is_told_what_every_key_means():
    for made in Cluster.model_json_schema()["$defs"].values():
        assert all(key.get("description") for key in made["properties"].values())
    properties = Cluster.model_json_schema()["$defs"]["Node"]["properties"]
    assert {"const": "auto"} in properties["cores"]["anyOf"]


def test_every_key_is_in_the_reference():
    page = (CLUSTERS.parents[1] / "docs" / "reference" / "cluster.md").read_text()
    sections = (SlurmCluster, Network, Access, Storage, Accounting, Budget)
    for made in (Cluster, Queue, Node, Aws, *sections):
        for key in made.model_fields:
            assert f"`{key}`" in page, f"{key} of a {made.__name__}"
