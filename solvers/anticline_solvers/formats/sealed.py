"""Sealed files: whole and unchanged, or told as broken before anything reads them.

An HDF5 file may begin with a block of 512 bytes that HDF5 itself skips (its user
block). Here it holds one line of text, zero bytes after it:

    anticline-sealed/1 kind=KIND bytes=N sha256=D case=C part=P

N is the size of the whole file, C and P say what it belongs to (64 hexadecimal digits
each), and D is the digest of kind, N, C, P and of everything behind the block:

    D = sha256(line without D, sha256 of each piece of 16 MiB)

The pieces are hashed by several threads. The line is written last, so a file that is
torn at any byte, or changed at any, is no sealed file; the HDF5 library, which does
not survive every damage, is never given one.
"""

from __future__ import annotations

import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 512
PIECE_BYTES = 16 * 2**20
THREADS = 4

_LINE = re.compile(
    rb"anticline-sealed/1 kind=([a-z0-9/-]{1,64}) bytes=([0-9]{1,20}) "
    rb"sha256=([0-9a-f]{64}) case=([0-9a-f]{64}) part=([0-9a-f]{64})\n\0*"
)


@dataclass(frozen=True)
class Seal:
    """What a file is, and what it belongs to.

    kind : name and version of its format, such as `anticline-checkpoint/1`.
    case, part : 64 hexadecimal digits each.
    """

    kind: str
    case: str
    part: str


class Broken(Exception):
    """A file that is no whole sealed file; its text says how."""


def close(path: Path, seal: Seal) -> None:
    """Write the block of a finished file, whose first 512 bytes are free, to disk."""
    with path.open("r+b") as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.write(_block(seal, size, _digest(path, seal, size)))
        stream.flush()
        os.fsync(stream.fileno())


def read(path: Path) -> Seal:
    """Give the seal of a file by its first block alone, whole or not.

    Raises Broken where there is none.
    """
    return _parse(path)[0]


def check(path: Path) -> Seal:
    """Give the seal of a whole file; reads it once.

    Raises Broken where a byte is missing, changed or too many.
    """
    seal, size, digest = _parse(path)
    found = path.stat().st_size
    if found != size:
        msg = f"{found:,} bytes of {size:,} are there"
        raise Broken(msg)
    if _digest(path, seal, size) != digest:
        msg = "its content is not what was written (digests differ)"
        raise Broken(msg)
    return seal


def _parse(path: Path) -> tuple[Seal, int, str]:
    try:
        with path.open("rb") as stream:
            block = stream.read(BLOCK_BYTES)
    except OSError as error:
        msg = f"cannot be read ({error.strerror})"
        raise Broken(msg) from error
    found = _LINE.fullmatch(block)
    if len(block) < BLOCK_BYTES or found is None:
        msg = f"has no seal (it starts with {block[:20]!r})"
        raise Broken(msg)
    kind, size, digest, case, part = (text.decode("ascii") for text in found.groups())
    return Seal(kind, case, part), int(size), digest


def _block(seal: Seal, size: int, digest: str) -> bytes:
    line = (
        f"anticline-sealed/1 kind={seal.kind} bytes={size} sha256={digest} "
        f"case={seal.case} part={seal.part}\n"
    ).encode("ascii")
    block = line.ljust(BLOCK_BYTES, b"\0")
    if _LINE.fullmatch(block) is None:
        msg = f"no seal can be made of {seal}"
        raise ValueError(msg)
    return block


def _digest(path: Path, seal: Seal, size: int) -> str:
    starts = range(BLOCK_BYTES, size, PIECE_BYTES)
    whole = hashlib.sha256(f"{seal.kind} {size} {seal.case} {seal.part}\n".encode())
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if len(starts) <= 1:
            pieces = [_piece(descriptor, start) for start in starts]
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                pieces = list(pool.map(lambda at: _piece(descriptor, at), starts))
    finally:
        os.close(descriptor)
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()


def _piece(descriptor: int, start: int) -> bytes:
    return hashlib.sha256(os.pread(descriptor, PIECE_BYTES, start)).digest()
