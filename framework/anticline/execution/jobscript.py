r"""From a task to the text of its batch script; pure functions, no templates.

A script loads what its queue asks for, starts the ranks with srun, and hands on
the signal that comes before the walltime or a pre-emption. Ranks that stop early
with their work kept end with 75; the job then goes back to its queue, where the
next start goes on from what was kept.

Source: the manual pages sbatch(1) and srun(1), Slurm 22.05.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from anticline.cluster.model import Cluster, Queue
from anticline.errors import ExitCode
from anticline.execution.plan import Task, nodes_of, ranks_on_a_node

RENDERED = "# Rendered by anticline from a case and a cluster file; change those."
SIGNAL_BEFORE_END_S = 120
MOST_RESTARTS = 50

_RUN = """\
# The signal comes {seconds} s before the walltime, or with a pre-emption.
trap 'kill -USR1 "$ranks" 2>/dev/null' USR1 TERM

srun {options} \\
    {program} &
ranks=$!
wait "$ranks"
code=$?
while kill -0 "$ranks" 2>/dev/null; do  # a signal ends wait, not the ranks
    wait "$ranks"
    code=$?
done

# {interrupted}: stopped early, finished work is kept; the same job goes on from it.
if ((code == {interrupted} && ${{SLURM_RESTART_COUNT:-0}} < {most})); then
    scontrol requeue "$SLURM_JOB_ID"
    sleep 60  # Slurm ends this script meanwhile
fi
exit "$code"
"""


def jobscript(task: Task, cluster: Cluster, queue_name: str) -> str:
    """Write the batch script of a task on a queue; run from the submitting folder."""
    queue = cluster.queues[queue_name]
    parts = [
        "#!/bin/bash",
        RENDERED,
        *(f"#SBATCH {line}" for line in directives(task, cluster, queue_name)),
        "",
        *_set_up(queue),
        f"export OMP_NUM_THREADS={task.threads} NUMBA_NUM_THREADS={task.threads}",
        "",
    ]
    run = _RUN.format(
        seconds=SIGNAL_BEFORE_END_S,
        options=" ".join(_srun_options(task, queue)),
        program=_program(task, queue),
        interrupted=int(ExitCode.INTERRUPTED),
        most=MOST_RESTARTS,
    )
    return "\n".join(parts) + "\n" + run


def directives(task: Task, cluster: Cluster, queue_name: str) -> Iterator[str]:
    """Give what sbatch is told, without `#SBATCH`."""
    queue = cluster.queues[queue_name]
    yield f"--job-name={task.name}"
    yield f"--partition={cluster.partition_of(queue_name)}"
    for option in ("account", "qos", "constraint"):
        if value := getattr(queue, option):
            yield f"--{option}={value}"
    yield f"--nodes={nodes_of(task, queue)}"
    yield f"--ntasks={task.ranks}"
    yield f"--ntasks-per-node={min(task.ranks, ranks_on_a_node(task, queue))}"
    yield f"--cpus-per-task={task.threads}"
    yield f"--mem-per-cpu={int(queue.node.memory_gib * 1024 / queue.node.cores)}M"
    if task.gpus:
        yield f"--gpus-per-task={task.gpus}"
    yield f"--time={_clock(queue.walltime_h)}"
    yield f"--signal=B:USR1@{SIGNAL_BEFORE_END_S}"
    yield "--requeue"
    yield "--open-mode=append"
    yield "--output=%x-%j.log"


def _clock(hours: float) -> str:
    seconds = round(hours * 3600)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _set_up(queue: Queue) -> Iterator[str]:
    for module in queue.modules:
        yield f"module load {shlex.quote(module)}"
    yield from queue.setup


def _srun_options(task: Task, queue: Queue) -> Iterator[str]:
    yield f"--mpi={queue.mpi}"
    yield f"--cpus-per-task={task.threads}"
    yield "--cpu-bind=cores"
    yield "--kill-on-bad-exit=0"  # one rank's exit code is not the others' end
    if task.gpus:
        yield f"--gpus-per-task={task.gpus}"


def _program(task: Task, queue: Queue) -> str:
    program = shlex.join(task.program)
    if queue.container:
        return f"apptainer exec {shlex.quote(queue.container)} {program}"
    return program


def submit_script(tasks: Sequence[Task], queue: Queue) -> str:
    """Write the script that submits all jobs, each after those it reads from."""
    clusters = f" -M {queue.slurm_cluster}" if queue.slurm_cluster else ""
    lines = [
        "#!/bin/bash",
        RENDERED,
        "# Submits the jobs, each to start when those whose files it reads are done.",
        "# Run it where the scripts were rendered: they name cases from that folder.",
        "set -euo pipefail",
        'here=$(dirname "$0")',
        "declare -A job",
        "submit() {  # NAME [after NAME ...]",
        "    local name=$1 after=() before",
        '    for before in "${@:2}"; do after+=("${job[$before]}"); done',
        "    local ids",
        '    ids=$(IFS=:; echo "${after[*]}")',
        f"    job[$name]=$(sbatch{clusters} --parsable --kill-on-invalid-dep=yes \\",
        '        ${ids:+--dependency=afterok:$ids} "$here/$name.sh" | cut -d";" -f1)',
        '    echo "$name: job ${job[$name]}"',
        "}",
    ]
    lines += [shlex.join(("submit", task.name, *task.after)) for task in tasks]
    return "\n".join(lines) + "\n"
