"""The words of a component that is an executable; placeholders stand for a case.

    command=(
        "stack_images", "--order", "{parameters.order}", "{inputs.images}",
        ("--mask", "{inputs.mask}"),
        "--out={outputs.image}",
    )

{inputs.NAME}, {outputs.NAME}   absolute paths; those of a list are words of their own
{parameters.NAME}               its value in the declared unit; a list's are words too
{ranks}, {python}               how many ranks run; the Python that runs anticline

Inside of a longer word, the values of a list are joined by commas. A group of words is
left out where one of its placeholders stands for nothing: an optional port or a
parameter that the case does not give. A bool is written true or false; {{ is a brace.
"""

from __future__ import annotations

import os
import shutil
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from anticline.component.case import Case

Words = str | tuple[str, ...]
RANKS, PYTHON = "ranks", "python"
_ROLES = ("inputs", "outputs", "parameters")


class Declaration(Protocol):
    """The part of a component that placeholders may name."""

    @property
    def inputs(self) -> tuple[Any, ...]:
        """Its input files."""

    @property
    def outputs(self) -> tuple[Any, ...]:
        """Its output files."""

    @property
    def parameters(self) -> tuple[Any, ...]:
        """Its parameters."""


def misused(command: Any, declared: Declaration) -> str | None:
    """Say what is wrong with a command; None: nothing."""
    if not isinstance(command, tuple) or not command:
        return "must be a tuple of words"
    if not all(isinstance(word, str) and word for word in _flat(command)):
        return "must be words, and tuples of words that may be left out"
    if not isinstance(command[0], str) or "{" in command[0].replace("{python}", ""):
        return "must begin with the name of a program"
    try:
        named = {name for word in _flat(command) for name in _placeholders(word)}
        bare = {
            name
            for word in command
            if isinstance(word, str)
            for name in _placeholders(word)
        }
    except ValueError as error:
        return f"has a word that is no pattern: {error}"
    return _unknown(named, declared) or _unsure(bare, named, declared)


def _unknown(named: set[str], declared: Declaration) -> str | None:
    known = {RANKS, PYTHON} | set(_declared(declared))
    if strange := sorted(named - known):
        return f"names {{{strange[0]}}}; known are {', '.join(sorted(known))}"
    return None


def _unsure(bare: set[str], named: set[str], declared: Declaration) -> str | None:
    for name, part in _declared(declared).items():
        sure = not getattr(part, "optional", getattr(part, "default", 0) is None)
        if name in bare and not sure:
            return f"needs {{{name}}} in a group of words: a case may leave it out"
        if name.startswith("outputs.") and sure and name not in named:
            return f"does not say where {{{name}}} is to be written"
    return None


def _declared(declared: Declaration) -> dict[str, Any]:
    return {
        f"{role}.{part.name}": part
        for role in _ROLES
        for part in getattr(declared, role)
    }


def _flat(command: tuple[Words, ...]) -> Iterator[str]:
    for words in command:
        yield from words if isinstance(words, tuple) else (words,)


def _placeholders(word: str) -> list[str]:
    """Name the placeholders of a word; ValueError where a brace is left open."""
    found = []
    for _, name, form, conversion in string.Formatter().parse(word):
        if name is None:
            continue
        if form or conversion:
            msg = f"{word!r} formats {{{name}}}"
            raise ValueError(msg)
        found.append(name)
    return found


def command_line(
    command: tuple[Words, ...], values: Mapping[str, tuple[str, ...] | None]
) -> tuple[str, ...]:
    """Give the words, placeholders replaced.

    values : of every placeholder ("inputs.model"), as texts; None: it stands for
    nothing, and its group is left out.
    """
    line: list[str] = []
    for words in command:
        group = (words,) if isinstance(words, str) else words
        names = [name for word in group for name in _placeholders(word)]
        if all(values.get(name) is not None for name in names):
            for word in group:
                line += _filled(word, values)
    return tuple(line)


def _filled(word: str, values: Mapping[str, tuple[str, ...] | None]) -> list[str]:
    parts = list(string.Formatter().parse(word))
    if len(parts) == 1 and parts[0][0] == "" and parts[0][1] is not None:
        return list(values[parts[0][1]] or ())
    text = ""
    for literal, name, _, _ in parts:
        text += literal
        if name is not None:
            text += ",".join(values[name] or ())
    return [text]


def texts_of(
    case: Case, outputs: Mapping[str, Path], ranks: int
) -> dict[str, tuple[str, ...] | None]:
    """Give the texts of every placeholder for a case.

    outputs : where each is written; those of the case, or files beside them.
    """
    values: dict[str, tuple[str, ...] | None] = {
        RANKS: (str(ranks),),
        PYTHON: (sys.executable,),
    }
    values |= {f"inputs.{k}": _paths([path]) for k, path in case.inputs.items()}
    values |= {f"inputs.{k}": _paths(paths) for k, paths in case.lists.items()}
    values |= {f"outputs.{k}": _paths([path]) for k, path in outputs.items()}
    values |= {f"parameters.{k}": _value(v) for k, v in case.parameters.items()}
    return values


def _paths(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(str(Path.cwd() / path) for path in paths)


def _value(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, dict):
        return tuple(f"{name}={value}" for name, value in given.items())
    items = given if isinstance(given, list) else [given]
    return tuple(_text(item) for item in items)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def program(command: tuple[Words, ...]) -> str | None:
    """Find the executable on the PATH, or beside this Python; None: it is nowhere."""
    name = str(command[0])
    if name == f"{{{PYTHON}}}":
        return sys.executable
    return shutil.which(name) or shutil.which(
        name, path=os.fspath(Path(sys.executable).parent)
    )
