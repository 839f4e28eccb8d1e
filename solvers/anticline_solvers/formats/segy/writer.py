"""A new SEG-Y file, made by segyio: file headers first, then traces in blocks."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import segyio
from numpy.typing import NDArray

from anticline.errors import Failed
from anticline_solvers.formats.hdf5 import part_of
from anticline_solvers.formats.segy import fields, samples, text
from anticline_solvers.formats.segy.binary import METRES, ORDER_NAMES, TEXT_BYTES

MOST_SHORT = 65535
SHOT_ORDER, STACKED = 5, 4
"""Sorting codes of byte 3229: common source point; horizontally stacked."""


@dataclass(frozen=True)
class NewFile:
    """What a file to be written is like.

    order : ">" or "<". code : of the sample format, one of `samples.WRITTEN`.
    interval : of the samples, a millionth of a second or kilometre.
    lines : of the textual header, at most 37. sorting : code of byte 3229.
    """

    order: str
    revision: int
    code: int
    n_samples: int
    n_traces: int
    interval: float
    lines: Sequence[str] = ()
    sorting: int = SHOT_ORDER

    @property
    def size(self) -> int:
        """Bytes of the file."""
        trace = fields.HEADER_BYTES + self.n_samples * samples.size(self.code)
        return 3600 + self.n_traces * trace

    def faults(self) -> list[str]:
        """Say what a revision cannot hold."""
        found = []
        if self.revision < 2 and self.n_samples > MOST_SHORT:
            found.append(
                f"{self.n_samples:,} samples a trace; revision {self.revision} holds "
                f"{MOST_SHORT:,}: write revision 2"
            )
        whole = abs(self.interval - round(self.interval)) < 1e-9 * self.interval
        if self.revision < 2 and not (whole and 1 <= self.interval <= MOST_SHORT):
            found.append(
                f"the sample interval is {self.interval:g} millionths; revision "
                f"{self.revision} holds whole ones from 1 to {MOST_SHORT:,}: write "
                "revision 2"
            )
        return found


class Writer:
    """The traces of a file being written, in order."""

    def __init__(self, file: Any, new: NewFile) -> None:
        self._file, self._new, self._next = file, new, 0

    def put(
        self,
        headers: Mapping[str, NDArray[np.integer]],
        values: NDArray[np.float32],
    ) -> None:
        """Append traces.

        headers : integers (n,) each, by the names of `fields`; sample count and
            interval are added. values : float32 (n, n_samples).
        """
        new, first = self._new, self._next
        last = first + len(values)
        exponent = samples.exponent_for(values, new.code)
        fixed = {
            fields.byte_of("samples"): new.n_samples % 2**16,
            fields.byte_of("sample_interval"): round(new.interval) % 2**16,
            fields.byte_of("weighting"): exponent,
        }
        bytes_of = [fields.byte_of(name) for name in headers]
        rows = zip(*(column.tolist() for column in headers.values()), strict=True)
        for trace, row in enumerate(rows, first):
            self._file.header[trace] = (
                {
                    fields.byte_of("line_trace"): trace + 1,
                    fields.byte_of("file_trace"): trace + 1,
                }
                | fixed
                | dict(zip(bytes_of, row, strict=True))
            )
        stored = samples.as_stored(values, new.code, exponent)
        self._file.trace.raw[first:last] = np.ascontiguousarray(stored)
        self._next = last


@contextmanager
def write_segy(path: Path, new: NewFile) -> Iterator[Writer]:
    """Give a writer; the file takes its name once the block ends without error.

    On an error the unfinished file is removed and `path` is as it was before. Raises
    ValueError for what the revision cannot hold, Failed where the disk is full.
    """
    if faults := new.faults():
        raise ValueError("; ".join(faults))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        with segyio.create(str(part), _spec(new)) as file:
            file.text[0] = text.written(new.lines, new.revision).decode(text.EBCDIC)
            _put_binary(file, new)
            yield Writer(file, new)
        _finish(part, new)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        msg = f"{path} cannot be written ({error}); nothing is left of it"
        raise Failed(msg) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _spec(new: NewFile) -> Any:
    spec = segyio.spec()
    spec.format = new.code
    spec.samples = np.arange(new.n_samples) * new.interval / 1000.0
    spec.tracecount = new.n_traces
    spec.endian = ORDER_NAMES[new.order].partition("-")[0]
    return spec


def _put_binary(file: Any, new: NewFile) -> None:
    field = segyio.BinField
    file.bin.update(
        {
            field.JobID: 1,
            field.Traces: 0,
            field.AuxTraces: 0,
            field.Interval: round(new.interval) % 2**16,
            field.IntervalOriginal: 0,
            field.Samples: new.n_samples % 2**16 if new.revision < 2 else 0,
            field.SamplesOriginal: 0,
            field.Format: new.code,
            field.SortingCode: new.sorting,
            field.MeasurementSystem: METRES,
            field.SEGYRevision: new.revision,
            field.SEGYRevisionMinor: 0,
            field.TraceFlag: 1,
            field.ExtendedHeaders: 0,
        }
    )


def _finish(part: Path, new: NewFile) -> None:
    """Write what segyio has no field for or does not swap; bring the file to disk."""
    long_ones: list[tuple[int, str, float]] = [
        (3501, "B", new.revision),
        (3502, "B", 0),
    ]
    if new.revision == 2:
        long_ones += [
            (3221, "H", new.n_samples if new.n_samples <= MOST_SHORT else 0),
            (3269, "I", new.n_samples),
            (3273, "d", new.interval),
            (3297, "I", 16909060),
            (3513, "Q", new.n_traces),
            (3521, "Q", TEXT_BYTES + 400),
        ]
    if (size := part.stat().st_size) != new.size:
        msg = f"{size:,} of {new.size:,} bytes were written"
        raise OSError(errno.ENOSPC, msg)
    with part.open("r+b") as file:
        for byte, kind, value in long_ones:
            file.seek(byte - 1)
            file.write(struct.pack(new.order + kind, value))
        file.flush()
        os.fsync(file.fileno())
