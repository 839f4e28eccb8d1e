"""What keeps cases and workflows from running: the verb `check`.

The JSON document of `anticline check --json`, whose findings are of all the files:

    {"format": "anticline-check/1",
     "cases": [{"path": ..., "component": ..., "finished": ..., "awaits": [...]}],
     "workflows": [{"path": ..., "name": ..., "steps": ..., "tasks": ...}],
     "findings": [{"file": ..., "line": ..., "text": ...}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anticline.component.case import Case
from anticline.component.checking import Verdict, judge
from anticline.component.document import read_document
from anticline.component.registry import Registry
from anticline.component.sequence import read_cases
from anticline.errors import BadInput, Finding

if TYPE_CHECKING:
    from anticline.cluster.model import Cluster

FORMAT = "anticline-check/1"


@dataclass(frozen=True)
class WorkflowVerdict:
    """What is to be said of a workflow before anything runs.

    name : None where it could not be read. steps : how many are written, loops count
    as one. tasks : of them all, in the first iteration of each loop. loops : how many
    there are.
    """

    path: Path
    findings: list[Finding]
    name: str | None = None
    steps: int = 0
    tasks: int = 0
    loops: int = 0


@dataclass(frozen=True)
class Checked:
    """What is to be said of files, cases first."""

    cases: list[Verdict] = field(default_factory=list)
    workflows: list[WorkflowVerdict] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All of them."""
        cases = [finding for case in self.cases for finding in case.findings]
        return cases + [found for made in self.workflows for found in made.findings]

    @property
    def well(self) -> list[str]:
        """A line about each file without findings."""
        cases = [
            _case_line(verdict.case, verdict.finished)
            for verdict in self.cases
            if verdict.case is not None and not verdict.findings
        ]
        return cases + [_line(made) for made in self.workflows if not made.findings]


def is_workflow(path: Path | str) -> bool:
    """Tell a workflow from a case by its keys; what cannot be read is no workflow."""
    try:
        top, _ = read_document(Path(path), 1)
    except BadInput:
        return False
    return "component" not in top and ("steps" in top or "workflow" in top)


def check_files(
    files: Iterable[Path | str],
    registry: Registry,
    ranks: int | None = None,
    cluster: Cluster | None = None,
) -> Checked:
    """Check cases, which run in this order, and workflows.

    ranks : of cases; left out, the fewest the component takes. cluster : whose
    queues the workflows are held to; left out, nothing is said of queues.

    Raises
    ------
    Failed
        A component's check raised an error; the text names it.
    """
    paths = [Path(file) for file in files]
    workflows = [path for path in paths if is_workflow(path)]
    cases = [path for path in paths if path not in workflows]
    return Checked(
        list(judge(read_cases(cases, registry), ranks)),
        [check_one(path, registry, cluster) for path in workflows],
    )


def check_one(
    path: Path, registry: Registry, cluster: Cluster | None = None
) -> WorkflowVerdict:
    """Check a workflow; components are asked where it has no other findings."""
    from anticline.workflow.check.asking import ask_components
    from anticline.workflow.check.whole import check_file
    from anticline.workflow.graph import Loop
    from anticline.workflow.tasks.expand import expand

    document, findings = check_file(path, registry, cluster)
    if document is None or findings:
        return WorkflowVerdict(path, findings)
    steps = document.workflow.steps
    return WorkflowVerdict(
        path,
        ask_components(document, registry),
        document.workflow.name,
        len(steps),
        len(expand(document.workflow, registry)),
        sum(isinstance(entry, Loop) for entry in steps.values()),
    )


def _case_line(case: Case, finished: bool) -> str:
    line = f"{case.path}: {case.component.name}"
    if finished:
        return f"{line} is finished"
    if awaited := ", ".join(case.awaited()):
        return f"{line} can run once an earlier case has written: {awaited}"
    return f"{line} can run"


def _line(made: WorkflowVerdict) -> str:
    many = "with one iteration of each loop" if made.loops else ""
    counts = f"{_count(made.steps, 'step')}, {_count(made.tasks, 'task')} {many}"
    return f"{made.path}: workflow {made.name} can run: {counts}".rstrip()


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def as_json(checked: Checked) -> str:
    """Write what was found as one JSON document."""
    document = {
        "format": FORMAT,
        "cases": [_plain(verdict) for verdict in checked.cases],
        "workflows": [
            {"path": str(w.path), "name": w.name, "steps": w.steps, "tasks": w.tasks}
            for w in checked.workflows
        ],
        "findings": [asdict(finding) for finding in checked.findings],
    }
    return json.dumps(document, indent=2)


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "path": str(verdict.path),
        "component": verdict.case.component.name if verdict.case else None,
        "finished": verdict.finished,
        "awaits": verdict.case.awaited() if verdict.case else [],
    }
