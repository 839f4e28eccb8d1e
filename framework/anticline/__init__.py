"""anticline: subsurface workflows as batch jobs.

The public verbs, imported when first used: `components`, `check`, `run`, `plot`.
The contract for solvers is `anticline.component`, the errors are
`anticline.errors`.
"""

from __future__ import annotations

from typing import Any

_VERBS = ("check", "components", "plot", "run")

__all__ = ["__version__", "check", "components", "plot", "run"]


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
