"""A state as numbers and arrays that a file holds, and back; nothing is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from anticline_solvers.inversion.arithmetic import Array
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.line_search import Search, Trial
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings
from anticline_solvers.inversion.state import (
    Linear,
    Memory,
    Phase,
    Point,
    Row,
    State,
    Why,
)

Arrays = Mapping[str, Array]
Document = Mapping[str, Any]


def document_of(state: State) -> dict[str, Any]:
    """Give all numbers and names of a state, the history left out."""
    return {
        "settings": state.settings.document(),
        "parameter": state.problem.parameter,
        "spacing_m": list(state.problem.spacing_m),
        "smoothing_m": list(state.problem.smoothing_m),
        "phase": state.phase.value,
        "why": state.why.name if state.why else None,
        "evaluation": state.evaluation,
        "iteration": state.iteration,
        "unit": state.unit,
        "here": _numbers(state.here),
        "candidate": _numbers(state.candidate),
        "search": asdict(state.search) if state.search else None,
        "memory": {"step": state.memory.step, "slope": state.memory.slope},
        "linear": asdict(state.linear) if state.linear else None,
    }


def arrays_of(state: State) -> dict[str, Array]:
    """Give all arrays of a state by their names."""
    problem, pairs = state.problem, state.memory.pairs
    found: dict[str, Array | None] = {
        "problem/start": problem.start,
        "problem/lower": problem.box.lower,
        "problem/upper": problem.box.upper,
        "problem/reference": problem.reference,
        "problem/local_smoothing_m": problem.local_smoothing_m,
        "asked": state.asked,
        "direction": state.direction,
        **_arrays("here", state.here),
        **_arrays("candidate", state.candidate),
        "pairs/model": np.stack([s for s, _ in pairs]) if pairs else None,
        "pairs/gradient": np.stack([y for _, y in pairs]) if pairs else None,
    }
    return {name: array for name, array in found.items() if array is not None}


def history_of(state: State) -> dict[str, Array]:
    """Give the history as columns."""
    return {
        column.name: np.array(
            [float(getattr(row, column.name)) for row in state.history], np.float64
        )
        for column in fields(Row)
    }


def state_of(document: Document, arrays: Arrays, history: Arrays) -> State:
    """Make the state that the three came from.

    Raises KeyError, TypeError or ValueError where something is missing or is none.
    """
    search, linear = document["search"], document["linear"]
    why = document["why"]
    return State(
        settings=Settings.of(document["settings"]),
        problem=_problem(document, arrays),
        phase=Phase(document["phase"]),
        asked=arrays["asked"],
        evaluation=int(document["evaluation"]),
        iteration=int(document["iteration"]),
        why=None if why is None else Why[why],
        here=_point("here", document, arrays),
        candidate=_point("candidate", document, arrays),
        direction=arrays.get("direction"),
        search=None if search is None else _search(search),
        memory=_memory(document, arrays),
        linear=None if linear is None else Linear(**linear),
        unit=float(document["unit"]),
        history=_rows(history),
    )


def _numbers(point: Point | None) -> dict[str, Any] | None:
    if point is None:
        return None
    return {
        "data": point.data,
        "model": point.model,
        "evaluation": point.evaluation,
    }


def _arrays(name: str, point: Point | None) -> dict[str, Array | None]:
    if point is None:
        return {}
    return {
        f"{name}/x": point.x,
        f"{name}/gradient": point.gradient,
        f"{name}/illumination": point.illumination,
    }


def _point(name: str, document: Document, arrays: Arrays) -> Point | None:
    numbers = document[name]
    if numbers is None:
        return None
    return Point(
        x=arrays[f"{name}/x"],
        gradient=arrays[f"{name}/gradient"],
        illumination=arrays.get(f"{name}/illumination"),
        **numbers,
    )


def _problem(document: Document, arrays: Arrays) -> Problem:
    return Problem(
        start=arrays["problem/start"],
        box=Box(arrays["problem/lower"], arrays["problem/upper"]),
        spacing_m=tuple(document["spacing_m"]),
        parameter=document["parameter"],
        reference=arrays.get("problem/reference"),
        smoothing_m=tuple(document["smoothing_m"]),
        local_smoothing_m=arrays.get("problem/local_smoothing_m"),
    )


def _search(numbers: Document) -> Search:
    high = numbers["high"]
    return Search(
        start=Trial(**numbers["start"]),
        low=Trial(**numbers["low"]),
        high=None if high is None else Trial(**high),
        step=numbers["step"],
        tried=numbers["tried"],
    )


def _memory(document: Document, arrays: Arrays) -> Memory:
    models, gradients = arrays.get("pairs/model"), arrays.get("pairs/gradient")
    pairs = (
        ()
        if models is None or gradients is None
        else tuple(zip(models, gradients, strict=True))
    )
    return Memory(pairs, **document["memory"])


def _rows(history: Arrays) -> tuple[Row, ...]:
    kinds = {column.name: column.type for column in fields(Row)}
    make = {"int": int, "float": float, "bool": bool}
    count = len(history["evaluation"])
    return tuple(
        Row(**{name: make[str(kind)](history[name][k]) for name, kind in kinds.items()})
        for k in range(count)
    )


def plain(value: float) -> float | None:
    """Give a number as JSON takes it: None where it is none."""
    return value if math.isfinite(value) else None
