"""Gathers that stay in a SEG-Y file: which traces each shot has, and how to read one.

The group `segy` of an `anticline-gathers-index/1` file: the SEG-Y file's path, state
and layout as attributes, and for each trace of each shot its number in the file, the
delay of its first sample and the exponent of its integers. A shot is read, shifted by
its delays and given as the gathers of any other file; one shot is in memory at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from anticline.errors import BadInput, Finding
from anticline_solvers.formats import contents
from anticline_solvers.formats.segy.index import identity
from anticline_solvers.formats.segy.layout import Layout
from anticline_solvers.formats.segy.samples import weighted
from anticline_solvers.formats.segy.traces import TraceFile

GROUP = "segy"
WHOLE = 1e-6
"""A delay this close to a whole number of samples is one."""

_NUMBERS = ("first_byte", "header_bytes", "n_samples", "n_traces", "code", "revision")
_STATE = ("size", "mtime_ns", "sha256")


@dataclass(frozen=True, eq=False)
class Link:
    """The traces of a survey in a SEG-Y file.

    layout, state : of the file; the state as `index.identity` gives it.
    first : int64 (shots + 1,): shot k has the rows first[k] to first[k + 1] - 1 of
    trace : int64 (n,), number in the file, from 0;
    shift : float64 (n,), samples that the first one lies behind time 0;
    exponent : int16 (n,), N of integers: value = stored * 2^-N.
    """

    layout: Layout
    state: dict[str, Any]
    first: NDArray[np.int64]
    trace: NDArray[np.int64]
    shift: NDArray[np.float64]
    exponent: NDArray[np.int16]


def write_link(file: h5py.File, link: Link) -> None:
    """Add the group to an open file."""
    group, layout = file.create_group(GROUP), link.layout
    group.attrs["path"] = str(layout.path.resolve())
    group.attrs["byte_order"] = layout.order
    group.attrs["interval"] = layout.interval
    for name in _NUMBERS:
        group.attrs[name] = getattr(layout, name)
    for name in _STATE:
        group.attrs[name] = link.state[name]
    for name in ("first", "trace", "shift", "exponent"):
        group.create_dataset(name, data=getattr(link, name)).attrs["unit"] = "1"


def read_link(file: h5py.File) -> Link:
    """Read the group of an open file; BadInput where it is incomplete."""
    group = contents.group(file, GROUP)
    path = Path(str(contents.attribute(group, "path")))
    numbers: dict[str, Any] = {
        name: int(contents.number(group, name)) for name in _NUMBERS
    }
    layout = Layout(
        path=path,
        size=int(contents.attribute(group, "size")),
        order=str(contents.attribute(group, "byte_order")),
        interval=contents.number(group, "interval"),
        length_unit_m=1.0,
        **numbers,
    )
    arrays = {
        name: contents.dataset(group, name)[...]
        for name in ("first", "trace", "shift", "exponent")
    }
    state = {name: contents.attribute(group, name) for name in _STATE}
    return Link(layout, state, **arrays)


class LinkedTraces:
    """The gathers of a link, opened; a context manager.

    Raises BadInput where the SEG-Y file is gone or is not the one that was linked.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._file = TraceFile(link.layout)
        try:
            self._insist_same()
        except BadInput:
            self.close()
            raise

    def read(self, position: int, n_samples: int) -> NDArray[np.float32]:
        """Read the shot at a position of the survey, float32 (receivers, n_samples)."""
        link = self._link
        rows = slice(int(link.first[position]), int(link.first[position + 1]))
        traces = self._file.samples(link.trace[rows])
        traces = weighted(traces, link.exponent[rows])
        return shifted(traces, link.shift[rows], n_samples)

    def _insist_same(self) -> None:
        found, known = identity(self._file), self._link.state
        if found["size"] == int(known["size"]) and found["sha256"] == known["sha256"]:
            return
        text = (
            f"has changed since it was indexed ({int(known['size']):,} bytes then, "
            f"{found['size']:,} now, headers included); run segy.import_gathers again"
        )
        raise BadInput([Finding(str(self._link.layout.path), None, text)])

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> LinkedTraces:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def shifted(
    traces: NDArray[np.float32], shift: NDArray[np.float64], n_samples: int
) -> NDArray[np.float32]:
    """Put traces on a time axis that starts at 0.

    traces : (n, any length). shift : (n,), samples by which each starts late; a part
        of a sample is done in the frequency domain.

    float32 (n, n_samples); 0 where nothing was recorded.
    """
    found = np.zeros((len(traces), n_samples), np.float32)
    whole = np.rint(shift).astype(np.int64)
    for late in np.unique(whole).tolist():
        rows = np.flatnonzero(whole == late)
        part = traces[rows]
        rest = shift[rows] - late
        if (np.abs(rest) > WHOLE).any():
            part = _delayed(part, rest)
        kept = part[:, max(0, -late) : max(0, n_samples - late)]
        start = min(max(0, late), n_samples)
        found[rows, start : start + kept.shape[1]] = kept
    return found


def _delayed(traces: NDArray[np.float32], shift: NDArray[np.float64]) -> Any:
    """Delay traces by less than a sample."""
    n = traces.shape[1]
    padded = next_fast_len(2 * n, real=True)
    phase = np.exp(-2j * np.pi * rfftfreq(padded) * shift[:, None])
    return irfft(rfft(traces, padded, axis=1) * phase, padded, axis=1)[:, :n]
