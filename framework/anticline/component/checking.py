"""What a component itself says about a case, before anything runs."""

from __future__ import annotations

from anticline.component.case import Case
from anticline.component.registry import resolve
from anticline.errors import BadInput, Finding


def check_case(case: Case, ranks: int) -> list[Finding]:
    """Ask whether ``case`` can run on ``ranks``; imports the solver.

    An empty list means yes. A check that raises BadInput has found what it says.
    """
    findings = _check_ranks(case, ranks)
    if case.component.check is not None:
        try:
            findings += resolve(case.component.check)(case, ranks)
        except BadInput as error:
            findings += error.findings
    return findings


def _check_ranks(case: Case, ranks: int) -> list[Finding]:
    least, most = case.component.resources.ranks
    if ranks >= least and (most is None or ranks <= most):
        return []
    needed = f"at least {least}" if ranks < least else f"at most {most}"
    text = f"{case.component.name} runs on {needed} ranks, {ranks} are asked for"
    return [case.finding("component", text)]
