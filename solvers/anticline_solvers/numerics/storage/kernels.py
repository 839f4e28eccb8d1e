"""The codec's loops in Numba: threads share the slabs of blocks.

See `codec` for what they do. Bits go into words from the lowest upwards.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from anticline_solvers.backends.cpu import jit, parallel_jit, row_jit
from anticline_solvers.backends.denormals import flush_denormals, restore_denormals

E2, E3 = 16, 8
COUNT_BITS, WIDTH_BITS = 4, 5
MOST_HIGH = np.uint64(20)
LOWEST, WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)
U, P = np.uint64, nb.uintp
N2, N3 = P(E2), P(E3)


@parallel_jit
def peak(field: Any) -> Any:
    """Largest magnitude of a field of three axes."""
    found = np.zeros(field.shape[0], np.float32)
    for x in nb.prange(field.shape[0]):
        most = np.float32(0.0)
        for y in range(field.shape[1]):
            for z in range(field.shape[2]):
                most = max(most, abs(field[x, y, z]))
        found[x] = most
    return found.max()


@jit
def gather2(field: Any, x0: int, z0: int, a: Any) -> None:
    """Copy a block of a 2-D field to a; beyond the edge its values go on."""
    nx, nz = field.shape
    depth = min(E2, nz - z0)
    for i in range(E2):
        x = min(x0 + i, nx - 1)
        for k in range(depth):
            a[i * E2 + k] = field[x, z0 + k]
        for k in range(depth, E2):
            a[i * E2 + k] = a[i * E2 + depth - 1]


@jit
def gather3(field: Any, x0: int, y0: int, z0: int, a: Any) -> None:
    """Copy a block of a 3-D field to a; beyond the edge its values go on."""
    nx, ny, nz = field.shape
    depth = min(E3, nz - z0)
    for i in range(E3):
        x = min(x0 + i, nx - 1)
        for j in range(E3):
            y, row = min(y0 + j, ny - 1), (i * E3 + j) * E3
            for k in range(depth):
                a[row + k] = field[x, y, z0 + k]
            for k in range(depth, E3):
                a[row + k] = a[row + depth - 1]


@row_jit
def transform2(first: Any, last: Any, a: Any, b: Any) -> None:
    """Transform a block of two axes in a, in place; b is of the same size.

    first : flat matrix of the first axis, last : transposed, of the last one.
    """
    for k in range(N2):
        for m in range(N2):
            total = first[k * N2] * a[m]
            for j in range(P(1), N2):
                total += first[k * N2 + j] * a[j * N2 + m]
            b[k * N2 + m] = total
    for row in range(P(0), N2 * N2, N2):
        for k in range(N2):
            total = b[row] * last[k]
            for j in range(P(1), N2):
                total += b[row + j] * last[j * N2 + k]
            a[row + k] = total


@row_jit
def transform3(first: Any, last: Any, a: Any, b: Any) -> None:
    """Transform a block of three axes in a, in place; b is of the same size."""
    plane = N3 * N3
    for k in range(N3):
        for m in range(plane):
            total = first[k * N3] * a[m]
            for j in range(P(1), N3):
                total += first[k * N3 + j] * a[j * plane + m]
            b[k * plane + m] = total
    for x in range(P(0), plane * N3, plane):
        for k in range(N3):
            for m in range(N3):
                total = first[k * N3] * b[x + m]
                for j in range(P(1), N3):
                    total += first[k * N3 + j] * b[x + j * N3 + m]
                a[x + k * N3 + m] = total
    for row in range(P(0), plane * N3, N3):
        for k in range(N3):
            total = a[row] * last[k]
            for j in range(P(1), N3):
                total += a[row + j] * last[j * N3 + k]
            b[row + k] = total
    a[:] = b


@jit
def low_bits(total: Any, count: int) -> Any:
    """Bits of a group's integers to write as they are: about log2 of their mean."""
    bits = 0
    while (U(count) << U(bits)) * U(4) < total * U(3):
        bits += 1
    return bits


@row_jit
def fold(a: Any, inverse: Any, b: Any) -> None:
    """Round to integers, their sign folded into the last bit."""
    for n in range(P(a.size)):
        value = np.int32(np.rint(a[n] * inverse))
        b[n] = np.uint32((value << np.int32(1)) ^ (value >> np.int32(31)))


@jit
def quantise(
    a: Any, inverse: Any, folded: Any, order: Any, starts: Any, i: Any, widths: Any
) -> Any:
    """Round, and order by degree; gives the groups that matter.

    widths : of each group, changed in place: 0 where all integers are zero, else one
        more than the bits of each that are written as they are.
    """
    fold(a, inverse, folded)
    groups = 0
    for g in range(starts.size - 1):
        total = U(0)
        for n in range(starts[g], starts[g + 1]):
            i[n] = folded[order[n]]
            total += U(i[n])
        widths[g] = 0
        if total:
            widths[g] = 1 + low_bits(total, starts[g + 1] - starts[g])
            groups = g + 1
    return groups


@jit
def put(out: Any, word: int, under: Any, bits: Any, value: Any, n: Any) -> Any:
    """Append n bits of value; gives the word, the bits under way and their number."""
    under |= value << bits
    bits += n
    if bits >= WORD_BITS:
        out[word] = np.uint32(under & LOWEST)
        return word + 1, under >> WORD_BITS, bits - WORD_BITS
    return word, under, bits


@jit
def pack(
    out: Any, word: int, under: Any, bits: Any, i: Any, widths: Any, groups: int,
    starts: Any,
) -> Any:  # fmt: skip
    """Append a block: its number of groups, their widths, their integers."""
    word, under, bits = put(out, word, under, bits, U(groups), U(COUNT_BITS))
    for g in range(groups):
        width = U(widths[g])
        word, under, bits = put(out, word, under, bits, width, U(WIDTH_BITS))
        if width:
            low = width - U(1)
            for n in range(starts[g], starts[g + 1]):
                value = U(i[n])
                high = value >> low
                if high < MOST_HIGH:
                    stop = U(1) << high
                    word, under, bits = put(out, word, under, bits, stop, high + U(1))
                    rest = value & ((U(1) << low) - U(1))
                    word, under, bits = put(out, word, under, bits, rest, low)
                else:
                    word, under, bits = put(out, word, under, bits, U(0), MOST_HIGH)
                    word, under, bits = put(out, word, under, bits, value, WORD_BITS)
    return word, under, bits


@jit
def get(words: Any, word: int, under: Any, bits: Any, n: Any) -> Any:
    """Read n bits; gives their value, the next word, the bits left and their number."""
    if bits < n:
        if word < words.size:
            under |= U(words[word]) << bits
        word += 1
        bits += WORD_BITS
    return under & ((U(1) << n) - U(1)), word, under >> n, bits - n


@jit
def get_integer(words: Any, word: int, under: Any, bits: Any, low: Any) -> Any:
    """Read an integer of which `low` bits are written as they are."""
    if bits < MOST_HIGH + U(1):
        if word < words.size:
            under |= U(words[word]) << bits
        word += 1
        bits += WORD_BITS
    high = U(0)
    while high < MOST_HIGH and (under >> high) & U(1) == U(0):
        high += U(1)
    if high == MOST_HIGH:
        under >>= MOST_HIGH
        bits -= MOST_HIGH
        return get(words, word, under, bits, WORD_BITS)
    under >>= high + U(1)
    bits -= high + U(1)
    value, word, under, bits = get(words, word, under, bits, low)
    return value | (high << low), word, under, bits


@jit
def unpack(
    words: Any, word: int, under: Any, bits: Any, a: Any, step: Any, order: Any,
    starts: Any,
) -> Any:  # fmt: skip
    """Read a block into a, as coefficients."""
    a[:] = np.float32(0.0)
    groups, word, under, bits = get(words, word, under, bits, U(COUNT_BITS))
    for g in range(np.int64(groups)):
        width, word, under, bits = get(words, word, under, bits, U(WIDTH_BITS))
        if width:
            low = width - U(1)
            for n in range(starts[g], starts[g + 1]):
                folded, word, under, bits = get_integer(words, word, under, bits, low)
                value = np.int64(folded >> U(1)) ^ -np.int64(folded & U(1))
                a[order[n]] = np.float32(value) * step
    return word, under, bits


@parallel_jit
def encode2(
    field: Any,
    first: int, inverse: Any, matrix: Any, order: Any, starts: Any, out: Any,
    sizes: Any,
) -> None:  # fmt: skip
    """Encode slabs of a 2-D field from `first` on, each a stream."""
    flat, turned = matrix.reshape(-1), matrix.T.copy().reshape(-1)
    for slab in nb.prange(sizes.size):
        setting = flush_denormals()
        a, b = np.empty(E2 * E2, np.float32), np.empty(E2 * E2, np.float32)
        i, widths = np.empty(E2 * E2, np.uint32), np.empty(starts.size, np.int64)
        folded = np.empty(E2 * E2, np.uint32)
        stream = out[slab]
        word, under, bits = 0, U(0), U(0)
        for z in range(0, field.shape[1], E2):
            gather2(field, (first + slab) * E2, z, a)
            transform2(flat, turned, a, b)
            groups = quantise(a, inverse, folded, order, starts, i, widths)
            word, under, bits = pack(
                stream, word, under, bits, i, widths, groups, starts
            )
        stream[word] = np.uint32(under)
        sizes[slab] = word + 1
        restore_denormals(setting)


@parallel_jit
def encode3(
    field: Any,
    first: int, inverse: Any, matrix: Any, order: Any, starts: Any, out: Any,
    sizes: Any,
) -> None:  # fmt: skip
    """Encode slabs of a 3-D field from `first` on, each a stream."""
    flat, turned, cells = matrix.reshape(-1), matrix.T.copy().reshape(-1), E3 * E3 * E3
    for slab in nb.prange(sizes.size):
        setting = flush_denormals()
        a, b = np.empty(cells, np.float32), np.empty(cells, np.float32)
        i, widths = np.empty(cells, np.uint32), np.empty(starts.size, np.int64)
        folded = np.empty(cells, np.uint32)
        stream = out[slab]
        word, under, bits = 0, U(0), U(0)
        for y in range(0, field.shape[1], E3):
            for z in range(0, field.shape[2], E3):
                gather3(field, (first + slab) * E3, y, z, a)
                transform3(flat, turned, a, b)
                groups = quantise(a, inverse, folded, order, starts, i, widths)
                word, under, bits = pack(
                    stream, word, under, bits, i, widths, groups, starts
                )
        stream[word] = np.uint32(under)
        sizes[slab] = word + 1
        restore_denormals(setting)


@parallel_jit
def decode2(
    words: Any, places: Any, step: Any, matrix: Any, order: Any, starts: Any, out: Any
) -> None:
    """Decode a 2-D field."""
    flat, turned = matrix.reshape(-1), matrix.T.copy().reshape(-1)
    nx, nz = out.shape
    for slab in nb.prange(places.size):
        setting = flush_denormals()
        a, b = np.empty(E2 * E2, np.float32), np.empty(E2 * E2, np.float32)
        word, under, bits = places[slab], U(0), U(0)
        for z in range(0, nz, E2):
            word, under, bits = unpack(words, word, under, bits, a, step, order, starts)
            transform2(turned, flat, a, b)
            for i in range(min(E2, nx - slab * E2)):
                for k in range(min(E2, nz - z)):
                    out[slab * E2 + i, z + k] = a[i * E2 + k]
        restore_denormals(setting)


@parallel_jit
def decode3(
    words: Any, places: Any, step: Any, matrix: Any, order: Any, starts: Any, out: Any
) -> None:
    """Decode a 3-D field."""
    flat, turned, cells = matrix.reshape(-1), matrix.T.copy().reshape(-1), E3 * E3 * E3
    _, ny, nz = out.shape
    for slab in nb.prange(places.size):
        setting = flush_denormals()
        a, b = np.empty(cells, np.float32), np.empty(cells, np.float32)
        word, under, bits = places[slab], U(0), U(0)
        for y in range(0, ny, E3):
            for z in range(0, nz, E3):
                word, under, bits = unpack(
                    words, word, under, bits, a, step, order, starts
                )
                transform3(turned, flat, a, b)
                scatter3(a, out, slab * E3, y, z)
        restore_denormals(setting)


@jit
def scatter3(a: Any, out: Any, x0: int, y0: int, z0: int) -> None:
    """Copy a block's cells that lie within a 3-D field."""
    nx, ny, nz = out.shape
    for i in range(min(E3, nx - x0)):
        for j in range(min(E3, ny - y0)):
            for k in range(min(E3, nz - z0)):
                out[x0 + i, y0 + j, z0 + k] = a[(i * E3 + j) * E3 + k]


encode = {2: encode2, 3: encode3}
decode = {2: decode2, 3: decode3}
