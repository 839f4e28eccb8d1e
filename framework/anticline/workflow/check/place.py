"""A step and where it is written, for what is found of it."""

from __future__ import annotations

from dataclasses import dataclass

from anticline.component.declare import Component
from anticline.errors import Finding
from anticline.workflow.check.scope import Scope
from anticline.workflow.document.reading import Document
from anticline.workflow.graph import Step


@dataclass(frozen=True)
class Place:
    """A step in its document.

    at : its key in the document's lines. label : "image", or "invert/update".
    """

    document: Document
    scope: Scope
    step: Step
    at: str
    label: str

    @property
    def component(self) -> Component | None:
        """The step's component, where it is installed."""
        return self.scope.component(self.step)

    def finding(self, key: str, text: str) -> Finding:
        """Say something about a part of the step ("inputs.model") at its line."""
        return self.document.finding(f"{self.at}.{key}", f"step '{self.label}': {text}")
