"""What to run: steps of components, linked by their files.

- graph: Workflow, Step, Loop, Link, Grid, Follow: frozen data
- task: one run of one step's component, and where its files lie; places
- document: reading; loops, steps, sources, ranges: its parts; schema: for editors
- write: writing, comments kept; plain, rendering, editing: how
- check: all findings; scope: what a link means; asking: what components say
- expand: tasks; order, written, elements, planning, tree: how
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
    from anticline.workflow.check import check_workflow
    from anticline.workflow.document import Document, read_workflow
    from anticline.workflow.expand import expand
    from anticline.workflow.write import write_workflow

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
    "Document": "document",
    "check_workflow": "check",
    "read_workflow": "document",
    "write_workflow": "write",
}


def __getattr__(name: str) -> Any:
    """Import what reads and writes when it is asked for: ranks need none of it."""
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"anticline.workflow.{_LATER[name]}"), name)
    msg = f"module 'anticline.workflow' has no attribute {name!r}"
    raise AttributeError(msg)
