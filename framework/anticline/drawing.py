"""Pictures of files: the viewer of a file's format is found, asked and held to.

A viewer comes from a solver through the entry-point group `anticline.viewers`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from anticline.component.findings import unknown_key
from anticline.component.registry import VIEWERS, Found, discover, resolve
from anticline.component.viewer import Viewer
from anticline.errors import BadInput, Finding


def viewers() -> Found[Viewer]:
    """Find what draws files."""
    return discover(VIEWERS, Viewer)


def plot(
    files: Path | str | Iterable[Path | str],
    out: Path | str | None = None,
    options: Mapping[str, str] | None = None,
) -> list[Path]:
    """Draw files with the viewers of their formats; returns the pictures.

    ``out`` is a folder, or of a single file a picture where it has a suffix; default:
    the folder of each file. ``options`` go to the viewers as text.

    Raises
    ------
    BadInput
        No such file, no viewer for it, or an option the viewer does not have; the
        other files are drawn all the same.
    """
    paths = [Path(files)] if isinstance(files, Path | str) else list(map(Path, files))
    target = None if out is None else Path(out)
    if target is not None and target.suffix and len(paths) > 1:
        msg = f"{len(paths)} files cannot be drawn into {target}; name a folder"
        raise BadInput(msg)
    known = viewers()
    drawn: list[Path] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            drawn += _plot(path, target, dict(options or {}), known)
        except BadInput as error:
            findings += error.findings
    if findings:
        raise BadInput(findings)
    return drawn


def _plot(
    path: Path, out: Path | None, options: dict[str, str], known: Found[Viewer]
) -> list[Path]:
    if not path.is_file():
        raise BadInput(Finding(str(path), None, "is not there"))
    viewer = _viewer_of(path, known)
    draw = _usable(viewer, viewer.draw)
    _check_options(draw, options)
    target = path.parent if out is None else out
    folder = target.parent if target.suffix else target
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"cannot be made: {error.strerror}; name another with --out"
        raise BadInput(Finding(str(folder), None, text)) from error
    drawn: list[Path] = draw(path, target, **options)
    return drawn


def _viewer_of(path: Path, found: Found[Viewer]) -> Viewer:
    formats = set()
    for viewer in found.items.values():
        form = _usable(viewer, viewer.recognise)(path)
        if form == viewer.format:
            return viewer
        formats |= {form} if form else set()
    known = ", ".join(sorted(viewer.format for viewer in found.items.values()))
    what = f"is {', '.join(sorted(formats))}" if formats else "has an unknown format"
    text = f"{what}; drawn are: {known or 'none'}"
    broken = "".join(f"; {plugin}" for plugin in found.broken)
    raise BadInput(Finding(str(path), None, text + broken))


def _usable(viewer: Viewer, reference: str) -> Callable[..., Any]:
    try:
        return resolve(reference)
    except ImportError as error:
        msg = f"viewer '{viewer.name}' cannot be used: {error}; see: anticline doctor"
        raise BadInput(msg) from error


def _check_options(draw: Callable[..., object], given: Mapping[str, str]) -> None:
    parameters = list(inspect.signature(draw).parameters.values())[2:]
    if any(item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters):
        return
    names = [item.name for item in parameters]
    unknown = [key for key in given if key not in names]
    if unknown:
        own = f"options of this file: {', '.join(names) or 'none'}"
        raise BadInput([*(unknown_key(key, names, "option") for key in unknown), own])
