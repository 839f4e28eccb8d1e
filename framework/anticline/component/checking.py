"""What a component itself says about a case, before anything runs."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from anticline.component.case import Case, Reading
from anticline.component.declare import Component
from anticline.component.executable import program
from anticline.component.made import is_made
from anticline.component.registry import resolve
from anticline.errors import BadInput, Failed, Finding


def check_case(case: Case, ranks: int) -> list[Finding]:
    """Ask whether ``case`` can run on ``ranks``; imports the solver.

    An empty list means yes. While an input is still to be written by an earlier
    case, the component's own check waits for the case's turn. A check that raises
    BadInput has found what it says.

    Raises
    ------
    Failed
        The component's check raised another error; the text names it.
    """
    findings = _check_ranks(case, ranks)
    if lacking := no_program(case.component):
        findings.append(case.finding("component", lacking))
    return findings if case.awaited() else findings + asked(case, ranks)


def asked(case: Case, ranks: int) -> list[Finding]:
    """Ask the component alone, of a case whose inputs are there; as `check_case`."""
    if case.component.check is None:
        return []
    try:
        return list(resolve(case.component.check)(case, ranks))
    except BadInput as error:
        return list(error.findings)
    except ImportError as error:
        text = f"{case.component.name} cannot be used here: {error}"
        return [case.finding("component", f"{text}; see: anticline doctor")]
    except Exception as error:
        raise Failed(_fault(case, "check", error)) from error


def no_program(component: Component) -> str | None:
    """Say that the executable of a component is not on this machine; None: it is."""
    if component.command is None or program(component.command) is not None:
        return None
    name = component.command[0]
    return (
        f"{component.name} runs '{name}', which is not on the PATH; install it, or "
        "load its module"
    )


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a case before anything runs.

    ``case`` is None where it could not be read. ``finished``: every output is there
    as this case's result, and no earlier case of the list will change an input.
    """

    path: Path
    case: Case | None
    findings: list[Finding]
    finished: bool = False


def judge(readings: Iterable[Reading], ranks: int | None) -> Iterator[Verdict]:
    """Check cases that run in this order, one after the other.

    ``ranks`` defaults to the fewest that each component asks for.

    Raises
    ------
    Failed
        A component's check raised an error; the text names it.
    """
    changing: set[Path] = set()
    for reading in readings:
        case = reading.case
        if case is None or reading.findings:
            yield Verdict(reading.path, case, reading.findings)
            continue
        same = changing.isdisjoint(path for _, path in case.sources)
        finished = same and is_finished(case)
        findings = []
        if not finished:
            findings = check_case(case, ranks or case.component.resources.ranks[0])
            changing |= set(case.outputs.values())
        yield Verdict(reading.path, case, findings, finished)


def is_finished(case: Case) -> bool:
    """Tell whether every output is there as the result of this very case.

    Raises
    ------
    Failed
        The component's own function raised an error; the text names it.
    """
    paths = (*(path for _, path in case.sources), *case.outputs.values())
    if not case.component.knows_finished or not all(map(Path.exists, paths)):
        return False
    if case.component.finished is None:
        return is_made(case)
    try:
        return bool(resolve(case.component.finished)(case))
    except Exception as error:
        raise Failed(_fault(case, "test for finished results", error)) from error


def _fault(case: Case, what: str, error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{case.path}: the {what} of {case.component.name} raised "
        f"{type(error).__name__}: {error}, at {last.filename}:{last.lineno}"
    )


def _check_ranks(case: Case, ranks: int) -> list[Finding]:
    least, most = case.component.resources.ranks
    if ranks >= least and (most is None or ranks <= most):
        return []
    needed = f"at least {least}" if ranks < least else f"at most {most}"
    text = f"{case.component.name} runs on {needed} ranks, {ranks} are asked for"
    return [case.finding("component", text)]
