"""A catalogue in YAML, format anticline-catalogue/1.

    format: anticline-catalogue/1
    datasets:
      valhall:
        title: Velocities below our platform
        license: CC-BY-4.0
        citation: A. Author (2026), Velocities, https://doi.org/10.1234/abc
        files:
          vp:
            path: vp.bin
            bytes: 599104
            sha256: 241c0f90b16c09dc280ecee6e4d009dbebbd243c7256efc73708da43ea34297e
            url: https://example.org/vp.bin

docs/reference/data.md lists every key.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from anticline.component.catalogue.declare import Archive, DataFile, Dataset
from anticline.component.declare import DeclarationError
from anticline.component.document import Node, read_document
from anticline.component.findings import Findings, check_keys, section
from anticline.errors import BadInput

FORMAT = "anticline-catalogue/1"
DATASET = (
    *("title", "license", "license_url", "citation", "doi", "homepage", "folder"),
    *("archives", "files"),
)
ARCHIVE = ("url", "sha256", "bytes")
FILE = ("path", *ARCHIVE, "summary", "archive", "members", "terms")
_LEVELS = 5  # of nested mappings: datasets, NAME, files, NAME, key

T = TypeVar("T")


def read_catalogue(path: Path) -> tuple[Dataset, ...]:
    """Read a catalogue.

    Raises
    ------
    BadInput
        With every finding, each ``file:line  message``.
    """
    top, found = read_document(path, _LEVELS)
    findings = Findings(str(path), found)
    check_keys(top, ("format", "datasets"), "key", findings)
    form = top.get("format")
    if form is None or form.value != FORMAT:
        line = 1 if form is None else form.line
        findings.add(line, f"'format: {FORMAT}' is needed")
    datasets = [
        _dataset(name, node, findings)
        for name, node in section(top, "datasets", findings).value.items()
    ]
    if findings.found:
        raise BadInput(findings.in_order())
    return tuple(item for item in datasets if item is not None)


def _dataset(name: str, node: Node, findings: Findings) -> Dataset | None:
    entry = _entry(name, node, DATASET, findings)
    texts = {key: entry.text(key) for key in DATASET[:-2]}
    archives = entry.each("archives", _archive)
    files = entry.each("files", _file)
    return entry.make(
        lambda: Dataset(name, files=tuple(files), archives=tuple(archives), **texts)
    )


def _archive(name: str, node: Node, findings: Findings) -> Archive | None:
    entry = _entry(name, node, ARCHIVE, findings)
    return entry.make(
        lambda: Archive(name, entry.text("url"), entry.sha256(), entry.size())
    )


def _file(name: str, node: Node, findings: Findings) -> DataFile | None:
    entry = _entry(name, node, FILE, findings)
    return entry.make(
        lambda: DataFile(
            name,
            entry.text("path"),
            entry.sha256(),
            entry.size(),
            summary=entry.text("summary"),
            url=entry.text("url"),
            archive=entry.text("archive"),
            members=entry.texts("members"),
            terms=entry.value("terms", bool, "true or false", False),
        )
    )


def _entry(name: str, node: Node, keys: tuple[str, ...], findings: Findings) -> _Entry:
    if not isinstance(node.value, dict):
        findings.add(node.line, f"'{name}' needs 'key: value' pairs")
        return _Entry(name, Node({}, node.line), findings)
    check_keys(node.value, keys, "key", findings)
    return _Entry(name, node, findings)


class _Entry:
    """One mapping of the document, taken apart; what is wrong is noted."""

    def __init__(self, name: str, node: Node, findings: Findings) -> None:
        self._name, self._node, self._findings = name, node, findings
        self._known = len(findings.found)

    def value(self, key: str, kind: type[T], needed: str, default: T) -> T:
        """Give a value of that kind, or the default where it is absent."""
        node = self._node.value.get(key)
        if node is None or node.value is None:
            return default
        if isinstance(node.value, kind) and (
            kind is bool or not isinstance(node.value, bool)
        ):
            return node.value
        self._findings.add(node.line, f"'{self._name}': {key} needs {needed}")
        return default

    def text(self, key: str) -> str:
        """Give a text on one line, without spaces at its ends."""
        return " ".join(self.value(key, str, "text", "").split())

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts."""
        given = self.value(key, list, "a list of texts", [])
        if not all(isinstance(item, str) for item in given):
            line = self._node.value[key].line
            self._findings.add(line, f"'{self._name}': {key} needs a list of texts")
            return ()
        return tuple(given)

    def sha256(self) -> str:
        """Give the checksum, "" for the word unknown."""
        return self._known_or_unknown("sha256", str, "64 digits in quotes") or ""

    def size(self) -> int | None:
        """Give the length, None for the word unknown."""
        return self._known_or_unknown("bytes", int, "a whole number")

    def _known_or_unknown(self, key: str, kind: type[T], needed: str) -> T | None:
        node = self._node.value.get(key)
        if node is None:
            line = self._node.line
            text = f"'{self._name}': {key} is missing; where nobody knows it: unknown"
            self._findings.add(line, text)
        if node is None or node.value == "unknown":
            return None
        found: T | None = self.value(key, kind, f"{needed}, or unknown", None)
        return found

    def each(
        self, key: str, read: Callable[[str, Node, Findings], T | None]
    ) -> list[T]:
        """Read every entry of a mapping in this one."""
        entries = section(self._node.value, key, self._findings).value
        found = [read(name, node, self._findings) for name, node in entries.items()]
        return [item for item in found if item is not None]

    def make(self, build: Callable[[], T]) -> T | None:
        """Build the declaration; what it refuses is a finding at this entry's line."""
        try:
            made = build()
        except DeclarationError as error:
            if len(self._findings.found) == self._known:
                self._findings.add(self._node.line, str(error))
            return None
        return made if len(self._findings.found) == self._known else None
