"""Where each trace of a SEG-Y file lies: `read_layout`.

    3200 text, 400 binary, extended texts, then for each trace its header(s) and
    samples, all traces of one length, then trailers

The sizes the headers state are held to the size of the file. What contradicts itself
is a doubt: a description shows it, an import refuses it unless the case states what
is right. What nothing can be read by is refused at once.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anticline.errors import BadInput, Finding
from anticline_solvers.formats.segy import fields, samples, text
from anticline_solvers.formats.segy.binary import (
    BINARY_BYTES,
    FEET,
    ORDER_NAMES,
    TEXT_BYTES,
    BinaryHeader,
    Stated,
    Unusable,
    parse,
)

FILE_HEADER_BYTES = TEXT_BYTES + BINARY_BYTES
MOST_TEXTS = 1000


@dataclass(frozen=True)
class Layout:
    """How the bytes of a file are traces.

    order : ">" or "<". first_byte : offset of the first trace, from 0.
    header_bytes, trace_bytes : of a trace, its headers and all of it.
    n_samples, n_traces : the same for every trace, at least 1; whole traces.
    interval : of the samples, a millionth of a second or kilometre; 0 where unknown.
    length_unit_m : of coordinates and elevations.
    doubts : what contradicts itself. notes : what is unusual and harmless.
    """

    path: Path
    size: int
    order: str
    revision: int
    code: int
    first_byte: int
    header_bytes: int
    n_samples: int
    n_traces: int
    interval: float
    length_unit_m: float
    header_map: tuple[tuple[str, int], ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def trace_bytes(self) -> int:
        """Bytes of a trace, headers included."""
        return self.header_bytes + self.n_samples * samples.size(self.code)

    def byte_of(self, trace: int, header_byte: int = 1) -> int:
        """Byte of the file, from 1, where a byte of a trace (from 0) lies."""
        return self.first_byte + trace * self.trace_bytes + header_byte

    def fault(self, text_: str) -> BadInput:
        """Make the error that says `text_` about the file."""
        return BadInput([Finding(str(self.path), None, text_)])

    def insist(self) -> None:
        """Raise BadInput with every doubt, if there is one."""
        if self.doubts:
            raise BadInput([Finding(str(self.path), None, t) for t in self.doubts])


def read_layout(path: Path, stated: Stated | None = None) -> Layout:
    """Find out how a file is laid out; reads its headers and the first trace's.

    Raises BadInput where the file is absent, too short or no SEG-Y file.
    """
    path, stated = Path(path), stated or Stated()
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            return _layout_of(path, file, size, stated)
    except Unusable as error:
        raise BadInput([Finding(str(path), None, str(error))]) from error
    except OSError as error:
        found = f"cannot be read ({error.strerror}); make it or correct the path"
        raise BadInput([Finding(str(path), None, found)]) from error


def _layout_of(path: Path, file: BinaryIO, size: int, stated: Stated) -> Layout:
    start = file.read(FILE_HEADER_BYTES)
    least = FILE_HEADER_BYTES + fields.HEADER_BYTES
    if size < least:
        msg = (
            f"has {size:,} bytes; a SEG-Y file has {FILE_HEADER_BYTES:,} of headers "
            f"and at least one trace header of {fields.HEADER_BYTES}: it is cut short "
            "or no SEG-Y file"
        )
        raise Unusable(msg)
    header = parse(start[TEXT_BYTES:], stated)
    first_byte = _first_byte(file, header, size)
    header_bytes = fields.HEADER_BYTES * (1 + _count(header.extra_headers, "3507"))
    file.seek(first_byte)
    trace_1 = _TraceSays.of(file.read(fields.HEADER_BYTES), header.order, stated)
    room = size - first_byte - TEXT_BYTES * _trailers(header)
    sizing = _Sizing(header, stated, trace_1, room, header_bytes, first_byte)
    n_samples = sizing.n_samples()
    n_traces = sizing.n_traces(n_samples)
    interval = sizing.interval()
    return Layout(
        path,
        size,
        header.order,
        header.revision,
        header.code,
        first_byte,
        header_bytes,
        n_samples,
        n_traces,
        interval,
        0.3048 if header.system == FEET else 1.0,
        stated.header_map,
        tuple(sizing.doubts),
        header.notes + _skipped(header),
    )


def _skipped(header: BinaryHeader) -> tuple[str, ...]:
    """Note the further headers of a trace, which are not read."""
    if not header.extra_headers:
        return ()
    return (f"{header.extra_headers} further headers a trace (byte 3507) are skipped",)


def _count(value: int, byte: str) -> int:
    if 0 <= value <= 2**16:
        return value
    msg = f"{value} at byte {byte} counts header blocks; needed is 0 to 65536"
    raise Unusable(msg)


def _trailers(header: BinaryHeader) -> int:
    if header.trailers >= 0:
        return header.trailers
    msg = (
        f"{header.trailers} at byte 3529 stands for a variable number of trailers, "
        "which is not read here; write the file with their number, or state revision: 1"
    )
    raise Unusable(msg)


def _first_byte(file: BinaryIO, header: BinaryHeader, size: int) -> int:
    """Find the first trace: stated (revision 2), or after the extended texts."""
    least = FILE_HEADER_BYTES
    if header.first_byte:
        if least <= header.first_byte <= size - fields.HEADER_BYTES:
            return header.first_byte
        msg = (
            f"the first trace is at byte {header.first_byte:,} of a file of {size:,} "
            "bytes, says byte 3521; correct it, or state revision: 1"
        )
        raise Unusable(msg)
    count = header.extended_texts
    if count == -1:
        count = _counted_texts(file, size)
    first_byte = least + TEXT_BYTES * count
    if 0 <= count <= MOST_TEXTS and first_byte + fields.HEADER_BYTES <= size:
        return first_byte
    msg = (
        f"{header.extended_texts} extended textual headers (byte 3505) do not fit a "
        f"file of {size:,} bytes; it is cut short, or state revision: 0 to ignore them"
    )
    raise Unusable(msg)


def _counted_texts(file: BinaryIO, size: int) -> int:
    """Count extended texts up to the one that ends them."""
    for number in range(min(MOST_TEXTS, size // TEXT_BYTES)):
        file.seek(FILE_HEADER_BYTES + number * TEXT_BYTES)
        if text.ends_texts(file.read(TEXT_BYTES)):
            return number + 1
    msg = (
        "byte 3505 is -1, so the extended textual headers end with ((SEG: EndText)), "
        "and none does; it is cut short, or state revision: 0 to ignore them"
    )
    raise Unusable(msg)


@dataclass(frozen=True)
class _TraceSays:
    """Sample count and interval that the first trace header states."""

    n_samples: int
    interval: int

    @classmethod
    def of(cls, raw: bytes, order: str, stated: Stated) -> _TraceSays:
        moved = dict(stated.header_map)
        return cls(
            *(
                struct.unpack_from(order + "H", raw, fields.byte_of(name, moved) - 1)[0]
                for name in ("samples", "sample_interval")
            )
        )


class _Sizing:
    """Weighs what headers, case and file size say; gathers the doubts."""

    def __init__(
        self,
        header: BinaryHeader,
        stated: Stated,
        trace_1: _TraceSays,
        room: int,
        header_bytes: int,
        first_byte: int,
    ) -> None:
        self._header, self._stated, self._trace_1 = header, stated, trace_1
        self._room, self._header_bytes = room, header_bytes
        self._first_byte = first_byte
        self.doubts: list[str] = []

    def _bytes(self, n_samples: int) -> int:
        return self._header_bytes + n_samples * samples.size(self._header.code)

    def _fits(self, n_samples: int) -> bool:
        whole = self._bytes(n_samples)
        return n_samples > 0 and whole <= self._room and self._room % whole == 0

    def n_samples(self) -> int:
        """Choose the count: stated, else the header's that fits the file's size."""
        if self._stated.n_samples is not None:
            return self._stated.n_samples
        said, first = self._header.n_samples, self._trace_1.n_samples
        if said and first and said % 2**16 != first:
            self.doubts.append(
                f"{said} samples a trace says the binary header (byte 3221), {first} "
                f"trace 1 (byte {self._first_byte + 115:,}); the size of the file fits "
                f"{self._which(said, first)}; state n_samples"
            )
            return first if self._fits(first) and not self._fits(said) else said
        if said or first:
            return said or first
        msg = "no header says how many samples a trace has (bytes 3221, 115); state it"
        raise Unusable(msg + " as n_samples")

    def _which(self, said: int, first: int) -> str:
        fitting = [str(n) for n in (said, first) if self._fits(n)]
        return " and ".join(fitting) or "neither"

    def n_traces(self, n_samples: int) -> int:
        """Count whole traces; one that is cut short is a doubt."""
        whole, start = self._bytes(n_samples), self._first_byte
        count, rest = divmod(max(self._room, 0), whole)
        if count == 0:
            msg = (
                f"trace 1 starts at byte {start + 1:,} and takes {whole:,} bytes "
                f"({n_samples:,} samples), {max(self._room, 0):,} are there; it is cut "
                f"short, the sample count (byte 3221) is wrong or the byte order "
                f"({ORDER_NAMES[self._header.order]}) is"
            )
            raise Unusable(msg)
        if rest:
            self.doubts.append(
                f"cut short at trace {count + 1:,}, which starts at byte "
                f"{start + count * whole + 1:,} and takes {whole:,} bytes, {rest:,} "
                f"are there; copy the file again, or state n_samples where "
                f"{n_samples:,} a trace (byte 3221) is wrong"
            )
        said = self._header.n_traces
        if said and said != count:
            self.doubts.append(
                f"{said:,} traces says byte 3513, the size of the file fits {count:,}; "
                "copy the file again, or state revision: 1 to ignore the number"
            )
        return count

    def interval(self) -> float:
        """Choose the interval: stated, else the binary header's, else trace 1's."""
        if self._stated.interval is not None:
            return self._stated.interval
        said, first = self._header.interval, self._trace_1.interval
        if said and first and abs(said - first) >= 1.0:
            self.doubts.append(
                f"sample interval {said:g} says the binary header (byte 3217), {first} "
                f"trace 1 (byte {self._first_byte + 117:,}), in millionths; state the "
                "sample interval"
            )
        return float(said or first)
