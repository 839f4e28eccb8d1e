"""What is wrong with a loop: what it starts with, carries, and ends by."""

from __future__ import annotations

from collections.abc import Iterator

from anticline.component.sections import lack
from anticline.component.types import Report
from anticline.errors import Finding
from anticline.workflow.check.inputs import both, short
from anticline.workflow.check.scope import Scope
from anticline.workflow.document.reading import Document
from anticline.workflow.graph import PREVIOUS, Link, Loop
from anticline.workflow.order import links


def check_loop(document: Document, around: Scope, loop: Loop) -> Iterator[Finding]:
    """Find what is wrong with a loop, its steps' own mistakes left out."""
    inside = around.inside(loop)
    for key, text in (
        *_names(around, loop),
        *_start(around, loop),
        *_carry(around, inside, loop),
        *_until(inside, loop),
    ):
        at = f"steps.{loop.name}.repeat.{key}"
        yield document.finding(at, f"step '{loop.name}': {text}")


Told = Iterator[tuple[str, str]]


def _names(around: Scope, loop: Loop) -> Told:
    for name in loop.steps:
        if name in around.workflow.steps:
            text = f"the name '{name}' is taken by a step outside; choose another"
            yield f"steps.{name}", text
    read = {
        link.port
        for step in loop.steps.values()
        for link in links(step)
        if link.step == PREVIOUS
    }
    if loop.steps and not read:
        text = f"no step reads {PREVIOUS}.NAME, so every iteration would be the same"
        yield "steps", text


def _start(around: Scope, loop: Loop) -> Told:
    for name, source in loop.start.items():
        key = f"start.{name}"
        if name not in loop.carry:
            text = f"start '{name}' is not carried; let its readers read {source}"
            yield key, text
        if not isinstance(source, Link):
            if trouble := lack(source):
                yield key, f"start '{name}': {short(source)} {trouble}"
            continue
        offer = around.offer(source)
        if isinstance(offer, str):
            yield key, f"start '{name}': '{source}': {offer}"
        elif offer.root is not None:
            yield key, f"start '{name}': {_several(source, offer.root)}"


def _several(link: Link, root: str) -> str:
    return f"'{link}' is one of each element of '{root}', and one file is needed"


def _carry(around: Scope, inside: Scope, loop: Loop) -> Told:
    if not loop.carry:
        yield "carry", "'carry' is missing: what an iteration hands to the next"
    for name, link in loop.carry.items():
        key = f"carry.{name}"
        if trouble := _not_inside(link, inside, loop):
            yield key, f"carry '{name}': {trouble}"
            continue
        if name not in loop.start:
            continue
        gives, begins = inside.given(link).type, around.given(loop.start[name]).type
        if gives is not None and begins is not None and gives != begins:
            carried, started = both(gives, begins)
            text = f"carry '{name}' is {carried}, and start '{name}' is {started}"
            yield key, text


def _until(inside: Scope, loop: Loop) -> Told:
    if not loop.until.step:
        return
    if trouble := _not_inside(loop.until, inside, loop):
        yield "until", f"'until': {trouble}"
        return
    gives = inside.given(loop.until).type
    if gives is not None and gives != Report:
        yield (
            "until",
            f"'until' needs a {Report.name}, '{loop.until}' is a {gives.name}",
        )


def _not_inside(link: Link, inside: Scope, loop: Loop) -> str | None:
    """Say why a link names no single output of a step of the loop."""
    if link.step not in loop.steps and inside.step(link.step) is not None:
        return f"'{link}' is outside of the loop; name one of its steps"
    if link.step == PREVIOUS:
        return f"'{link}' is of the iteration before; name a step of the loop"
    offer = inside.offer(link)
    if isinstance(offer, str):
        return f"'{link}': {offer}"
    return None if offer.root is None else _several(link, offer.root)
