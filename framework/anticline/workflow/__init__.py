"""What to run: steps of components, linked by their files.

graph     a workflow as frozen data; order: what comes before what
document  reading it from YAML or JSON, writing it again; its JSON Schema
check     everything that keeps it from running
tasks     what runs of it, and where its files lie
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anticline.workflow.graph import (
    Follow,
    Grid,
    Link,
    Loop,
    Request,
    Step,
    Workflow,
    previous,
)

if TYPE_CHECKING:
    from anticline.workflow.check.whole import check_workflow
    from anticline.workflow.document.reading import Document, read_workflow
    from anticline.workflow.document.writing import write_workflow
    from anticline.workflow.tasks.expand import expand

__all__ = [
    "Document",
    "Follow",
    "Grid",
    "Link",
    "Loop",
    "Request",
    "Step",
    "Workflow",
    "check_workflow",
    "expand",
    "previous",
    "read_workflow",
    "write_workflow",
]

_LATER = {
    "Document": "document.reading",
    "check_workflow": "check.whole",
    "expand": "tasks.expand",
    "read_workflow": "document.reading",
    "write_workflow": "document.writing",
}


def __getattr__(name: str) -> Any:
    """Import what reads and writes when it is asked for: ranks need none of it."""
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"anticline.workflow.{_LATER[name]}"), name)
    msg = f"module 'anticline.workflow' has no attribute {name!r}"
    raise AttributeError(msg)
