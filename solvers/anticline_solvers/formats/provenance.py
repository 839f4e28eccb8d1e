"""Who made a file, from what: the group `provenance` of every file.

Each entry is an attribute: text and numbers as they are, anything else (the
parameters, the hashes of the inputs) as JSON text with sorted keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np

GROUP = "provenance"


def write_provenance(
    file: h5py.File, provenance: Mapping[str, object], fingerprint: str
) -> None:
    """Add the group to an open file; `fingerprint` names the case that made it."""
    group = file.create_group(GROUP)
    for key, value in sorted(provenance.items()):
        group.attrs[key] = _plain(value)
    group.attrs["fingerprint"] = fingerprint


def read_provenance(file: h5py.File) -> dict[str, Any]:
    """All entries, JSON decoded; an empty dict where the group is absent."""
    if GROUP not in file:
        return {}
    return {key: _decoded(value) for key, value in file[GROUP].attrs.items()}


def _plain(value: object) -> object:
    if isinstance(value, str | bool | int | float):
        return value
    return json.dumps(value, sort_keys=True, default=str)


def _decoded(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str) and value[:1] in ("{", "[", "n"):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
