"""Batch scripts of a workflow or of cases, written into a folder.

OUT/shots.sh ...    one a step, or one a case
OUT/submit.sh       submits them all, each after those that it waits for
OUT/run/            the run of a workflow: the cases of all tasks, and their results
OUT/logs/           what the batch scripts themselves print

Nothing names OUT: the folder can be moved, or copied to the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from anticline.cluster.document import read_cluster
from anticline.cluster.model import Cluster
from anticline.component.case import Case
from anticline.component.findings import unknown_key
from anticline.component.registry import Registry
from anticline.errors import BadInput, Finding
from anticline.execution.batch.chain import OK, Submission, chain
from anticline.execution.batch.jobscript import LOGS, RENDERED, RUN, jobscript
from anticline.execution.batch.plan import (
    findings_of_cases,
    job_of_case,
    jobs_of_steps,
)
from anticline.execution.batch.runfiles import RunFiles
from anticline.execution.batch.spending import costs_of_jobs, within_budget
from anticline.execution.batch.submit import SUBMIT, submit_script
from anticline.execution.batch.unrolled import unrolled
from anticline.execution.driver.steering import steered
from anticline.workflow.check.whole import check_workflow
from anticline.workflow.document.reading import Document
from anticline.workflow.graph import Request

Queues = Mapping[str, tuple[str, ...]]


def render_workflow(
    document: Document,
    registry: Registry,
    cluster_file: Path,
    out: Path,
    queues: Queues | None = None,
) -> list[Path]:
    """Write a script for each step, submit.sh, and the run's folder with all cases.

    queues : of steps by name, in the place of the document's. Rendering again keeps
    what is done and has not changed. Returns the scripts, submit.sh last.

    Raises
    ------
    BadInput
        What keeps the workflow from running, queues of several Slurm clusters, more
        than the budget, or a file in the way that was not rendered.
    """
    cluster = read_cluster(cluster_file)
    document = document.changed(steered(document.workflow, queues or {}))
    if found := _no_slurm(cluster) or check_workflow(document, registry, cluster):
        raise BadInput(found)
    tasks, unless = unrolled(document.workflow, registry)
    jobs, where = jobs_of_steps(tasks, registry, cluster)
    also = {name: (why.until,) for name, why in unless.items()}
    steps = [task.step for task in tasks]
    costs = costs_of_jobs(jobs, steps, cluster, out / RUN)
    spending = within_budget(costs, cluster, cluster_file)
    calls = chain(tasks, cluster.most_array_tasks, also)
    scripts = [f"{jobs[call.step].name}.sh" for call in calls]
    what = f"Submits workflow {document.workflow.name} to {cluster.name}."
    submit = submit_script(calls, scripts, what, where, RUN, spending)
    texts = {f"{job.name}.sh": jobscript(job, cluster) for job in jobs.values()}
    if found := _in_the_way(out, [*texts, SUBMIT]):
        raise BadInput(found)
    files = RunFiles(out / RUN, document, cluster_file, cluster, jobs)
    files.write(registry, tasks, unless)
    return _write(out, texts, submit)


def _no_slurm(cluster: Cluster) -> list[Finding]:
    if cluster.launcher == "srun":
        return []
    text = f"cluster {cluster.name} has no Slurm; run it there: anticline run"
    return [Finding(None, None, text)]


def render_cases(
    cases: Sequence[Case],
    cluster_file: Path,
    queue: str,
    out: Path,
    ranks: int | None = None,
    threads: int | None = None,
) -> list[Path]:
    """Write NAME.sh for each case, and submit.sh; returns them in that order.

    Raises
    ------
    BadInput
        An unknown queue, one that can never hold a job, more than the budget, or a
        file in the way that was not rendered.
    """
    cluster = read_cluster(cluster_file)
    if queue not in cluster.queues:
        raise BadInput(unknown_key(queue, list(cluster.queues), "queue"))
    chosen, request = cluster.queues[queue], Request(ranks=ranks, threads=threads)
    found = _no_slurm(cluster) + findings_of_cases(cases, request, queue, chosen)
    names = [f"{case.path.stem}.sh" for case in cases]
    if found := found + _in_the_way(out, [*names, SUBMIT]):
        raise BadInput(found)
    jobs = [job_of_case(case, request, queue, chosen) for case in cases]
    named = {job.name: job for job in jobs}
    spending = within_budget(
        costs_of_jobs(named, named, cluster), cluster, cluster_file
    )
    texts = {f"{job.name}.sh": jobscript(job, cluster) for job in jobs}
    what = f"Submits cases to {cluster.name}."
    calls, where = _calls(cases), chosen.slurm_cluster
    submit = submit_script(calls, list(texts), what, where, None, spending)
    return _write(out, texts, submit)


def _calls(cases: Sequence[Case]) -> list[Submission]:
    """Give the calls that submit cases, each after those whose files it reads."""
    writers: dict[str, str] = {}
    calls = []
    for number, case in enumerate(cases, 1):
        read = dict.fromkeys(writers.get(str(path)) for _, path in case.sources)
        waits = tuple((OK, f"${name}") for name in read if name is not None)
        variable = f"job_{number}"
        calls.append(Submission(variable, (), Path(), waits=waits))
        writers |= {str(path): variable for path in case.outputs.values()}
    return calls


def _in_the_way(out: Path, names: Iterable[str]) -> list[Finding]:
    """Find files that a person wrote."""
    text = "is there and was not rendered; name another folder"
    return [
        Finding(str(out / name), None, text)
        for name in names
        if (out / name).exists() and not _is_rendered(out / name)
    ]


def _is_rendered(path: Path) -> bool:
    return RENDERED in path.read_text(encoding="utf-8", errors="replace")


def _write(out: Path, texts: Mapping[str, str], submit: str) -> list[Path]:
    """Write the scripts; rendered ones of steps that are no more are removed."""
    (out / LOGS).mkdir(parents=True, exist_ok=True)
    whole = {**texts, SUBMIT: submit}
    for old in out.glob("*.sh"):
        if old.name not in whole and _is_rendered(old):
            old.unlink()
    for name, text in whole.items():
        (out / name).write_text(text, encoding="utf-8")
        (out / name).chmod(0o755)
    return [out / name for name in whole]
