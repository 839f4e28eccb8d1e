"""Where each keyword of a deck stands, and which included files there are.

The parser gives keywords in order, without places; the files' own lines give the
places: a keyword's name opens a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticline.errors import Finding

DEEPEST = 20
_NAME = re.compile(r"([A-Z][A-Z0-9_+-]{0,31})\s*(?:$|/|--|\s)")


@dataclass(frozen=True)
class Line:
    """A line's first word that may be a keyword, and its place."""

    word: str
    file: str
    line: int


@dataclass(frozen=True)
class Scan:
    """Words that open lines, files in order of reading, and what is wrong."""

    lines: tuple[Line, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


def scan(path: Path) -> Scan:
    """Read a deck's lines and those of the files that it includes."""
    files: list[str] = []
    findings: list[Finding] = []
    lines = tuple(_lines(path, path.parent, files, findings, {}))
    return Scan(lines, tuple(files), tuple(findings))


def _lines(
    path: Path,
    home: Path,
    files: list[str],
    findings: list[Finding],
    aliases: dict[str, str],
) -> Iterator[Line]:
    if len(files) >= 1000 or files.count(str(path)) >= DEEPEST:
        text = "is included again and again; remove the INCLUDE that closes the circle"
        findings.append(Finding(str(path), None, text))
        return
    files.append(str(path))
    content = path.read_text(encoding="latin-1").splitlines()
    rows = iter(enumerate(content, start=1))
    for number, row in rows:
        match = _NAME.match(row.upper().expandtabs())
        if not match:
            continue
        word = match.group(1)
        yield Line(word, str(path), number)
        if word == "END":
            return
        if word == "ENDINC":
            return
        if word == "PATHS":
            aliases.update(_aliases(rows))
        if word == "INCLUDE":
            target, place = _target(rows, row[match.end(1) :], number, aliases)
            there = home / target
            if not target or not there.is_file():
                text = (
                    f"INCLUDE: there is no file {there}; put it there, or mend the name"
                )
                findings.append(Finding(str(path), place, text))
                continue
            yield from _lines(there, home, files, findings, aliases)


def _words(row: str) -> list[str]:
    bare = re.split(r"--", row)[0] if "'" not in row else row
    return [
        token.strip("'") for token in re.findall(r"'[^']*'|/(?=\s|$)|[^\s']+", bare)
    ]


def _target(
    rows: Iterator[tuple[int, str]], rest: str, number: int, aliases: dict[str, str]
) -> tuple[str, int]:
    while True:
        for word in _words(rest):
            if word.startswith("--"):
                break
            if word != "/":
                return _with_aliases(word, aliases), number
        try:
            number, rest = next(rows)
        except StopIteration:
            return "", number


def _with_aliases(word: str, aliases: dict[str, str]) -> str:
    for name, folder in aliases.items():
        word = word.replace(f"${name}", folder)
    return word.replace("\\", "/")


def _aliases(rows: Iterator[tuple[int, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, row in rows:
        words = _words(row)
        if words and words[0] == "/":
            break
        if len(words) >= 2:
            found[words[0]] = words[1]
    return found


def places(names: Sequence[str], lines: Sequence[Line]) -> list[Line | None]:
    """Give the line of each of the parser's keywords, in order."""
    found: list[Line | None] = []
    at = 0
    for name in names:
        here = next((i for i in range(at, len(lines)) if lines[i].word == name), None)
        if here is None:
            found.append(None)
            continue
        found.append(lines[here])
        at = here + 1
    return found
