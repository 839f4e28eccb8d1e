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

import math
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

MOST_EXPONENT = 126
"""Of the weighting of integers, either way."""

_POWERS = np.float64(2.0) ** (4 * (np.arange(256) % 128 - 64) - 24)
_POWERS[128:] *= -1.0
_UNSAFE = (np.arange(256) % 128 < 39) | (np.arange(256) % 128 > 95)
_SAFE_POWERS = np.where(_UNSAFE, 0.0, _POWERS).astype(np.float32)

Samples = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def size(code: int) -> int:
    """Bytes of a sample."""
    return int(KINDS[code][1])


def is_integer(code: int) -> bool:
    """Tell whether samples are integers."""
    return code != IBM and KINDS[code][0] != "f"


def decode(stored: Bytes, code: int, order: str, target: Samples) -> None:
    """Turn stored samples into numbers.

    stored : uint8 (n, samples * size(code)), the first axis of any stride.
    order : ">" or "<".
    target : float32 (n, samples), written. What float32 cannot hold (IBM floats and
        8-byte IEEE floats reach further) is infinite; integers above 2^24 are rounded.
    """
    kind = KINDS[code]
    if kind[1] == "3":
        target[:] = _three_bytes(stored, order, signed=kind[0] == "i")
    elif code == IBM:
        target[:] = from_ibm(stored.view(np.dtype(order + kind)))
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            target[:] = stored.view(np.dtype(order + kind))


def from_ibm(words: NDArray[np.uint32]) -> Samples:
    """Turn IBM floats, given as unsigned integers, into the nearest float32.

    In float32 alone where every number lies well within its range, which is exact.
    """
    native = words.astype(np.uint32)
    high = (native >> 24).astype(np.uint8)
    native &= 0xFFFFFF
    odd = _UNSAFE[high]
    if not odd.any() or not native[odd].any():
        exact: Samples = native.astype(np.float32)
        exact *= _SAFE_POWERS[high]
        return exact
    with np.errstate(over="ignore", under="ignore"):
        return (native * _POWERS[high]).astype(np.float32)


def _three_bytes(words: Bytes, order: str, *, signed: bool) -> NDArray[np.int32]:
    """Turn 3-byte integers (n, 3 samples) into int32 (n, samples)."""
    triples = words.reshape(len(words), -1, 3).astype(np.int32)
    high, mid, low = (0, 1, 2) if order == ">" else (2, 1, 0)
    value = triples[..., high] << 16 | triples[..., mid] << 8 | triples[..., low]
    return np.asarray(value - ((value & 0x800000) << 1) if signed else value)


def weighted(values: Samples, exponents: NDArray[np.integer]) -> Samples:
    """Apply the weighting of integer samples: values * 2^-N.

    values : float32 (n, samples). exponents : N, (n,). float32 (n, samples).
    """
    if not exponents.any():
        return values
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(values, -exponents[:, None].astype(np.int32))


def stored_type(code: int) -> np.dtype[Any]:
    """Give the type in which segyio takes samples to be written."""
    return np.dtype("f4" if code == IBM else KINDS[code])


def as_stored(values: Samples, code: int, exponent: int = 0) -> NDArray[Any]:
    """Make samples fit for segyio to write.

    values : float32. exponent : N, integers hold round(values * 2^N), cut off at the
        ends of their range.
    """
    target = stored_type(code)
    if not is_integer(code):
        return values.astype(target)
    limits = np.iinfo(target)
    whole = np.rint(np.ldexp(values.astype(np.float64), exponent))
    return np.clip(whole, limits.min, limits.max).astype(target)


def exponent_for(values: Samples, code: int) -> int:
    """Find the greatest N with which round(values * 2^N) fits a format's integers.

    N is what the trace weighting field (byte 169) holds: stored * 2^-N is the value.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if not is_integer(code) or largest == 0.0:
        return 0
    room = float(np.iinfo(stored_type(code)).max)
    exponent = math.floor(math.log2(room / largest))
    return max(-MOST_EXPONENT, min(MOST_EXPONENT, exponent))
