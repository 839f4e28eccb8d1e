"""What a component itself says about a case, before anything runs."""

from __future__ import annotations

import traceback

from anticline.component.case import Case
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
    if case.component.check is not None and not case.awaited():
        try:
            findings += resolve(case.component.check)(case, ranks)
        except BadInput as error:
            findings += error.findings
        except Exception as error:
            raise Failed(_fault(case, error)) from error
    return findings


def _fault(case: Case, error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{case.path}: the check of {case.component.name} raised "
        f"{type(error).__name__}: {error}, at {last.filename}:{last.lineno}"
    )


def _check_ranks(case: Case, ranks: int) -> list[Finding]:
    least, most = case.component.resources.ranks
    if ranks >= least and (most is None or ranks <= most):
        return []
    needed = f"at least {least}" if ranks < least else f"at most {most}"
    text = f"{case.component.name} runs on {needed} ranks, {ranks} are asked for"
    return [case.finding("component", text)]
