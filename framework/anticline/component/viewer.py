"""What a solver registers so that `anticline plot` can draw its files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """Draws one file format.

    ``format`` is the name written inside the files ("anticline-image/1").
    ``recognise`` names a function ``(path: Path) -> str | None`` that gives a
    file's format, or None when it is not of its family; it reads a few bytes.
    ``draw`` names ``(path: Path, out: Path, **options: str) -> list[Path]``: it
    writes pictures into the folder ``out`` (or the file, when ``out`` has a
    suffix) and returns them. Options arrive as text from the command line.
    """

    name: str
    format: str
    recognise: str
    draw: str
    summary: str
