"""anticline: subsurface workflows as batch jobs.

The public verbs, imported when first used: `components`, `check`, `plot`; `run` for
cases, `run_workflow`, `resume`, `cancel` and `render` for workflows.
The contract for solvers is `anticline.component`, the errors are
`anticline.errors`.
"""

from __future__ import annotations

from typing import Any

_VERBS = (
    "cancel", "check", "components", "plot", "render", "resume", "run", "run_workflow",
)  # fmt: skip

__all__ = [
    "__version__",
    "cancel",
    "check",
    "components",
    "plot",
    "render",
    "resume",
    "run",
    "run_workflow",
]


def __getattr__(name: str) -> Any:
    """Import a verb, or look up the installed version, when it is asked for."""
    if name == "__version__":
        from anticline.component.context import code_version

        return code_version()
    if name in _VERBS:
        from anticline import operations

        return getattr(operations, name)
    msg = f"module 'anticline' has no attribute {name!r}"
    raise AttributeError(msg)
