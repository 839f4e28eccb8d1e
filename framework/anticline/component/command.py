"""What a solver registers to add a command to `anticline`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command of its own: `anticline NAME ...`.

    ``app`` names a `typer.Typer` ("package.module:app"), imported only when the
    command is called.
    """

    name: str
    app: str
    summary: str
