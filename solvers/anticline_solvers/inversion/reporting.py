"""The report of an advance: whether the inversion has ended, and its history."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from anticline_solvers.inversion.kept import plain
from anticline_solvers.inversion.state import Row, State

FORMAT = "anticline-inversion-report/1"


def report_of(state: State) -> dict[str, Any]:
    """Give it as JSON takes it; numbers that are none are null."""
    last, first = state.history[-1], state.first
    accepted = [row for row in state.history if row.accepted]
    best = accepted[-1] if accepted else first
    return {
        "format": FORMAT,
        "converged": state.ended,
        "why": state.why.name.lower() if state.why else None,
        "text": state.why.value if state.why else None,
        "method": state.settings.method,
        "iteration": state.iteration,
        "evaluation": last.evaluation,
        "misfit": plain(best.misfit),
        "data_misfit": plain(best.data),
        "first_data_misfit": plain(first.data),
        "relative_misfit": _share(best.data, first.data),
        "gradient_norm": plain(best.gradient_norm),
        "relative_gradient": _share(best.gradient_norm, first.gradient_norm),
        "history": [_plain(row) for row in state.history],
    }


def _share(value: float, first: float) -> float | None:
    return plain(value / first) if first else None


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: plain(value) if isinstance(value, float) else value
        for name, value in asdict(row).items()
    }


def line(state: State) -> str:
    """Say in a line what the last evaluation found."""
    row = state.history[-1]
    share = _share(row.data, state.first.data)
    told = f"{share:.4g} of the first" if share is not None else f"{row.data:.4g}"
    if row.accepted:
        what = f"iteration {row.iteration}"
    else:
        what = f"a step of {row.step:.3g} is not taken"
    ended = f"; it ends: {state.why.value}" if state.why else ""
    return f"evaluation {row.evaluation}: data misfit {told}, {what}{ended}"
