"""The binary header, bytes 3201 to 3600: byte order, revision, format, counts.

What the header does not say (byte order before revision 2) or says wrongly is told
by the case. Detection, in this order:

    byte order   stated; the constant 16909060 at byte 3297 (revision 2); the order in
                 which the format code at byte 3225 is one of the standard's
    revision     stated; the major number at byte 3501, or at 3502 where it was written
                 as a plain integer
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anticline_solvers.formats.segy import samples

TEXT_BYTES = 3200
BINARY_BYTES = 400
BIG, LITTLE = ">", "<"
ORDERS = {"big": BIG, "little": LITTLE}
ORDER_NAMES = {BIG: "big-endian", LITTLE: "little-endian"}
FEET, METRES = 2, 1

_ORDER_MARK = 16909060
_PAIRS_SWAPPED = b"\x02\x01\x04\x03"


class Unusable(ValueError):
    """A header nothing can be read by; the text says what was found and is needed."""


@dataclass(frozen=True)
class Stated:
    """What a case says in the place of the headers; None: as the file says.

    byte_order : ">" or "<". revision : 0, 1 or 2. sample_format : a code of `samples`.
    n_samples : of every trace. interval : in the header's unit, a millionth of a
        second or of a kilometre.
    header_map : bytes of trace header fields that are not where the standard puts them,
        sorted pairs.
    """

    byte_order: str | None = None
    revision: int | None = None
    sample_format: int | None = None
    n_samples: int | None = None
    interval: float | None = None
    header_map: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class BinaryHeader:
    """What the binary header says.

    code : of the sample format. n_samples, interval : 0 where it does not say.
    extended_texts : textual headers after it, -1 for as many as there are.
    first_byte : offset of the first trace, 0 where it does not say.
    extra_headers : further 240-byte headers of a trace.
    trailers : 3200-byte blocks after the traces, -1 for any number.
    n_traces : 0 where it does not say. system : of measurement, 2 for feet.
    notes : what is unusual and harmless.
    """

    order: str
    revision: int
    code: int
    n_samples: int
    interval: float
    extended_texts: int = 0
    first_byte: int = 0
    extra_headers: int = 0
    trailers: int = 0
    n_traces: int = 0
    system: int = 0
    notes: tuple[str, ...] = ()


def parse(raw: bytes, stated: Stated) -> BinaryHeader:
    """Read the 400 bytes; Unusable where order or format cannot be told."""
    order = stated.byte_order or _order_of(raw, stated)
    code = stated.sample_format or _code_of(raw, order)
    revision, notes = _revision_of(raw, order, stated)
    common: dict[str, Any] = {
        "order": order,
        "revision": revision,
        "code": code,
        "n_samples": _get(raw, order, "H", 3221),
        "interval": float(_get(raw, order, "H", 3217)),
        "system": _get(raw, order, "h", 3255),
        "notes": tuple(notes),
    }
    if revision >= 1:
        common["extended_texts"] = _get(raw, order, "h", 3505)
    return BinaryHeader(**common | (_revision_2(raw, order) if revision == 2 else {}))


def _revision_2(raw: bytes, order: str) -> dict[str, Any]:
    """Read what revision 2 adds; a long count or interval replaces the short one."""
    found: dict[str, Any] = {
        "extra_headers": _get(raw, order, "i", 3507),
        "n_traces": _get(raw, order, "Q", 3513),
        "first_byte": _get(raw, order, "Q", 3521),
        "trailers": _get(raw, order, "i", 3529),
    }
    if n_samples := _get(raw, order, "I", 3269):
        found["n_samples"] = n_samples
    interval = _get(raw, order, "d", 3273)
    if math.isfinite(interval) and interval > 0.0:
        found["interval"] = interval
    return found


def _get(raw: bytes, order: str, kind: str, byte: int) -> Any:
    return struct.unpack_from(order + kind, raw, byte - TEXT_BYTES - 1)[0]


def _order_of(raw: bytes, stated: Stated) -> str:
    if raw[96:100] == _PAIRS_SWAPPED:
        msg = (
            "its bytes are swapped in pairs (byte 3297 reads 0x02010403), which is not "
            "read here; convert the file to big- or little-endian"
        )
        raise Unusable(msg)
    for order in (BIG, LITTLE):
        if _get(raw, order, "I", 3297) == _ORDER_MARK:
            return order
    for order in (BIG, LITTLE):
        if _get(raw, order, "h", 3225) in samples.KINDS:
            return order
    codes = [_get(raw, order, "h", 3225) for order in (BIG, LITTLE)]
    if stated.sample_format is not None:
        msg = (
            f"the format code at byte 3225 is {codes[0]}, which does not tell the byte "
            "order; state byte_order as well"
        )
        raise Unusable(msg)
    raise Unusable(_no_format(codes))


def _no_format(codes: Sequence[int]) -> str:
    if 4 in codes:
        return (
            "the format code at byte 3225 is 4, fixed point with gain, obsolete since "
            "revision 1 and not read here; convert the file to format 5"
        )
    return (
        f"the format code at byte 3225 is {codes[0]} ({codes[-1]} in the other byte "
        f"order), needed is one of {', '.join(map(str, samples.KINDS))}; it is no "
        "SEG-Y file, or state byte_order and sample_format"
    )


def _code_of(raw: bytes, order: str) -> int:
    other = LITTLE if order == BIG else BIG
    code, swapped = (_get(raw, o, "h", 3225) for o in (order, other))
    if code in samples.KINDS:
        return int(code)
    if swapped in samples.KINDS:
        msg = (
            f"the format code at byte 3225 is {code} in {ORDER_NAMES[order]} order and "
            f"{swapped} in {ORDER_NAMES[other]} order; state the other byte_order, or "
            "leave it out"
        )
        raise Unusable(msg)
    raise Unusable(_no_format([code, swapped]))


def _revision_of(raw: bytes, order: str, stated: Stated) -> tuple[int, list[str]]:
    major, minor = raw[300], raw[301]
    if stated.revision is not None:
        return stated.revision, []
    if major in (1, 2):
        return major, []
    if major == 0 and minor in (1, 2):
        text = f"revision written as the integer {minor} (byte 3502), not as {minor}.0"
        return minor, [text]
    if _get(raw, order, "I", 3297) == _ORDER_MARK:
        return 2, [f"revision {major}.{minor} (byte 3501) with revision 2's byte mark"]
    if (major, minor) == (0, 0):
        return 0, []
    return 0, [f"revision {major}.{minor} (byte 3501) is none known; read as 0"]
