"""The identity of a result: what made it, not where it lies.

    fingerprint = sha256(component, its version, parameters, sha256 of each input)

A component whose inputs carry the story of their making (when, on how many ranks)
declares a `digest` that leaves the story out; else an input is its bytes.

Paths, output names, ranks and parameters that only say how (memory, ranks for a
shot) are no part of it: the same question asked in another folder on more ranks
has the same answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from anticline.component.registry import resolve


def fingerprint(
    component: str,
    version: str,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, str],
) -> str:
    """Give 64 hexadecimal digits; ``inputs`` maps names to content hashes."""
    identity = {
        "component": component,
        "version": version,
        "parameters": dict(parameters),
        "inputs": dict(inputs),
    }
    text = json.dumps(identity, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def file_sha256(path: Path, digest: str | None = None) -> str:
    """Hash a file of any size, read in pieces; again only after it changed.

    digest : "package.module:function", asked first; it may give None.
    """
    status = path.stat()
    return _file_sha256(str(path.resolve()), status.st_size, status.st_mtime_ns, digest)


def list_sha256(hashes: Iterable[str]) -> str:
    """Hash a list of files by the hashes of its files, in their order."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _file_sha256(path: str, size: int, modified_ns: int, digest: str | None) -> str:
    meant: str | None = resolve(digest)(Path(path)) if digest else None
    if meant is not None:
        return meant
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
