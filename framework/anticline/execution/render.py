"""Batch scripts of cases, written into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from anticline.cluster.model import Cluster
from anticline.component.case import Case
from anticline.component.findings import unknown_key
from anticline.errors import BadInput, Finding
from anticline.execution.jobscript import RENDERED, jobscript, submit_script
from anticline.execution.plan import misfits, tasks

SUBMIT = "submit.sh"


def render(
    cases: Sequence[Case],
    cluster: Cluster,
    queue: str,
    out: Path,
    ranks: int | None = None,
    threads: int | None = None,
) -> list[Path]:
    """Write NAME.sh for each case, and submit.sh; returns them in that order.

    Raises
    ------
    BadInput
        An unknown queue, one that can never hold a job, or a file in the way that
        was not rendered.
    """
    if queue not in cluster.queues:
        raise BadInput(unknown_key(queue, list(cluster.queues), "queue"))
    chosen = cluster.queues[queue]
    planned = tasks(cases, chosen, ranks, threads)
    texts = {out / f"{t.name}.sh": jobscript(t, cluster, queue) for t in planned}
    texts[out / SUBMIT] = submit_script(planned, chosen)
    if found := misfits(cases, planned, queue, chosen) + _in_the_way(texts):
        raise BadInput(found)
    out.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    return list(texts)


def _in_the_way(paths: Iterable[Path]) -> list[Finding]:
    """Find files that a person wrote."""
    text = "is there and was not rendered; name another folder"
    return [
        Finding(str(path), None, text)
        for path in paths
        if path.exists() and RENDERED not in path.read_text(errors="replace")
    ]
