"""SEG-Y files made byte by byte with struct, apart from the code under test."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

KINDS = {2: "i4", 3: "i2", 5: "f4", 6: "f8", 8: "i1", 9: "i8", 10: "u4", 11: "u2"}
KINDS |= {12: "u8", 16: "u1"}
ORDER_MARK = {3297: ("I", 16909060)}

Fields = Mapping[int, tuple[str, Any]]


@dataclass
class Made:
    """What a file to be made is like; bytes are counted from 1."""

    samples: Any
    order: str = ">"
    code: int = 5
    revision: int = 1
    interval: int = 4000
    extended: Sequence[bytes] = ()
    extra_headers: int = 0
    trailer: bytes = b""
    binary: dict[int, tuple[str, Any]] = field(default_factory=dict)
    headers: Sequence[Fields] = ()
    text: bytes = ("C 1 " + "MADE FOR A TEST").ljust(3200).encode("cp500")

    def bytes(self) -> bytes:
        values = np.asarray(self.samples)
        traces = b"".join(self._trace(k, row) for k, row in enumerate(values))
        texts = b"".join(self.extended)
        return self.text + self._binary() + texts + traces + self.trailer

    def _binary(self) -> bytes:
        ns = np.asarray(self.samples).shape[1]
        found = {
            3217: ("H", self.interval),
            3221: ("H", ns % 2**16),
            3225: ("h", self.code),
            3501: ("B", self.revision),
            3505: ("h", len(self.extended)),
        }
        if self.revision == 2:
            found |= ORDER_MARK | {3507: ("i", self.extra_headers)}
        return packed(400, self.order, found | self.binary, 3201)

    def _trace(self, k: int, row: Any) -> bytes:
        found: dict[int, tuple[str, Any]] = {
            1: ("i", k + 1),
            9: ("i", 1),
            13: ("i", k + 1),
            29: ("h", 1),
            115: ("H", len(row) % 2**16),
            117: ("H", self.interval),
        }
        if k < len(self.headers):
            found |= self.headers[k]
        header = packed(240, self.order, found, 1)
        return header + bytes(240 * self.extra_headers) + self._stored(row)

    def _stored(self, row: Any) -> bytes:
        if self.code == 1:
            return b"".join(ibm(float(x)).to_bytes(4, _name(self.order)) for x in row)
        if self.code in (7, 15):
            signed = self.code == 7
            return b"".join(
                int(x).to_bytes(3, _name(self.order), signed=signed) for x in row
            )
        return np.asarray(row).astype(self.order + KINDS[self.code]).tobytes()


def _name(order: str) -> Any:
    return "big" if order == ">" else "little"


def packed(size: int, order: str, fields: Fields, first: int) -> bytes:
    raw = bytearray(size)
    for byte, (kind, value) in fields.items():
        struct.pack_into(order + kind, raw, byte - first, value)
    return bytes(raw)


def ibm(value: float) -> int:
    """Encode one number by the definition: (-1)^s (f / 2^24) 16^(e - 64), rounded."""
    if value == 0.0:
        return 0
    sign, size, exponent = int(value < 0), abs(value), 64
    while size >= 1.0:
        size, exponent = size / 16.0, exponent + 1
    while size < 1.0 / 16.0:
        size, exponent = size * 16.0, exponent - 1
    fraction = round(size * 2**24)
    if fraction == 2**24:
        fraction, exponent = 2**20, exponent + 1
    return sign << 31 | exponent << 24 | fraction


def shot_headers(
    shots: int, receivers: int, spacing: int = 10, scalar: int = 1
) -> list[dict[int, tuple[str, Any]]]:
    """A line to the east: shot s at 100 s, receivers from 0 on, depths 5 and 7."""
    return [
        {
            9: ("i", s + 1),
            13: ("i", r + 1),
            17: ("i", 100 + s),
            41: ("i", -7 * abs(scalar)),
            49: ("i", 5 * abs(scalar)),
            69: ("h", -abs(scalar) if abs(scalar) > 1 else 1),
            71: ("h", -abs(scalar) if abs(scalar) > 1 else 1),
            73: ("i", 100 * s * abs(scalar)),
            81: ("i", spacing * r * abs(scalar)),
            89: ("h", 1),
        }
        for s in range(shots)
        for r in range(receivers)
    ]


def line(shots: int = 2, receivers: int = 3, n: int = 20, **changes: Any) -> Made:
    """A small survey of random samples."""
    values = np.random.default_rng(1).standard_normal((shots * receivers, n))
    headers = changes.pop("headers", shot_headers(shots, receivers))
    return Made((100 * values).astype(np.float32), headers=headers, **changes)
