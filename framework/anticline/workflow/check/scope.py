"""What a link means where it is written, and what it gives.

in a step of the workflow   other steps and loops
in a step of a loop         the loop's steps and `previous`, then those around it
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from anticline.component.declare import Component
from anticline.component.findings import unknown_key
from anticline.component.registry import Registry
from anticline.component.types import PortType
from anticline.workflow.graph import (
    PREVIOUS,
    Follow,
    Link,
    Loop,
    Source,
    Step,
    Workflow,
)


@dataclass(frozen=True)
class Offer:
    """What a link gives: files of a type (None: not known), one an element of root."""

    type: PortType | None
    root: str | None = None


@dataclass(frozen=True)
class Scope:
    """The names of one place in a workflow.

    broken : steps that are written and could not be read; nothing is said of them.
    """

    workflow: Workflow
    registry: Registry
    broken: Collection[str] = ()
    loop: Loop | None = None

    def inside(self, loop: Loop) -> Scope:
        """Give the scope of a loop's steps."""
        return replace(self, loop=loop)

    def step(self, name: str) -> Step | Loop | None:
        """Find what a name stands for here."""
        if self.loop is not None and name in self.loop.steps:
            return self.loop.steps[name]
        return self.workflow.steps.get(name)

    @property
    def names(self) -> list[str]:
        """Every name that a link may begin with here."""
        inner = [] if self.loop is None else [*self.loop.steps, PREVIOUS]
        return [*inner, *self.workflow.steps]

    def component(self, step: Step) -> Component | None:
        """Find a step's component."""
        return self.registry.components.get(step.component)

    def root(self, name: str) -> str | None:
        """Name the step whose grid a step is scattered over; None: it is not."""
        seen: set[str] = set()
        while isinstance(entry := self.step(name), Step) and name not in seen:
            seen.add(name)
            if entry.scatter is None:
                return None
            if not isinstance(entry.scatter, Follow):
                return name
            name = entry.scatter.step
        return None

    def offer(self, link: Link) -> Offer | str:
        """Say what a link gives, or what is wrong with it."""
        if link.step == PREVIOUS:
            return self._previous(link.port)
        entry = self.step(link.step)
        if entry is None:
            if link.step in self.broken or not link.step:
                return Offer(None)
            return unknown_key(link.step, self.names, "step")
        if isinstance(entry, Loop):
            return self._carried(entry, link.port)
        return self._output(entry, link.port)

    def _output(self, step: Step, port: str) -> Offer | str:
        component = self.component(step)
        if component is None:
            return Offer(None, self.root(step.name))
        types = {output.name: output.type for output in component.outputs}
        if port not in types:
            unknown = unknown_key(port, list(types), "output")
            return f"'{step.name}' ({component.name}) has it not: {unknown}"
        return Offer(types[port], self.root(step.name))

    def _carried(self, loop: Loop, name: str) -> Offer | str:
        if name not in loop.carry:
            unknown = unknown_key(name, list(loop.carry), "name")
            return f"the loop '{loop.name}' does not carry it: {unknown}"
        return self.inside(loop).given(loop.carry[name])

    def _previous(self, name: str) -> Offer | str:
        if self.loop is None:
            return f"'{PREVIOUS}' is known to the steps of a loop alone"
        if name not in self.loop.start:
            unknown = unknown_key(name, list(self.loop.start), "name")
            return f"'start' of the loop '{self.loop.name}' has it not: {unknown}"
        return replace(self, loop=None).given(self.loop.start[name])

    def given(self, source: Source) -> Offer:
        """Say what a source gives, where what is wrong with it is told elsewhere."""
        offer = self.offer(source) if isinstance(source, Link) else Offer(None)
        return Offer(None) if isinstance(offer, str) else offer
