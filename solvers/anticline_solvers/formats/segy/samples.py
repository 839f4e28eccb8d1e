"""Sample formats: what the code at byte 3225 of a file says about its samples.

    code   samples                     code   samples
    1      IBM/370 float, 4 bytes      8      signed integer, 1 byte
    2      signed integer, 4 bytes     9      signed integer, 8 bytes
    3      signed integer, 2 bytes     10     unsigned integer, 4 bytes
    5      IEEE float, 4 bytes         11     unsigned integer, 2 bytes
    6      IEEE float, 8 bytes         12     unsigned integer, 8 bytes
    7      signed integer, 3 bytes     15, 16 unsigned integer, 3 bytes, 1 byte

An IBM float is (-1)^s (f / 2^24) 16^(e - 64), its 24-bit fraction f normalised to
1/16 or more as a rule, not by law: a conversion that assumes it is wrong for the rest.
Code 4 (fixed point with gain) has been obsolete since revision 1 and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

IBM = 1
KINDS: Mapping[int, str] = {
    IBM: "u4",
    2: "i4",
    3: "i2",
    5: "f4",
    6: "f8",
    7: "i3",
    8: "i1",
    9: "i8",
    10: "u4",
    11: "u2",
    12: "u8",
    15: "u3",
    16: "u1",
}
NAMES: Mapping[int, str] = {
    code: {"f": "IEEE float", "i": "signed integer", "u": "unsigned integer"}[kind[0]]
    + f", {kind[1]} byte{'s' if kind[1] != '1' else ''}"
    for code, kind in KINDS.items()
} | {IBM: "IBM float, 4 bytes"}
WRITTEN: Mapping[str, int] = {"ieee": 5, "ibm": IBM, "int32": 2, "int16": 3, "int8": 8}

_POWERS = np.float64(2.0) ** (4 * (np.arange(256) % 128 - 64) - 24)
_POWERS[128:] *= -1.0

Samples = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def size(code: int) -> int:
    """Bytes of a sample."""
    return int(KINDS[code][1])


def is_integer(code: int) -> bool:
    """Tell whether samples are integers."""
    return code != IBM and KINDS[code][0] != "f"


def decode(stored: Bytes, code: int, order: str) -> Samples:
    """Turn stored samples into numbers.

    stored : uint8 (n, samples * size(code)), the first axis of any stride.
    order : ">" or "<".

    float32 (n, samples). What float32 cannot hold (IBM floats and 8-byte IEEE
    floats reach further) is infinite; integers above 2^24 are rounded.
    """
    kind = KINDS[code]
    words = np.ascontiguousarray(stored)
    if kind[1] == "3":
        return _three_bytes(words, order, signed=kind[0] == "i").astype(np.float32)
    numbers = words.view(np.dtype(order + kind))
    if code == IBM:
        return from_ibm(numbers)
    with np.errstate(over="ignore", invalid="ignore"):
        return numbers.astype(np.float32)


def from_ibm(words: NDArray[np.uint32]) -> Samples:
    """Turn IBM floats, given as unsigned integers, into the nearest float32."""
    native = words.astype(np.uint32)
    with np.errstate(over="ignore", under="ignore"):
        exact = (native & 0xFFFFFF) * _POWERS[native >> 24]
        return exact.astype(np.float32)


def to_ibm(values: Samples) -> NDArray[np.uint32]:
    """Turn float32 into the nearest IBM floats, normalised, as unsigned integers.

    Three of the 24 bits may be lost to the normalisation: 2.4e-7 relative at most.
    """
    fraction, exponent = np.frexp(np.abs(values.astype(np.float64)))
    sixteens = -(-exponent // 4)
    whole = np.rint(np.ldexp(fraction, exponent - 4 * sixteens + 24)).astype(np.int64)
    carried = whole == 1 << 24
    whole[carried] >>= 4
    words = (sixteens + carried + 64) << 24 | whole
    words[whole == 0] = 0
    signed = words | np.signbit(values).astype(np.int64) << 31
    return signed.astype(np.uint32)


def _three_bytes(words: Bytes, order: str, *, signed: bool) -> NDArray[np.int32]:
    """Turn 3-byte integers (n, 3 samples) into int32 (n, samples)."""
    triples = words.reshape(len(words), -1, 3).astype(np.int32)
    high, mid, low = (0, 1, 2) if order == ">" else (2, 1, 0)
    value = triples[..., high] << 16 | triples[..., mid] << 8 | triples[..., low]
    return np.asarray(value - ((value & 0x800000) << 1) if signed else value)


def encode(values: Samples, code: int, order: str) -> Bytes:
    """Turn numbers into stored samples, uint8 (n, samples * size(code)).

    values : float32 (n, samples), for integers scaled by the caller; they are rounded
        and clipped to the range of the format.
    """
    target: np.dtype[Any] = np.dtype(order + KINDS[code])
    stored: NDArray[Any] = values
    if code == IBM:
        stored = to_ibm(values)
    elif is_integer(code):
        limits = np.iinfo(target)
        stored = np.clip(np.rint(values.astype(np.float64)), limits.min, limits.max)
    flat = np.ascontiguousarray(stored.astype(target))
    return flat.view(np.uint8).reshape(len(values), -1)


def exponent_for(values: Samples, code: int) -> int:
    """Greatest N with which round(values * 2^N) fits the integers of a format.

    N is what the trace weighting field (byte 169) holds: stored * 2^-N is the value.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if not is_integer(code) or largest == 0.0:
        return 0
    room = float(np.iinfo(np.dtype(KINDS[code])).max)
    return int(np.floor(np.log2(room / largest)))
