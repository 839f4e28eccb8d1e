"""Whatever bytes a SEG-Y file holds: it is read, or refused with a clear error.

Sound files of every kind are changed at random (fields of headers set to telling
values, bytes flipped, cut, moved, repeated), then described and imported. Only
BadInput may come of it, each finding naming the file, in bounded time and memory.
"""

from __future__ import annotations

import resource
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest

from anticline.component import Registry, load_case
from anticline.component.case import Case
from anticline.errors import BadInput
from anticline_solvers.formats.segy.linked import LinkedTraces
from anticline_solvers.segy import grids_in
from anticline_solvers.segy.description import describe
from anticline_solvers.segy.gathers_in import plan
from fuzz.segy_files import Made, line, shot_headers

MOST_SECONDS = 5.0
MORE_BYTES = 2**30
WORDS = (0, 1, 2, -1, 3, 4, 5, 29, 255, 256, 1280, 4000, 32767, -32768, 65535)
LONG = (*WORDS, 2**31 - 1, -(2**31), 2**24, 10**9, 0x01020304, 0x04030201)
BINARY = (3217, 3221, 3225, 3255, 3269, 3273, 3297, 3501, 3503, 3505, 3507)
BINARY += (3513, 3521, 3525, 3529)
TRACE = (9, 17, 29, 37, 41, 45, 49, 69, 71, 73, 77, 81, 85, 89, 109, 115, 117)
TRACE += (169, 181, 185, 189, 193, 215)

GATHERS = """
component: segy.import_gathers
inputs: {segy: a.sgy}
outputs: {gathers: a.h5}
parameters: {peak_frequency_hz: 8}
"""
MODEL = """
component: segy.import_model
inputs: {segy: a.sgy}
outputs: {model: a.h5}
parameters: {dimensions: 3}
"""


def _sound() -> list[Made]:
    cube = [
        {71: ("h", 1), 181: ("i", 10 * i), 185: ("i", 20 * j)}
        | {189: ("i", i + 1), 193: ("i", j + 1)}
        for i in range(3)
        for j in range(2)
    ]
    ends = b"((SEG: EndText))".ljust(3200)
    return [
        line(2, 3),
        line(2, 3, order="<"),
        line(2, 3, code=1, revision=0),
        line(2, 3, code=3, order="<", revision=2),
        line(2, 3, revision=2, extra_headers=1, binary={3513: ("Q", 6)}),
        line(2, 3, extended=(ends,), binary={3505: ("h", -1)}),
        line(3, 2, code=8, headers=cube),
        Made(np.ones((6, 20)), code=6, headers=cube),
        line(2, 3, code=2, headers=shot_headers(2, 3, scalar=100)),
    ]


def _mutated(raw: bytes, random: Random) -> bytes:
    found = bytearray(raw)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        random.choice((_field, _field, _trace_field, _flip, _cut, _grow, _move))(
            found, random
        )
    return bytes(found)


def _put(raw: bytearray, place: int, random: Random) -> None:
    kind = random.choice("hiqdH")
    order = random.choice("><")
    value = random.choice(LONG if kind in "iqd" else WORDS)
    if kind == "H":
        value %= 65536
    if kind == "h":
        value = (value + 32768) % 65536 - 32768
    size = struct.calcsize(kind)
    if place >= 0 and place + size <= len(raw):
        struct.pack_into(order + kind, raw, place, value)


def _field(raw: bytearray, random: Random) -> None:
    _put(raw, random.choice(BINARY) - 1, random)


def _trace_field(raw: bytearray, random: Random) -> None:
    trace = 3600 + 320 * random.randrange(6)
    _put(raw, trace + random.choice(TRACE) - 1, random)


def _flip(raw: bytearray, random: Random) -> None:
    if raw:
        start = random.choice((0, 3200, 3600)) % len(raw)
        raw[random.randrange(start, len(raw))] ^= 1 << random.randrange(8)


def _cut(raw: bytearray, random: Random) -> None:
    if random.random() < 0.3:
        del raw[random.randrange(len(raw) + 1) :]


def _grow(raw: bytearray, random: Random) -> None:
    raw.extend(random.randbytes(random.choice((1, 2, 240, 320, 3200))))


def _move(raw: bytearray, random: Random) -> None:
    """Take some bytes out, or put some in twice."""
    start = random.randrange(len(raw) + 1)
    piece = raw[start : start + random.choice((1, 2, 80, 240))]
    if random.random() < 0.5:
        del raw[start : start + len(piece)]
    else:
        raw[start:start] = piece


class _Reader:
    """Describes and imports one file again and again, with other bytes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "a.sgy"
        self._path.write_bytes(b"")
        self._gathers = self._case(folder, "gathers.yaml", GATHERS)
        self._model = self._case(folder, "model.yaml", MODEL)
        self.read = self.refused = 0

    @staticmethod
    def _case(folder: Path, name: str, text: str) -> Case:
        (folder / name).write_text(text)
        return load_case(folder / name, Registry.discover())

    def take(self, raw: bytes, way: int) -> None:
        """Give the file other bytes and read it one way: all of it, or refused."""
        self._path.write_bytes(raw)
        started, findings = time.monotonic(), None
        try:
            (self._describe, self._gather, self._grid)[way % 3]()
        except BadInput as error:
            findings = error.findings
        assert time.monotonic() - started < MOST_SECONDS
        self.read += findings is None
        self.refused += findings is not None
        if findings is not None:
            assert findings
            assert all(found.file and found.text for found in findings)

    def _describe(self) -> None:
        describe(self._path)

    def _gather(self) -> None:
        made = plan(self._gathers)
        with LinkedTraces(made.link) as linked:
            for position in range(len(made.survey.shots)):
                linked.read(position, made.survey.n_samples)

    def _grid(self) -> None:
        grids_in.averaged(grids_in.plan(self._model), "refuse")


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Let the process take a GiB more than it has, and no more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def _mutations(folder: Path, count: int, seed: int) -> _Reader:
    random, reader = Random(seed), _Reader(folder)
    sound = [made.bytes() for made in _sound()]
    for number in range(count):
        reader.take(_mutated(random.choice(sound), random), number)
    return reader


@pytest.mark.usefixtures("little_memory")
def test_some_hundred_changed_files_are_read_or_clearly_refused(
    tmp_path: Path,
) -> None:
    reader = _mutations(tmp_path, 600, seed=1)
    assert reader.read > 100
    assert reader.refused > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.usefixtures("little_memory")
def test_a_hundred_thousand_changed_files_are_read_or_clearly_refused(
    tmp_path: Path, seed: int
) -> None:
    reader = _mutations(tmp_path, 10_000, seed)
    assert reader.read > 1_000
    assert reader.refused > 1_000


@pytest.mark.usefixtures("little_memory")
def test_a_file_cut_at_any_byte_is_read_or_clearly_refused(tmp_path: Path) -> None:
    reader = _Reader(tmp_path)
    raw = line(2, 3, n=4).bytes()
    for size in range(3590, len(raw)):
        reader.take(raw[:size], way=1)
    assert reader.read == 5  # where whole traces are left
    assert reader.refused == len(raw) - 3590 - 5


def test_sound_files_of_every_kind_are_read(tmp_path: Path) -> None:
    reader = _Reader(tmp_path)
    for made in _sound():
        reader.take(made.bytes(), way=0)
    assert reader.refused == 0
