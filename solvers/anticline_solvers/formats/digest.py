"""What a file means, apart from how it was made; and whether outputs are finished.

    digest = sha256 over every group and data set in the order of its path: its kind,
             its attributes, and of a data set type, shape and values

The group `provenance` is left out: the time of making, the number of ranks and the
machine change nothing of what the file says. Nor do HDF5's own layout and storage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline.component import Case
from anticline_solvers.formats.hdf5 import format_of
from anticline_solvers.formats.provenance import GROUP, read_provenance

PIECE_BYTES = 64 * 1024**2


def digest(path: Path) -> str | None:
    """Give the sha256 of what an anticline file means; None for any other file.

    Reads it once, PIECE_BYTES (or one plane) in memory at a time. A file that cannot
    be read to its end is any other file too: its bytes are what it is.
    """
    if format_of(path) is None:
        return None
    total = hashlib.sha256()
    try:
        with h5py.File(path, "r") as file:
            for name, item in _items(file):
                total.update(f"{type(item).__name__} {name}\n".encode())
                _add_attributes(total, item)
                if isinstance(item, h5py.Dataset):
                    _add_values(total, item)
    except (OSError, RuntimeError, KeyError, TypeError, ValueError):
        return None
    return total.hexdigest()


def _items(group: h5py.Group) -> Iterator[tuple[str, Any]]:
    """Give a group and all below it but the provenance, in the order of their paths."""
    yield str(group.name), group
    for name in sorted(group):
        item = group[name]
        if isinstance(item, h5py.Group):
            if item.name != f"/{GROUP}":
                yield from _items(item)
        else:
            yield str(item.name), item


def _add_attributes(total: Any, item: h5py.Group | h5py.Dataset) -> None:
    for name in sorted(item.attrs):
        _add_array(total, name, np.asarray(item.attrs[name]))


def _add_values(total: Any, data: h5py.Dataset) -> None:
    total.update(f"{data.dtype.str} {data.shape}\n".encode())
    if data.shape in ((), None) or 0 in data.shape:
        _add_array(total, "value", np.asarray(data[()]))
        return
    plane = data.size // data.shape[0] * data.dtype.itemsize
    rows = max(1, PIECE_BYTES // plane)
    for first in range(0, data.shape[0], rows):
        _add_bytes(total, np.asarray(data[first : first + rows]))


def _add_array(total: Any, name: str, values: np.ndarray[Any, Any]) -> None:
    total.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
    _add_bytes(total, values)


def _add_bytes(total: Any, values: np.ndarray[Any, Any]) -> None:
    """Add values as they lie in memory; texts of any length with their lengths."""
    if values.dtype.hasobject:
        for text in values.ravel():
            coded = text if isinstance(text, bytes) else str(text).encode()
            total.update(f"{len(coded)}\n".encode() + coded)
    else:
        total.update(np.ascontiguousarray(values).data)


def finished(case: Case) -> bool:
    """Tell whether every output is there as the result of this very case."""
    wanted = case.fingerprint()
    return all(_made_by(path) == wanted for path in case.outputs.values())


def _made_by(path: Path) -> str:
    """Give the fingerprint of the case that made a file, or nothing."""
    if format_of(path) is None:
        return ""
    with h5py.File(path, "r") as file:
        return str(read_provenance(file).get("fingerprint", ""))
