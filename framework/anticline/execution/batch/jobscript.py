r"""From a job to the text of its batch script; pure functions, no templates.

A script loads what its queue asks for, starts the ranks with srun, and hands on
the signal that comes before the walltime or a pre-emption. Ranks that stop early
with their work kept end with 75; the job then goes back to its queue, where the
next start goes on from what was kept.

A script of a workflow's step is told the folder of its task. It ends at once where
that task is done, and writes down how it ended (`anticline.execution.batch.job`).

Source: the manual pages sbatch(1) and srun(1), Slurm 22.05.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator

from anticline.cluster.model import Cluster, Queue
from anticline.errors import ExitCode
from anticline.execution.batch.plan import Job

RENDERED = "# Rendered by anticline; change the workflow, the case or the cluster file."
SIGNAL_BEFORE_END_S = 120
MOST_RESTARTS = 50
LOGS = "logs"
RUN = "run"
MIB_PER_GIB = 1024

_TASK = """\
# Which task this is, submit.sh says: a folder, and of an array the element in it.
task={run}/$1{element}
record() {{ {python} -m anticline.execution.batch.job "$@"; }}
record finished "$task"
case $? in
    0) exit 0 ;;  # its result is there: nothing is repeated
    1) ;;         # it is to be run
    *) exit {failed} ;;
esac
began=$EPOCHREALTIME
export ANTICLINE_OUTCOME=$task/outcome.json

"""
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
"""
_ENDED = """\
record ended "$task" "$code" "$began" || code={failed}
"""
_END = """
# {interrupted}: stopped early, finished work is kept; the same job goes on from it.
if ((code == {interrupted} && ${{SLURM_RESTART_COUNT:-0}} < {most})); then
    scontrol requeue "$SLURM_JOB_ID"
    sleep 60  # Slurm ends this script meanwhile
fi
exit "$code"
"""


def jobscript(job: Job, cluster: Cluster) -> str:
    """Write the batch script of a job; it is submitted from its own folder."""
    queue = cluster.queues[job.queue]
    threads = job.needs.threads
    head = [
        "#!/bin/bash",
        RENDERED,
        f"# {job.about}, on queue {job.queue} ({queue.node.type})",
        *(f"#SBATCH {line}" for line in directives(job, cluster)),
        "",
        *_set_up(queue),
        f"export OMP_NUM_THREADS={threads} NUMBA_NUM_THREADS={threads}",
        "",
    ]
    return "\n".join(head) + "\n" + _body(job, queue)


def _body(job: Job, queue: Queue) -> str:
    failed = int(ExitCode.FAILED)
    run = _RUN.format(
        seconds=SIGNAL_BEFORE_END_S,
        options=" ".join(_srun_options(job, queue)),
        program=_program(job, queue),
    )
    end = _END.format(interrupted=int(ExitCode.INTERRUPTED), most=MOST_RESTARTS)
    if job.case is not None:
        return run + end
    task = _TASK.format(
        run=RUN,
        element=_element(job),
        python=" ".join([*_container(job, queue), "python -P"]),
        failed=failed,
    )
    return task + run + _ENDED.format(failed=failed) + end


def _element(job: Job) -> str:
    """Write the shell's words for an array element's folder; of no array nothing."""
    number = '"$SLURM_ARRAY_TASK_ID"'
    if job.shifted:
        number = "$((SLURM_ARRAY_TASK_ID + ${2:-0}))"
    return f"${{SLURM_ARRAY_TASK_ID:+/$(printf %03d {number})}}"


def directives(job: Job, cluster: Cluster) -> Iterator[str]:
    """Give what sbatch is told, without `#SBATCH`."""
    queue = cluster.queues[job.queue]
    asked = job.needs
    yield f"--job-name={job.name}"
    yield f"--partition={cluster.partition_of(job.queue)}"
    for option in ("account", "qos", "constraint"):
        if value := getattr(queue, option):
            yield f"--{option}={value}"
    yield f"--nodes={job.nodes}"
    yield f"--ntasks={asked.ranks}"
    yield f"--ntasks-per-node={-(-asked.ranks // job.nodes)}"
    yield f"--cpus-per-task={asked.threads}"
    if queue.node.threads_per_core > 1:
        yield "--threads-per-core=1"
    yield f"--mem={math.floor(asked.memory_gib * MIB_PER_GIB / job.nodes)}M"
    yield from _gpus(job, queue)
    yield f"--time={_clock(min(job.walltime_h, queue.walltime_h))}"
    yield f"--signal=B:USR1@{SIGNAL_BEFORE_END_S}"
    yield "--requeue"
    yield "--open-mode=append"
    yield f"--output={LOGS}/%x-%j.log"


def _clock(hours: float) -> str:
    seconds = round(hours * 3600)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _gpus(job: Job, queue: Queue) -> Iterator[str]:
    if job.needs.gpus:
        kind = f"{queue.node.gpu_type}:" if queue.node.gpu_type else ""
        yield f"--gpus-per-task={kind}{job.needs.gpus}"


def _set_up(queue: Queue) -> Iterator[str]:
    for module in queue.modules:
        yield f"module load {shlex.quote(module)}"
    yield from queue.setup


def _srun_options(job: Job, queue: Queue) -> Iterator[str]:
    yield f"--mpi={queue.mpi}"
    yield f"--cpus-per-task={job.needs.threads}"
    yield "--cpu-bind=cores"
    yield "--kill-on-bad-exit=0"  # one rank's exit code is not the others' end
    yield from _gpus(job, queue)


def _program(job: Job, queue: Queue) -> str:
    """Write what every rank runs, and where its output goes."""
    case, output = '"$task/case.json"', ' >>"$task/log.txt" 2>&1'
    if job.case is not None:
        case, output = shlex.quote(job.case), ""
    words = [*_container(job, queue), "anticline-rank", job.component, case]
    return " ".join(words) + output


def _container(job: Job, queue: Queue) -> Iterator[str]:
    """Write what a program runs in; its folder is there as it is outside."""
    if queue.container:
        yield "apptainer exec"
        if job.needs.gpus:
            yield "--nv"
        yield '--bind "$PWD"'
        yield shlex.quote(queue.container)
