"""What a queue says reaches Slurm, and the program of its blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anticline.cluster.document import read_cluster
from anticline.cluster.model import Cluster, Node, Queue
from anticline.execution.blocks.configuration import (
    begins_for_s,
    config,
    directives,
    launch_line,
    minutes,
    provider,
    set_up,
    warning_s,
)
from anticline.execution.blocks.slots import Slots
from anticline.execution.blocks.timing import CLUSTER

pytest.importorskip("parsl")
CLUSTERS = Path(__file__).parents[3] / "configs" / "clusters"


def cluster(**changed: Any) -> Cluster:
    node = Node(type="hpc", cores=64, memory_gib=120.5, gpus=4, gpu_type="h200")
    queue = Queue(
        architecture="x86_64",
        node=node,
        nodes=6,
        partition="compute",
        slurm_cluster="east",
        walltime_h=1.5,
        account="seismic",
        qos="night",
        constraint="fast&new",
        modules=("mpi/4", "hdf5"),
        setup=("source /opt/anticline/bin/activate",),
    )
    return Cluster(name="c", queues={"cpu": queue.model_copy(update=changed)})


def test_every_word_of_a_queue_is_told_to_slurm():
    made = provider(cluster(), Slots("cpu", 2), CLUSTER)
    for option in (
        "--partition=compute",
        "--account=seismic",
        "--qos=night",
        "--constraint=fast&new",
        "--clusters=east",
        "--exclusive",
        "--signal=B:USR1@120",
        "--requeue",
        "--mem=123392M",
        "--gpus-per-node=h200:4",
    ):
        assert f"#SBATCH {option}\n" in made.scheduler_options
    assert (made.nodes_per_block, made.max_blocks) == (2, 3)
    assert (made.init_blocks, made.min_blocks) == (0, 0)
    assert made.walltime == "01:30:00"
    assert made.cmd_timeout == 120
    lines = made.worker_init.splitlines()
    assert lines[1:4] == [
        "module load mpi/4",
        "module load hdf5",
        "source /opt/anticline/bin/activate",
    ]


def test_the_warning_is_a_part_of_a_short_walltime():
    queue = cluster(walltime_h=2 / 60).queues["cpu"]
    assert minutes(queue) == 2
    assert "#SBATCH --signal=B:USR1@40" in list(directives(queue, CLUSTER))


@pytest.mark.parametrize("walltime_h", [1 / 60, 2 / 60, 0.1, 1.5, 48])
def test_a_block_begins_nothing_once_its_signal_may_come(walltime_h):
    made = cluster(walltime_h=walltime_h)
    walltime_s = 60 * minutes(made.queues["cpu"])
    begins_s = begins_for_s(made, made.queues["cpu"], CLUSTER)
    signal_s = walltime_s - warning_s(made.queues["cpu"], CLUSTER)
    assert walltime_s / 3 < begins_s < signal_s
    assert begins_s <= max(signal_s - 60, 0.45 * walltime_s)


def test_a_block_without_walltime_begins_tasks_for_ever():
    laptop = read_cluster(CLUSTERS / "laptop.yaml")
    assert begins_for_s(laptop, laptop.queues["local"], CLUSTER) is None


def test_a_block_knows_its_room_and_its_end():
    line = launch_line(cluster(container="/images/a b.sif"), Slots("cpu"), "cpu")
    words = line.split(" -- ")
    assert words[0] == (
        "exec python3 -P -m anticline.execution.node.block --name=cpu-{{block_id}} "
        "--cores=64 --memory-gib=120.5 --gpus=4 --nodes=1 --walltime-s=5400"
    )
    assert words[1].startswith("apptainer exec '/images/a b.sif' python3 -P -m parsl.")


def test_this_pythons_programs_come_first_unless_a_queue_brings_others():
    first = next(iter(set_up(cluster().queues["cpu"])))
    assert first.startswith("export PATH=")
    assert first.endswith(':"$PATH"')


def test_a_laptop_has_its_workers_on_loopback_and_encrypted(tmp_path):
    laptop = read_cluster(CLUSTERS / "laptop.yaml")
    made = config(laptop, tmp_path, [Slots("local")], CLUSTER)
    (blocks,) = made.executors
    assert blocks.address == blocks.loopback_address == "127.0.0.1"
    assert blocks.encrypted
    assert made.usage_tracking == 0
    assert made.run_dir == str(tmp_path / "parsl")
    assert blocks.max_workers_per_node == laptop.queues["local"].node.cores


def test_an_address_may_be_given(tmp_path, monkeypatch):
    monkeypatch.setenv("ANTICLINE_ADDRESS", "10.1.2.3")
    laptop = read_cluster(CLUSTERS / "laptop.yaml")
    (blocks,) = config(laptop, tmp_path, [Slots("local")], CLUSTER).executors
    assert blocks.address == "10.1.2.3"
