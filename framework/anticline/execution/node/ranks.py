"""A task of several ranks: its launch line, and what becomes of it.

Under Slurm a task is a step of its block's job. Several share a node: which cores
each has is settled by leases, for steps and warm workers alike, so a step is started
with `--overlap` (Slurm, which knows of no worker, does not count) and bound to its
CPUs by `--cpu-bind=mask_cpu`.

Source: the manual page srun(1), Slurm 22.05.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from anticline.cluster.here import count_cores, usable_cpus
from anticline.component.stop import StopFlag
from anticline.errors import ExitCode
from anticline.execution.node.block import Block
from anticline.execution.node.gpus import GPUS
from anticline.execution.node.launch import Launch, launch
from anticline.execution.node.local import ending, find_launcher
from anticline.execution.node.order import Kind, Order, kind_of
from anticline.execution.node.outcome import OUTCOME, Outcome, read
from anticline.execution.node.sharing import Grant

WAIT_S = 0.05  # between two looks at a step and at the stop flag
KILLED_BY_SHELL = 128 + signal.SIGKILL
_MEMORY = re.compile(r"oom[-_ ]kill|out of memory", re.IGNORECASE)
_NOT_STARTED = re.compile(
    r"srun: (?:error|fatal): .*(?:create step|contact slurm|confirm allocation|"
    r"connection|timed out|node failure|not responding)",
    re.IGNORECASE,
)
_TAIL_BYTES = 8192


def program(order: Order) -> tuple[str, ...]:
    """Name what every rank runs; -P: a folder named like a library shadows nothing."""
    rank = (sys.executable, "-P", "-m", "anticline.rank")
    return (*rank, order.component, str(order.case))


def line(
    order: Order,
    grant: Grant | None,
    cpus: frozenset[int] | None,
    block: Block | None,
) -> Launch:
    """Make the launch line of a task.

    grant : what it holds of this node; None, all of it. cpus : to be bound to;
    None: not bound. block : that it runs in.

    Raises
    ------
    BadInput
        There is no `mpirun`.
    """
    if order.launcher == "srun":
        if block is None:
            return srun(order, grant, cpus, order.nodes)
        return srun(order, grant, cpus, block.nodes, block.room.gpus)
    mpirun, family = find_launcher()
    made = launch(
        program(order),
        mpirun=mpirun,
        family=family,
        ranks=order.ranks,
        cores=count_cores(usable_cpus()),
        threads=order.threads,
        root=os.geteuid() == 0,
    )
    return Launch(made.command, made.environment | _gpus(order, grant))


def srun(
    order: Order,
    grant: Grant | None,
    cpus: frozenset[int] | None,
    nodes: int,
    gpus: int | None = None,
) -> Launch:
    """Make the line of a step; pure.

    gpus : of a node of the block. A step asks for all of them, and its ranks take
    those that it was granted: Slurm would choose among them without regard to leases.
    """
    options = [
        f"--mpi={order.mpi}",
        f"--nodes={order.nodes}",
        f"--ntasks={order.ranks}",
        "--kill-on-bad-exit=0",  # one rank's exit code is not the others' end
        "--quit-on-interrupt",
        "--unbuffered",
    ]
    if order.nodes < nodes:
        options.append("--relative=0")
    if order.nodes > 1:
        options += [f"--cpus-per-task={order.threads}", "--cpu-bind=cores"]
        options.append(f"--ntasks-per-node={-(-order.ranks // order.nodes)}")
        options.append("--mem=0")
    else:
        options += ["--overlap", f"--cpu-bind={binding(order, cpus)}"]
        if grant is not None:
            options.append(f"--mem={max(1, int(grant.memory_gib * 1024))}M")
    if order.gpus:
        per_node = order.gpus * -(-order.ranks // order.nodes)
        held = per_node if gpus is None else gpus
        options.append(f"--gpus-per-node={held}")
    threads = str(order.threads)
    environment = {"OMP_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads}
    return Launch(
        ("srun", *options, *program(order)), environment | _gpus(order, grant)
    )


def binding(order: Order, cpus: frozenset[int] | None) -> str:
    """Share CPUs among the ranks of a node, as `--cpu-bind` has it."""
    if cpus is None or len(cpus) < order.ranks:
        return "none"
    given, share = sorted(cpus), len(cpus) // order.ranks
    masks = (
        sum(1 << cpu for cpu in given[rank * share : (rank + 1) * share])
        for rank in range(order.ranks)
    )
    return "mask_cpu:" + ",".join(hex(mask) for mask in masks)


def _gpus(order: Order, grant: Grant | None) -> dict[str, str]:
    if not order.gpus or grant is None or order.nodes > 1:
        return {}
    return {GPUS: ",".join(map(str, grant.gpus))}


def environment_of(made: Launch, outcome: Path) -> dict[str, str]:
    """Give a step's environment: this one's, less what speaks of another step.

    What sbatch set for the job (its tasks, its memory) would be read by srun as if it
    were said of the step; what MPI set for this process is of this process.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_LEFT_OUT) or name in _NEEDED
    }
    return kept | made.environment | {OUTCOME: str(outcome)}


_LEFT_OUT = ("SLURM_", "SBATCH_", "OMPI_COMM", "OMPI_MCA_ess", "PMIX_", "PRTE_")
_NEEDED = ("SLURM_CONF", "SLURM_JOB_ID", "SLURM_JOBID", "SLURM_CLUSTER_NAME")


def run(
    made: Launch, outcome: Path, log: int, stop: StopFlag, held: Sequence[int]
) -> int:
    """Run a launch line to its end; gives its exit code.

    outcome : where the ranks leave theirs. log : descriptor that they print to. stop :
    passed on to them once. held : descriptors of locks that it holds too.
    """
    process = subprocess.Popen(
        (*ends_with_us(), *made.command),
        env=environment_of(made, outcome),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        process_group=0,
        pass_fds=held,
    )
    asked = False
    while True:
        try:
            return process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            if stop and not asked:
                asked = True
                process.send_signal(signal.SIGUSR1)


def ends_with_us() -> tuple[str, ...]:
    """Let the kernel end a launcher whose worker was killed, where it can be told."""
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", "TERM", "--")


def judge(
    code: int, left: Path, log: Path, *, stopped: bool, memory_ran_out: bool
) -> Outcome:
    """Tell how a task ended from its launcher's exit code and what its ranks left.

    stopped : it was asked to. memory_ran_out : the kernel killed somebody for memory.
    """
    said = read(left)
    if said is not None and (said.kind != Kind.DONE or code == ExitCode.DONE):
        return said
    if code == ExitCode.DONE:
        return Outcome(Kind.DONE)
    tail = _tail(log)
    if code in tuple(ExitCode):
        return Outcome(kind_of(code), _last_line(tail))
    by_kill = code in (-signal.SIGKILL, KILLED_BY_SHELL)
    if memory_ran_out or _MEMORY.search("\n".join(tail)) or (by_kill and not stopped):
        return Outcome(Kind.OUT_OF_MEMORY, ending(code, "the launcher"))
    if any(map(_NOT_STARTED.search, tail)):
        return Outcome(Kind.LOST, _last_line(tail))
    kind = Kind.INTERRUPTED if stopped else Kind.KILLED
    return Outcome(kind, f"{ending(code, 'the launcher')}; {_last_line(tail)}")


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            return stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def _last_line(lines: Iterable[str]) -> str:
    return next((text.strip() for text in reversed(list(lines)) if text.strip()), "")
