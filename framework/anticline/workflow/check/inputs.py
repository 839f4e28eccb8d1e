"""What is wrong with a step's inputs: links, files, types, gathers."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from anticline.component.declare import Component, Input
from anticline.component.findings import unknown_key
from anticline.component.sections import lack
from anticline.component.types import PortType
from anticline.errors import Finding
from anticline.workflow.check.place import Place
from anticline.workflow.check.scope import Offer
from anticline.workflow.graph import Link, Source


def each(given: Source | tuple[Source, ...]) -> tuple[Source, ...]:
    """Give the sources of an input, one or many."""
    return given if isinstance(given, tuple) else (given,)


def check_links(place: Place) -> Iterator[Finding]:
    """Find links to what is not there, and files that are not."""
    for name, given in place.step.inputs.items():
        for source in each(given):
            if isinstance(source, Link):
                offer = place.scope.offer(source)
                trouble = offer if isinstance(offer, str) else None
                text = f"input '{name}': '{source}': {trouble}"
            else:
                trouble = lack(source)
                text = f"input '{name}': {short(source)} {trouble}"
            if trouble:
                yield place.finding(f"inputs.{name}", text)


def check_inputs(place: Place, component: Component) -> Iterator[Finding]:
    """Hold the inputs to what the component declares."""
    declared = {item.name: item for item in component.inputs}
    given = place.step.inputs
    for name, source in given.items():
        if name not in declared:
            text = unknown_key(name, list(declared), "input")
            yield place.finding(f"inputs.{name}", text)
            continue
        yield from _check_input(place, declared[name], source)
    for name, item in declared.items():
        if not item.optional and not meant(place, "inputs", name, given, declared):
            text = f"input '{name}' is missing: {item.type.name}, {item.summary}"
            yield place.finding("inputs", text)


def meant(
    place: Place,
    section: str,
    name: str,
    given: Collection[str],
    declared: Collection[str],
) -> bool:
    """Tell whether a name is given, or written wrong, which is told already."""
    if name in given or _written(place, section, name):
        return True
    unknown = [key for key in given if key not in declared]
    return bool(difflib.get_close_matches(name, unknown, n=1, cutoff=0.6))


def _written(place: Place, section: str, name: str) -> bool:
    """Tell whether a name is written, and what it says could not be read."""
    return f"{place.at}.{section}.{name}" in place.document.lines


def _check_input(
    place: Place, item: Input, given: Source | tuple[Source, ...]
) -> Iterator[Finding]:
    key = f"inputs.{item.name}"
    if isinstance(given, tuple) and not item.many:
        text = f"input '{item.name}' takes one file, a list is given"
        yield place.finding(key, text)
        return
    if not each(given) and not item.optional:
        yield place.finding(key, f"input '{item.name}' needs at least one file")
    root = place.scope.root(place.step.name)
    for source in each(given):
        offer = place.scope.offer(source) if isinstance(source, Link) else None
        if not isinstance(source, Link) or not isinstance(offer, Offer):
            continue
        if offer.type is not None and offer.type != item.type:
            takes, gives = both(item.type, offer.type)
            text = f"input '{item.name}' takes {takes}, '{source}' gives {gives}"
            yield place.finding(key, text)
        if offer.root is not None and offer.root != root and not item.many:
            text = (
                f"input '{item.name}' takes one file, '{source}' is one of each "
                f"element of '{offer.root}'; follow it (scatter: {source.step}), or "
                "use a component that takes many"
            )
            yield place.finding(key, text)


def both(one: PortType, other: PortType) -> tuple[str, str]:
    """Name two types so that they differ: by name, unit, or format."""
    if one.name != other.name:
        return one.name, other.name
    if one.unit != other.unit:
        return f"{one.name} [{one.unit}]", f"{other.name} [{other.unit}]"
    if one.format != other.format:
        return f"{one.name} ({one.format})", f"{other.name} ({other.format})"
    return f"{one.name} ({one!r})", f"{other.name} ({other!r})"


def short(path: Path) -> Path:
    """Give a path from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
