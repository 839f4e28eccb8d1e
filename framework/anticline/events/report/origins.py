"""Where a run's results come from: parameters of its steps, inputs, drivers, hosts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anticline.events.amounts import duration, plural, size
from anticline.events.disk import RUN, case_of, read_json
from anticline.events.progress import Session
from anticline.events.query import RunState
from anticline.events.report.tables import moment
from anticline.events.runs import Sight

HASHES = "hashes.json"
DOCUMENTS = ("workflow.yaml", "cluster.yaml")
_CASES, _VALUES = 64, 6


@dataclass(frozen=True)
class Given:
    """Parameters of a step, as its cases say them."""

    step: str
    component: str
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A file from outside of the run."""

    path: str
    size: str
    sha256: str


@dataclass(frozen=True)
class Document:
    """A file at the top of the run's folder, as it stands there."""

    name: str
    text: str


def parameters(sight: Sight) -> list[Given]:
    """Give what each step was told; a parameter that differs is listed by values."""
    found = []
    for step in sight.state.steps.values():
        cases = [case_of(sight.folder, task) for task in step.tasks[:_CASES]]
        given = [case.get("parameters") for case in cases]
        known = [one for one in given if isinstance(one, dict)]
        names = dict.fromkeys(name for one in known for name in one)
        pairs = tuple((name, _value(one.get(name) for one in known)) for name in names)
        found.append(Given(step.name, step.component, pairs))
    return found


def _value(values: Iterable[Any]) -> str:
    texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
    different = list(dict.fromkeys(texts))
    if len(different) == 1:
        return different[0]
    shown = ", ".join(different[:_VALUES])
    return f"{shown} …" if len(different) > _VALUES else shown


def facts(sight: Sight) -> list[tuple[str, str]]:
    """Give what is known of where and with what the run was made."""
    state, run = sight.state, read_json(sight.folder / RUN)
    hosts = sorted({a.host for t in state.tasks.values() for a in t.attempts if a.host})
    jobs = {a.job for t in state.tasks.values() for a in t.attempts if a.job}
    code = [session.code for session in state.sessions if session.code]
    pairs = [
        ("Workflow", state.name or str(run.get("name", ""))),
        ("Workflow file", str(run.get("workflow") or "")),
        ("Cluster", state.cluster),
        ("Cluster file", str(run.get("cluster") or "")),
        ("Run folder", str(sight.folder.absolute())),
        ("Code", ", ".join(dict.fromkeys(code)) or str(run.get("code", ""))),
        ("Begun", moment(state.begun_s)),
        ("Last event", moment(state.latest_s)),
        ("Hosts", ", ".join(hosts)),
        ("Slurm jobs", str(len(jobs)) if jobs else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def sessions(state: RunState) -> list[tuple[str, str]]:
    """Describe each driver of the run."""
    return [(moment(session.begun), _driver(session)) for session in state.sessions]


def _driver(session: Session) -> str:
    who = f"process {session.pid} on {session.host or '?'}, anticline {session.code}"
    if session.ended is None:
        return f"{who}: no word of its end"
    took = duration(session.ended - session.begun)
    if session.outcome is None:
        return f"{who}: killed after {took}"
    rest = f", {plural(session.remains, 'task')} not done" if session.remains else ""
    return f"{who}: {session.outcome} after {took}{rest}"


def sources(run: Path) -> list[Source]:
    """Give the files that the run read from outside, with their hashes."""
    found = []
    for path, known in sorted(read_json(run / HASHES).items()):
        if isinstance(known, list) and len(known) == 3:
            found.append(Source(path, size(known[0]), str(known[2])))
    return found


def documents(run: Path) -> list[Document]:
    """Read the workflow and the cluster that the run was made from."""
    found = []
    for name in DOCUMENTS:
        try:
            found.append(Document(name, (run / name).read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError):
            continue
    return found
