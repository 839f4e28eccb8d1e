"""From a cluster's queue to Parsl's configuration: executors, providers, launch line.

Every queue has an executor of its own, made when its first task comes; tasks of
several nodes have one for each number of nodes, and GPU tasks one whose workers keep
a GPU each. A block is whole nodes. What runs on its first node is
`anticline.execution.node.block`, which runs Parsl's manager.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anticline.cluster.model import Cluster, Queue
from anticline.execution.blocks.address import address_for
from anticline.execution.blocks.slots import Slots
from anticline.execution.blocks.timing import Timing

if TYPE_CHECKING:
    from parsl import Config

    from anticline.execution.blocks.executor import Blocks, Tell

FOLDER = "parsl"
EARLY_S = 75
_MANAGER = (
    "python3 -P -m parsl.executors.high_throughput.process_worker_pool "
    "{debug} {max_workers_per_node} -a {addresses} -p {prefetch_capacity} "
    "-c {cores_per_worker} -m {mem_per_worker} --poll {poll_period} "
    "--port={worker_port} --cert_dir='{cert_dir}' --logdir='{logdir}' "
    "--logconf={logconf} --block_id={{block_id}} --hb_period={heartbeat_period} "
    "{address_probe_timeout_string} --hb_threshold={heartbeat_threshold} "
    "--drain_period={drain_period} --cpu-affinity {cpu_affinity} {enable_mpi_mode} "
    "--mpi-launcher={mpi_launcher} --available-accelerators {accelerators}"
)


def config(
    cluster: Cluster,
    run: Path,
    slots: Iterable[Slots],
    timing: Timing,
    tell: Tell = lambda block: None,
) -> Config:
    """Make Parsl's configuration of a run; its files lie in RUN/parsl."""
    from parsl import Config
    from parsl.executors.threads import ThreadPoolExecutor

    made: list[Any] = [executor(cluster, one, timing, tell) for one in slots]
    return Config(
        executors=made or [ThreadPoolExecutor(label="none", max_threads=1)],
        run_dir=str(run / FOLDER),
        strategy="htex_auto_scale",
        strategy_period=timing.scale,
        max_idletime=timing.idle,
        initialize_logging=False,
        usage_tracking=0,
    )


def executor(
    cluster: Cluster, slots: Slots, timing: Timing, tell: Tell, before: int = 0
) -> Blocks:
    """Make the executor of a queue's blocks of one make.

    before : number of those in whose place it is.
    """
    from anticline.execution.blocks.executor import Blocks

    queue = cluster.queues[slots.queue]
    workers = slots.workers(queue)
    label = f"{slots.label}-again{before}" if before else slots.label
    return Blocks(
        slots,
        tell,
        label=label,
        provider=provider(cluster, slots, timing),
        launch_cmd=launch_line(cluster, slots, label),
        address=address_for(cluster, slots.queue),
        encrypted=True,
        max_workers_per_node=workers,
        cores_per_worker=1e-6,  # their number is given
        available_accelerators=workers if slots.gpu else (),
        heartbeat_period=timing.heartbeat,
        heartbeat_threshold=timing.lost,
        drain_period=begins_for_s(cluster, queue, timing),
        prefetch_capacity=0,
    )


def launch_line(cluster: Cluster, slots: Slots, label: str) -> str:
    """Write what a block's shell becomes; Parsl fills in the rest."""
    queue = cluster.queues[slots.queue]
    node = queue.node
    words = [
        "exec python3 -P -m anticline.execution.node.block",
        f"--name={label}-{{{{block_id}}}}",
        f"--cores={node.cores}",
        f"--memory-gib={node.memory_gib:g}",
        f"--gpus={node.gpus}",
        f"--nodes={slots.nodes}",
    ]
    if cluster.launcher == "srun":
        words.append(f"--walltime-s={60 * minutes(queue)}")
    words.append("--")
    if queue.container:
        words.append(f"apptainer exec {shlex.quote(queue.container)}")
    return " ".join((*words, _MANAGER))


def provider(cluster: Cluster, slots: Slots, timing: Timing) -> Any:
    """Say how blocks are come by: as jobs of Slurm, or as processes here."""
    queue = cluster.queues[slots.queue]
    shared: dict[str, Any] = {
        "nodes_per_block": slots.nodes,
        "init_blocks": 0,
        "min_blocks": 0,
        "max_blocks": max(1, queue.nodes // slots.nodes),
        "worker_init": "\n".join(set_up(queue)),
        "cmd_timeout": timing.command,
    }
    if cluster.launcher == "mpirun":
        from parsl.launchers import SimpleLauncher
        from parsl.providers import LocalProvider

        here: Any = LocalProvider
        return here(launcher=SimpleLauncher(debug=False), **shared)
    from anticline.execution.blocks.slurm import SlurmBlocks

    return SlurmBlocks(
        asked_every_s=timing.squeue,
        partition=cluster.partition_of(slots.queue),
        account=queue.account,
        qos=queue.qos,
        constraint=queue.constraint,
        clusters=queue.slurm_cluster,
        cores_per_node=queue.node.cores,
        walltime=f"{minutes(queue) // 60:02d}:{minutes(queue) % 60:02d}:00",
        scheduler_options="\n".join(directives(queue, timing)),
        exclusive=True,
        **shared,
    )


def minutes(queue: Queue) -> int:
    """Give the walltime of a block [min]; Slurm counts in minutes."""
    return max(1, int(queue.walltime_h * 60))


def warning_s(queue: Queue, timing: Timing) -> int:
    """Give how long before its walltime a block is signalled [s]."""
    return min(timing.warning, 60 * minutes(queue) // 3)


def begins_for_s(cluster: Cluster, queue: Queue, timing: Timing) -> int | None:
    """Give how long a block begins tasks [s]: until its signal; None: for ever.

    Slurm may signal up to a minute early, and its manager starts some time after it.
    """
    if cluster.launcher != "srun":
        return None
    walltime_s = 60 * minutes(queue)
    early_s = min(EARLY_S, walltime_s // 4)
    return walltime_s - warning_s(queue, timing) - early_s


def directives(queue: Queue, timing: Timing) -> Iterator[str]:
    """Give what sbatch is told beside what Parsl's provider says."""
    node = queue.node
    yield f"#SBATCH --signal=B:USR1@{warning_s(queue, timing)}"
    yield "#SBATCH --requeue"
    yield "#SBATCH --open-mode=append"
    yield f"#SBATCH --mem={int(node.memory_gib * 1024)}M"
    if node.gpus:
        kind = f"{node.gpu_type}:" if node.gpu_type else ""
        yield f"#SBATCH --gpus-per-node={kind}{node.gpus}"


def set_up(queue: Queue) -> Iterator[str]:
    """Give the shell lines before a block's program.

    This Python's programs are found first, unless a queue's own lines bring others.
    """
    yield f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"'
    for module in queue.modules:
        yield f"module load {shlex.quote(module)}"
    yield from queue.setup
