"""The header fields of every trace, from one pass over a file: `index_of`.

A small file's index is made in memory each time. A large one's is streamed into
HDF5 (`anticline-segy-index/1`: one int32 data set a field) in the cache folder, under
a name made of everything it depends on: path, size, time of change, a hash over the
file headers and up to 64 trace headers, and the header mapping.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from anticline.errors import BadInput
from anticline_solvers.formats.hdf5 import open_checked, write_new
from anticline_solvers.formats.segy import fields
from anticline_solvers.formats.segy.layout import Layout
from anticline_solvers.formats.segy.samples import is_integer
from anticline_solvers.formats.segy.traces import TraceFile

FORMAT = "anticline-segy-index/1"
IN_MEMORY_TRACES = 200_000
SAMPLED_HEADERS = 64
CACHE = "ANTICLINE_CACHE"
COLUMNS = tuple(name for name in fields.FIELDS if not name.endswith("_trace"))

Column = NDArray[np.int32]


class Index:
    """Header fields of all traces of a file, by name.

    layout : of the file. stored : the arrays, or the HDF5 file that holds them.
    """

    def __init__(self, layout: Layout, stored: dict[str, Column] | Path) -> None:
        self.layout = layout
        self._stored = stored

    @property
    def n_traces(self) -> int:
        """Traces of the file."""
        return self.layout.n_traces

    def columns(self, *names: str, part: slice | None = None) -> dict[str, Column]:
        """Give fields of all traces or of a range of them, int32 (n,) each."""
        where = slice(None) if part is None else part
        if isinstance(self._stored, dict):
            return {name: self._stored[name][where] for name in names}
        with open_checked(self._stored, FORMAT) as file:
            return {name: file[name][where] for name in names}

    def column(self, name: str) -> Column:
        """Give one field of all traces, int32 (n,)."""
        return self.columns(name)[name]

    def exponents(self) -> Column:
        """Weighting N of all traces, (n,): 0 unless samples are integers."""
        column = self.column("weighting")
        if is_integer(self.layout.code):
            return column
        return np.zeros_like(column)

    def parts(self, size: int = 2**18) -> Iterator[slice]:
        """Cut the traces into ranges, to go through columns piece by piece."""
        for first in range(0, self.n_traces, size):
            yield slice(first, min(first + size, self.n_traces))


def index_of(
    layout: Layout,
    cache: Path | None = None,
    advance: Callable[[int], None] = lambda _traces: None,
) -> Index:
    """Give the index of a file: kept, made in memory, or made and kept.

    cache : folder; left out, that of the user. advance : told of traces done.
    """
    with TraceFile(layout) as file:
        if layout.n_traces <= IN_MEMORY_TRACES:
            return Index(layout, _in_memory(file, advance))
        kept = (cache or cache_folder()) / f"{_key(file)}.h5"
        if not _is_whole(kept, layout.n_traces):
            _make(file, kept, advance)
    return Index(layout, kept)


def cache_folder() -> Path:
    """Name the folder of kept indexes; made where it is not there.

    ANTICLINE_CACHE, else the user's cache, else a temporary folder of the user's.
    """
    if asked := os.environ.get(CACHE):
        folder = Path(asked).expanduser() / "segy"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    home = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    temporary = Path(tempfile.gettempdir()) / f"anticline-{os.getuid()}"
    for root in (home / "anticline", temporary):
        try:
            (root / "segy").mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(root / "segy", os.W_OK):
            return root / "segy"
    msg = f"no folder to keep the index of a large SEG-Y file in; set {CACHE} to one"
    raise BadInput(msg)


def identity(file: TraceFile) -> dict[str, int | str]:
    """Tell one state of a file from another: size, time of change, hash of headers."""
    layout = file.layout
    status = layout.path.stat()
    digest = hashlib.sha256()
    with layout.path.open("rb") as stream:
        digest.update(stream.read(3600))
    chosen = np.linspace(0, layout.n_traces - 1, SAMPLED_HEADERS).astype(int)
    for trace in np.unique(chosen).tolist():
        digest.update(file.headers(trace, trace + 1).tobytes())
    return {
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "sha256": digest.hexdigest(),
    }


def _key(file: TraceFile) -> str:
    """Hash everything that an index depends on."""
    layout = file.layout
    facts = [
        FORMAT,
        str(layout.path.resolve()),
        identity(file),
        [layout.order, layout.first_byte, layout.trace_bytes, layout.n_traces],
        layout.header_map,
    ]
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _in_memory(file: TraceFile, advance: Callable[[int], None]) -> dict[str, Column]:
    found = {name: np.empty(file.layout.n_traces, np.int32) for name in COLUMNS}
    for first, headers in file.header_chunks():
        for name, column in found.items():
            column[first : first + len(headers)] = headers[name]
        advance(len(headers))
    return found


def _make(file: TraceFile, path: Path, advance: Callable[[int], None]) -> None:
    """Stream the headers of a file into an index."""
    n = file.layout.n_traces
    with write_new(path, FORMAT, {}) as index:
        index.attrs["n_traces"] = n
        for name in COLUMNS:
            index.create_dataset(
                name, (n,), np.int32, chunks=(min(n, 2**16),), compression="lzf"
            )
        for first, headers in file.header_chunks():
            for name in COLUMNS:
                index[name][first : first + len(headers)] = headers[name]
            advance(len(headers))


def _is_whole(path: Path, n_traces: int) -> bool:
    """Tell whether a kept index can be used."""
    try:
        with h5py.File(path, "r") as file:
            return (
                file.attrs.get("format") == FORMAT
                and int(file.attrs["n_traces"]) == n_traces
                and all(file[name].shape == (n_traces,) for name in COLUMNS)
            )
    except (OSError, KeyError, AttributeError):
        return False
