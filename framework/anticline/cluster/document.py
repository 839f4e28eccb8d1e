"""configs/clusters/*.yaml as a `Cluster`; every finding names its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from anticline.cluster.costs.filling import priced
from anticline.cluster.model import Cluster
from anticline.component.document import Node, parse, read_document
from anticline.component.findings import Findings, unknown_key
from anticline.errors import BadInput

LEVELS = 4  # cluster, queues, a queue, its node
LineOf = Callable[[Sequence[Any]], int]
"""Gives the line of the deepest part of a place that is written."""


def read_cluster(path: Path) -> Cluster:
    """Read a cluster description.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    return read_with_lines(path)[0]


def read_with_lines(path: Path) -> tuple[Cluster, LineOf]:
    """Read a cluster description, for findings about parts of it.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    top, found = read_document(path, LEVELS)
    return _cluster(top, Findings(str(path), found)), lambda place: _line(top, place)


def cluster_of(text: str, name: str) -> Cluster:
    """Read a cluster description that is no file yet; ``name`` is for the findings.

    Raises
    ------
    BadInput
        With every finding.
    """
    top, found = parse(text, name, LEVELS)
    return _cluster(top, Findings(name, found))


def _cluster(top: dict[str, Node], findings: Findings) -> Cluster:
    try:
        cluster = Cluster.model_validate(_plain(top))
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            place = [part for part in problem["loc"] if part != "[key]"]
            findings.add(_line(top, place), _text(problem, place))
        raise BadInput(findings.in_order()) from None
    if findings.found:
        raise BadInput(findings.in_order())
    return priced(cluster)


def _plain(value: Any) -> Any:
    if isinstance(value, Node):
        return _plain(value.value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _line(top: dict[str, Node], place: Sequence[Any]) -> int:
    """Find the line of the deepest part of ``place`` that is written."""
    line, here = 1, Node(top, 1)
    for part in place:
        if not isinstance(here.value, dict) or part not in here.value:
            break
        here = here.value[part]
        line = here.line
    return line


def _text(problem: Any, place: list[Any]) -> str:
    where = ".".join(str(part) for part in place)
    kind, found = problem["type"], problem["input"]
    if kind == "missing":
        return f"'{where}' is missing"
    if kind == "extra_forbidden":
        return unknown_key(where, _known(place), "key")
    needed = problem["msg"].removeprefix("Input should be ")
    if kind == "string_pattern_mismatch":
        needed = "a plain name"
    return f"'{where}': {found!r} found, {needed} is needed"


def _known(place: list[Any]) -> list[str]:
    """Name the keys that may stand where an unknown one stands."""
    made: type[BaseModel] | None = Cluster
    parts = iter(place[:-1])
    for part in parts:
        made = _model_at(made, part, parts) if made else None
    prefix = "".join(f"{part}." for part in place[:-1])
    return [prefix + name for name in made.model_fields] if made else []


def _model_at(
    made: type[BaseModel], part: Any, parts: Iterator[Any]
) -> type[BaseModel] | None:
    """Give the model of a key's value; of a mapping by name, that of its entries."""
    if part not in made.model_fields:
        return None
    kind = made.model_fields[part].annotation
    for inner in (kind, *get_args(kind)):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            if inner is not kind and get_origin(kind) is dict:
                next(parts, None)
            return inner
    return None
