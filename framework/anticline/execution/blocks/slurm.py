"""Blocks as jobs of Slurm: asked after by squeue, patiently.

Parsl asks sacct, and takes a job that it is not told of for ended. The accounting
learns of a job late, and of none while slurmctld is away; squeue knows a job from its
first moment. A command that fails or hangs changes nothing that is known.

Source: the manual page squeue(1), Slurm 22.05.
"""

from __future__ import annotations

import logging
import subprocess
import time
from typing import Any

from parsl.jobs.states import JobState, JobStatus
from parsl.launchers import SimpleLauncher
from parsl.providers import SlurmProvider

logger = logging.getLogger(__name__)

STATES = {
    "PENDING": JobState.PENDING,
    "CONFIGURING": JobState.PENDING,
    "REQUEUED": JobState.PENDING,
    "REQUEUE_FED": JobState.PENDING,
    "REQUEUE_HOLD": JobState.HELD,
    "RESV_DEL_HOLD": JobState.HELD,
    "SPECIAL_EXIT": JobState.HELD,
    "SUSPENDED": JobState.RUNNING,
    "STOPPED": JobState.RUNNING,
    "SIGNALING": JobState.RUNNING,
    "RESIZING": JobState.RUNNING,
    "RUNNING": JobState.RUNNING,
    "COMPLETING": JobState.COMPLETED,
    "STAGE_OUT": JobState.COMPLETED,
    "COMPLETED": JobState.COMPLETED,
    "CANCELLED": JobState.CANCELLED,
    "PREEMPTED": JobState.TIMEOUT,
    "TIMEOUT": JobState.TIMEOUT,
    "DEADLINE": JobState.TIMEOUT,
    "FAILED": JobState.FAILED,
    "BOOT_FAIL": JobState.FAILED,
    "NODE_FAIL": JobState.FAILED,
    "OUT_OF_MEMORY": JobState.FAILED,
    "REVOKED": JobState.FAILED,
}
FORGOTTEN_S = 60.0  # after being submitted: a job that squeue does not know has ended
_TIMED_OUT = 124


class SlurmBlocks(SlurmProvider):
    """Blocks of one partition.

    asked_every_s : between two questions to squeue [s]. options : SlurmProvider's.
    """

    def __init__(self, *, asked_every_s: int, **options: Any) -> None:
        self._asked_every_s = asked_every_s
        super().__init__(launcher=SimpleLauncher(debug=False), **options)

    @property
    def status_polling_interval(self) -> int:
        """Seconds between two questions to squeue."""
        return self._asked_every_s

    def execute_wait(
        self, cmd: str, timeout: int | None = None
    ) -> tuple[int, str, str]:
        """Run a command of Slurm's; one that takes too long is ended, and failed."""
        limit = self.cmd_timeout if timeout is None else timeout
        try:
            done = subprocess.run(
                cmd,
                shell=True,
                capture_output=True,
                text=True,
                check=False,
                timeout=limit,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        except subprocess.TimeoutExpired:
            return _TIMED_OUT, "", f"no answer in {limit} s"
        return done.returncode, done.stdout, done.stderr

    def submit(
        self, command: str, tasks_per_node: int, job_name: str = "anticline"
    ) -> str:
        """Submit a block; gives the job's number.

        Raises
        ------
        parsl.providers.errors.SubmitException
            What sbatch says.
        """
        job: str = super().submit(command, tasks_per_node, job_name)
        self.resources[job]["submitted"] = time.monotonic()
        return job

    def _status(self) -> None:
        open_jobs: dict[str, dict[str, Any]] = {
            str(job): facts
            for job, facts in self.resources.items()
            if not facts["status"].terminal
        }
        if not open_jobs:
            return
        clusters = f" --clusters={self.clusters}" if self.clusters else ""
        line = f"squeue{clusters} --me --noheader --states=all --format='%i %T'"
        code, out, err = self.execute_wait(line)
        if code != 0:
            logger.warning("squeue failed with %s: %s", code, err.strip())
            return
        words = (text.split() for text in out.splitlines())
        found = {pair[0]: pair[1] for pair in words if len(pair) == 2}
        for job, facts in open_jobs.items():
            state = self._state(found.get(job), facts)
            if state is not None:
                facts["status"] = JobStatus(
                    state,
                    message=found.get(job),
                    stdout_path=facts["job_stdout_path"],
                    stderr_path=facts["job_stderr_path"],
                )

    def _state(self, word: str | None, facts: dict[str, Any]) -> JobState | None:
        """Translate what squeue says; None: nothing is known."""
        if word is not None:
            return STATES.get(word)
        known = time.monotonic() - facts["submitted"] > FORGOTTEN_S
        return JobState.COMPLETED if known else None
