"""A deck file read: parsed in a process of its own, every keyword with its line."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from anticline.errors import BadInput, Finding
from anticline_solvers.reservoir.deck.keywords import SECTIONS, Deck, Keyword, Record
from anticline_solvers.reservoir.deck.locating import Scan, places, scan

LONGEST_S = 600.0
_PLACE = re.compile(r"In (?P<file>.+?) line (?P<line>\d+)")
_KEYWORD = re.compile(r"Problem with keyword (?P<name>\S+)")
_MODULE = "anticline_solvers.reservoir.deck.parsing"


def read_deck(path: Path) -> Deck:
    """Read a deck and the files that it includes; BadInput says all that is wrong."""
    if not path.is_file():
        raise BadInput(Finding(str(path), None, "there is no such deck"))
    scanned = scan(path)
    if scanned.findings:
        raise BadInput(scanned.findings)
    return _deck(path, scanned, _parsed(path))


def _parsed(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", _MODULE, str(path.resolve())]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        text = f"the parser does not end within {LONGEST_S:g} s; look for repeat counts"
        raise BadInput(Finding(str(path), None, text)) from None
    if done.returncode == 0:
        result: dict[str, Any] = pickle.loads(done.stdout)
        return result
    raise BadInput(_fault(path, done.stderr.decode("utf-8", "replace")))


def _fault(path: Path, said: str) -> Finding:
    """Turn the parser's words into a finding with a place."""
    if "ModuleNotFoundError" in said:
        text = (
            "the parser of decks, the package opm, is not installed; on x86_64 "
            "`make setup` installs it, elsewhere prepare the model there and copy it"
        )
        return Finding(str(path), None, text)
    place = _PLACE.search(said)
    keyword = _KEYWORD.search(said)
    told = [
        row.strip()
        for row in said.splitlines()
        if row.strip() and not _PLACE.search(row) and not _KEYWORD.search(row)
    ]
    words = "; ".join(told[:4])[:400] or "the parser ended without a word"
    if "MemoryError" in said or "bad_alloc" in said:
        words = "takes more memory than a deck may; look for repeat counts"
    name = f"{keyword.group('name')}: " if keyword else ""
    if place is None:
        return Finding(str(path), None, name + words)
    return Finding(
        _file(place.group("file"), path), int(place.group("line")), name + words
    )


def _file(name: str, path: Path) -> str:
    return str(path) if Path(name).name == path.name else name


def _deck(path: Path, scanned: Scan, result: dict[str, Any]) -> Deck:
    raw = result["keywords"]
    where = places([name for name, _ in raw], scanned.lines)
    section, keywords = "", []
    for (name, records), line in zip(raw, where, strict=True):
        section = name if name in SECTIONS else section
        made = tuple(Record(_plain(values), given) for values, given in records)
        place = (line.file, line.line) if line else (str(path), None)
        keywords.append(Keyword(name, section, made, *place))
    return Deck(str(path), scanned.files, str(result["units"]).upper(), tuple(keywords))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Single values of lists of one number stay lists: a table may have one row."""
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in values.items()
    }
