"""The key of a task: what its result depends on, known before it runs.

    key = sha256(component, its version, parameters that say what,
                 keys of the tasks it reads with the port, content of outside files)

A task is done where its `ended.json` says code 0 with this key and its outputs are
there. Editing a workflow so changes the keys of what was edited and of all that
depends on it, and of nothing else. Ranks, threads, queues and parameters that only say
how are no part of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anticline.component.declare import Component
from anticline.component.values import fit
from anticline.workflow.tasks.task import Product, Task

HASHES = "hashes.json"


class FileHashes:
    """sha256 of outside files, remembered in a file while size and time stay.

    path : of the memory, such as RUN/hashes.json; one that cannot be read is empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[Any]] = {}
        self._changed = False
        with contextlib.suppress(OSError, ValueError):
            self._known = dict(json.loads(path.read_text(encoding="utf-8")))

    def of(self, file: Path) -> str:
        """Hash a file, read whole only where it changed; OSError where it cannot."""
        status = file.stat()
        stamp = [status.st_size, status.st_mtime_ns]
        known = self._known.get(str(file))
        if known is None or known[:2] != stamp:
            with file.open("rb") as stream:
                known = [*stamp, hashlib.file_digest(stream, "sha256").hexdigest()]
            self._known[str(file)] = known
            self._changed = True
        return str(known[2])

    def save(self) -> None:
        """Write what was learned, beside and renamed."""
        if not self._changed:
            return
        beside = self._path.with_name(self._path.name + ".part")
        beside.write_text(json.dumps(self._known), encoding="utf-8")
        beside.replace(self._path)
        self._changed = False


class Keys:
    """Keys of the tasks of one run; ask for a task after those that it reads."""

    def __init__(self, components: Mapping[str, Component], hashes: FileHashes) -> None:
        self._components, self._hashes = components, hashes
        self._known: dict[str, str] = {}

    def of(self, task: Task) -> str:
        """Give 64 hexadecimal digits; remembered."""
        if task.id not in self._known:
            self._known[task.id] = self._make(task)
        return self._known[task.id]

    def _make(self, task: Task) -> str:
        component = self._components[task.component]
        identity = {
            "component": component.name,
            "version": component.version,
            "parameters": parameters(component, task.parameters),
            "inputs": {name: self._input(given) for name, given in task.inputs.items()},
        }
        text = json.dumps(identity, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _input(self, given: Path | Product | tuple[Path | Product, ...]) -> Any:
        if isinstance(given, tuple):
            return [self._input(part) for part in given]
        if isinstance(given, Product):
            return [self._known[given.task], given.port]
        return self._hashes.of(given)


def parameters(component: Component, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fit the parameters that a result depends on, defaults filled in.

    Raises
    ------
    ValueProblem
        A value that does not fit its declaration.
    """
    return {
        p.name: fit(p, given[p.name]) if p.name in given else p.default
        for p in component.parameters
        if p.identity
    }
