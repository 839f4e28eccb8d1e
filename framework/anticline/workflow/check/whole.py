"""Everything that keeps a workflow from running, in one go; no solver is imported.

    anticline_2d.yaml:14  step 'image': input 'gathers' takes ShotGathers, ...

What a component itself says of its files is asked by `anticline.workflow.check.asking`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anticline.cluster.model import Cluster
from anticline.component.checking import no_program
from anticline.component.registry import Registry
from anticline.errors import BadInput, Finding
from anticline.workflow.check.loop import check_loop
from anticline.workflow.check.place import Place
from anticline.workflow.check.queues import check_queues
from anticline.workflow.check.scope import Scope
from anticline.workflow.check.step import check_step
from anticline.workflow.document.reading import Document, read_draft
from anticline.workflow.graph import Loop
from anticline.workflow.order import AnySteps, cycle


def check_file(
    path: Path, registry: Registry, cluster: Cluster | None = None
) -> tuple[Document | None, list[Finding]]:
    """Read a workflow and give all findings, of its text and of what it says."""
    try:
        draft = read_draft(path)
    except BadInput as error:
        return None, list(error.findings)
    found = draft.findings + check_workflow(draft.document, registry, cluster)
    return draft.document, sorted(set(found), key=_order)


def check_workflow(
    document: Document, registry: Registry, cluster: Cluster | None = None
) -> list[Finding]:
    """Give all findings of a workflow, by their lines; none: it can run.

    cluster : left out, nothing is said of queues.
    """
    found = list(_findings(document, registry, cluster))
    return sorted(found, key=_order)


def _findings(
    document: Document, registry: Registry, cluster: Cluster | None
) -> Iterator[Finding]:
    workflow = document.workflow
    scope = Scope(workflow, registry, _broken(document))
    yield from _cycles(document, workflow.steps, "steps")
    for place in places(document, scope):
        yield from check_step(place)
        if cluster is not None:
            yield from check_queues(place, cluster)
        if cluster is None or cluster.launcher == "mpirun":  # else it is on the nodes
            yield from _program(place)
    for entry in workflow.steps.values():
        if isinstance(entry, Loop):
            inner = f"steps.{entry.name}.repeat.steps"
            yield from _cycles(document, entry.steps, inner)
            yield from check_loop(document, scope, entry)


def _program(place: Place) -> Iterator[Finding]:
    if place.component is not None and (lacking := no_program(place.component)):
        yield place.finding("component", lacking)


def places(document: Document, scope: Scope) -> Iterator[Place]:
    """Give every step with its place, those of loops included."""
    for name, entry in document.workflow.steps.items():
        if isinstance(entry, Loop):
            for key, step in entry.steps.items():
                at = f"steps.{name}.repeat.steps.{key}"
                yield Place(document, scope.inside(entry), step, at, f"{name}/{key}")
        else:
            yield Place(document, scope, entry, f"steps.{name}", name)


def _broken(document: Document) -> set[str]:
    """Name what is written as a step, readable or not."""
    return {
        key.rpartition(".")[2]
        for key in document.lines
        if key.rpartition(".")[0].rpartition(".")[2] == "steps"
    }


def _cycles(document: Document, steps: AnySteps, at: str) -> Iterator[Finding]:
    """Find cycles one by one, a step of each taken out before the next."""
    left = dict(steps)
    while around := cycle(left):
        first = min(around, key=list(steps).index)
        begin = around.index(first)
        named = (*around[begin:-1], *around[:begin], first)
        text = f"steps need each other: {' -> '.join(named)}"
        yield document.finding(f"{at}.{first}", text)
        del left[first]


def _order(finding: Finding) -> tuple[int, str]:
    return finding.line or 0, finding.text
