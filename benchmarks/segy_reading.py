"""Ways to read a SEG-Y file that may be larger than memory, as ratios in one run.

    python benchmarks/segy_reading.py [--megabytes N] [--rounds N] [--folder DIR]

Makes a survey of IEEE and one of IBM samples, then reads them in turns: all shots
(samples), and some header fields of all traces, each by segyio with and without its
memory map, by a NumPy map, and as anticline does, by plain reads. Pages are in the
file system's cache; the figures are those of the software.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import segyio
import segyio._segyio

from anticline_solvers.formats.segy.layout import Layout, read_layout
from anticline_solvers.formats.segy.traces import TraceFile
from anticline_solvers.formats.segy.writer import NewFile, write_segy

N_SAMPLES, RECEIVERS = 1500, 400
FIELDS = {"field_record": 9, "source_x": 73, "receiver_x": 81, "receiver_y": 85}

Way = Callable[[Layout], float]


def make(path: Path, code: int, shots: int) -> Layout:
    """Write a survey of random samples."""
    new = NewFile(">", 1, code, N_SAMPLES, shots * RECEIVERS, 4000.0)
    values = np.random.default_rng(1).standard_normal((RECEIVERS, N_SAMPLES))
    channels = np.arange(RECEIVERS)
    with write_segy(path, new) as writer:
        for shot in range(shots):
            headers = {
                "field_record": np.full(RECEIVERS, shot + 1),
                "receiver_x": channels,
            }
            writer.put(headers, np.asarray(values, np.float32))
    return read_layout(path)


def shots_of(layout: Layout) -> range:
    """First traces of the shots."""
    return range(0, layout.n_traces, RECEIVERS)


def plain_samples(layout: Layout) -> float:
    """Read every shot as anticline does."""
    with TraceFile(layout) as file:
        return sum(
            float(file.samples(np.arange(k, k + RECEIVERS))[0, 0])
            for k in shots_of(layout)
        )


def segyio_samples(layout: Layout, *, mapped: bool = False) -> float:
    """Read every shot by segyio."""
    with segyio.open(layout.path, ignore_geometry=True) as file:
        if mapped and not file.mmap():
            return float("nan")
        return sum(
            float(file.trace.raw[k : k + RECEIVERS][0, 0]) for k in shots_of(layout)
        )


def mapped_samples(layout: Layout) -> float:
    """Read every shot from a NumPy map; IBM samples by segyio's conversion."""
    kind = np.dtype([("header", "V240"), ("samples", ">f4", (N_SAMPLES,))])
    mapped = np.memmap(layout.path, kind, "r", layout.first_byte)
    total = 0.0
    for k in shots_of(layout):
        stored = np.ascontiguousarray(mapped["samples"][k : k + RECEIVERS])
        if layout.code == 1:
            native = segyio.tools.native(stored.view("f4"), 1, copy=False)
        else:
            native = stored.astype(np.float32)
        total += float(native[0, 0])
    return total


def plain_headers(layout: Layout) -> float:
    """Read fields of all headers as anticline does."""
    with TraceFile(layout) as file:
        return float(
            sum(
                int(headers[name].astype(np.int64).sum())
                for _, headers in file.header_chunks()
                for name in FIELDS
            )
        )


def segyio_headers(layout: Layout, *, mapped: bool = False) -> float:
    """Read fields of all headers by segyio, a pass a field."""
    with segyio.open(layout.path, ignore_geometry=True) as file:
        if mapped and not file.mmap():
            return float("nan")
        return float(
            sum(int(file.attributes(byte)[:].sum()) for byte in FIELDS.values())
        )


WAYS: dict[str, dict[str, Way]] = {
    "samples": {
        "plain reads": plain_samples,
        "segyio": segyio_samples,
        "segyio, mapped": lambda layout: segyio_samples(layout, mapped=True),
        "NumPy map": mapped_samples,
    },
    "headers": {
        "plain reads": plain_headers,
        "segyio": segyio_headers,
        "segyio, mapped": lambda layout: segyio_headers(layout, mapped=True),
    },
}


def compare(layout: Layout, ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """Time the ways in turns; the median speed of each over that of the first."""
    answers = {name: way(layout) for name, way in ways.items()}
    first = next(iter(answers.values()))
    for name, answer in answers.items():
        if not np.isclose(answer, first, rtol=1e-5):
            msg = f"{name} reads {answer}, the first way {first}"
            raise SystemExit(msg)
    ratios: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        seconds = {name: _timed(way, layout) for name, way in ways.items()}
        plain = next(iter(seconds.values()))
        for name, took in seconds.items():
            ratios[name].append(plain / took)
    return {name: statistics.median(found) for name, found in ratios.items()}


def _timed(way: Way, layout: Layout) -> float:
    start = time.perf_counter()
    way(layout)
    return time.perf_counter() - start


def main() -> None:
    """Make the files, compare, print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=500, help="of each file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="default: a temporary one")
    given = parser.parse_args()
    shots = max(1, given.megabytes * 10**6 // (RECEIVERS * (240 + 4 * N_SAMPLES)))
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for name, code in (("IEEE", 5), ("IBM", 1)):
            layout = make(Path(folder) / f"{name}.sgy", code, shots)
            for what, ways in WAYS.items():
                for way, ratio in compare(layout, ways, given.rounds).items():
                    print(f"{name:5}{what:9}{way:16}{ratio:6.2f}")


if __name__ == "__main__":
    main()
