"""What the headers of all traces say: contradictions, and what is merely odd.

A doubt keeps a file from being imported until the case states what is right; a remark
is shown.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline_solvers.formats.segy.binary import Stated
from anticline_solvers.formats.segy.fields import byte_of
from anticline_solvers.formats.segy.index import Index
from anticline_solvers.formats.segy.positions import SCALARS, STANDARD_SCALARS
from anticline_solvers.formats.segy.samples import MOST_EXPONENT
from anticline_solvers.formats.segy.shots import LIVE_CODES

LENGTH_UNITS = (0, 1)
_UNIT_NAMES = {
    2: "seconds of arc",
    3: "decimal degrees",
    4: "degrees, minutes, seconds",
}
_PLACE = (
    "field_record",
    "source_x",
    "source_y",
    "source_depth",
    "receiver_x",
    "receiver_y",
    "receiver_elevation",
)


def doubts(index: Index, stated: Stated, *, units_are_lengths: bool) -> list[str]:
    """Find headers that contradict the file's layout or cannot be used as they are.

    units_are_lengths : the case says so, whatever the headers do.
    """
    found = []
    if stated.n_samples is None:
        layout = index.layout
        remedy = "state n_samples where the file's size is right"
        found += _other(index, "samples", layout.n_samples % 2**16, remedy)
    if stated.interval is None:
        interval = index.layout.interval % 2**16
        found += _other(index, "sample_interval", interval, "state the sample interval")
    if not units_are_lengths:
        found += _units(index)
    return found + _weights(index)


def _other(index: Index, name: str, wanted: float, remedy: str) -> list[str]:
    """Find traces whose field is neither 0 nor what the file's layout says.

    Where all of them agree, the layout's own doubt tells it.
    """
    values = index.column(name)
    bad = np.flatnonzero((values != 0) & (np.abs(values - wanted) >= 1.0))
    told = index.layout.doubts and bool((values == values[0]).all())
    if not bad.size or told:
        return []
    first = int(bad[0])
    return [
        f"{bad.size:,} of {values.size:,} traces state another "
        f"{name.replace('_', ' ')} than the file's {wanted:g}, the first is trace "
        f"{first + 1:,} with {values[first]} {_at(index, name, first)}; {remedy}; "
        "traces of different lengths are not read here"
    ]


def _at(index: Index, name: str, trace: int) -> str:
    """Name a field's byte in the header, and in the file."""
    byte = byte_of(name, dict(index.layout.header_map))
    place = index.layout.byte_of(trace, byte)
    return f"(byte {byte} of its header, {place:,} of the file)"


def _units(index: Index) -> list[str]:
    units = index.column("coordinate_units")
    bad = np.flatnonzero(~np.isin(units, LENGTH_UNITS))
    if not bad.size:
        return []
    first = int(bad[0])
    unit = int(units[first])
    meaning = _UNIT_NAMES.get(unit, "no unit of the standard")
    return [
        f"{bad.size:,} traces have coordinates in unit {unit} ({meaning}), the first "
        f"is trace {first + 1:,} {_at(index, 'coordinate_units', first)}; lengths (1) "
        "are needed: project the coordinates, or state coordinate_units: length where "
        "they are lengths"
    ]


def _weights(index: Index) -> list[str]:
    exponents = index.exponents()
    bad = np.flatnonzero(np.abs(exponents) > MOST_EXPONENT)
    if not bad.size:
        return []
    first = int(bad[0])
    return [
        f"{bad.size:,} traces have a weighting that no number survives, the first is "
        f"trace {first + 1:,} with {exponents[first]} "
        f"{_at(index, 'weighting', first)}; "
        f"integers stand for value * 2^-N, N up to {MOST_EXPONENT}: correct it, or map "
        "weighting to bytes that are zero"
    ]


def remarks(index: Index) -> list[str]:
    """Find what is odd in the headers and does not keep the file from being used."""
    zeros = [] if is_stacked(index) else _zeros(index)
    return [*_scalars(index), *zeros, *_codes(index), *_twins(index)]


def is_stacked(index: Index) -> bool:
    """Tell whether traces have bin positions and no receivers."""
    columns = index.columns("cdp_x", "cdp_y")
    binned = columns["cdp_x"].any() or columns["cdp_y"].any()
    return bool(binned and not _places_differ(index))


def _scalars(index: Index) -> list[str]:
    found = []
    for name in SCALARS:
        values, counts = np.unique(index.column(name), return_counts=True)
        words = name.replace("_", " ")
        if values.size > 1:
            listed = ", ".join(map(str, values[:8].tolist()))
            found.append(f"{words}s differ from trace to trace: {listed}; each is used")
        odd = ~np.isin(np.abs(values), STANDARD_SCALARS)
        if odd.any():
            found.append(
                f"{int(counts[odd].sum()):,} traces have the {words} "
                f"{values[odd][0]} (byte {byte_of(name)}), which is no power of ten"
            )
    return found


def _zeros(index: Index) -> list[str]:
    found = []
    for end in ("source", "receiver"):
        x, y = (index.column(f"{end}_{axis}") for axis in "xy")
        zero = (x == 0) & (y == 0)
        if zero.all():
            found.append(f"the {end} coordinates of all traces are zero")
        elif zero.sum() > max(1, zero.size // 100) and y.any():
            first = int(np.argmax(zero))
            found.append(
                f"the {end} coordinates of {int(zero.sum()):,} of {zero.size:,} traces "
                f"are zero, the first is trace {first + 1:,} "
                f"{_at(index, f'{end}_x', first)}"
            )
    return found


def _codes(index: Index) -> list[str]:
    values, counts = np.unique(index.column("trace_code"), return_counts=True)
    return [
        f"{count:,} traces have the identification code {value} (byte 29): no seismic "
        "traces, left out of an import unless trace_codes holds it"
        for value, count in zip(values.tolist(), counts.tolist(), strict=True)
        if value not in LIVE_CODES
    ]


def _twins(index: Index) -> list[str]:
    """Find traces of one shot at one place, by a hash of the fields that say so."""
    key = np.zeros(index.n_traces, np.uint64)
    for name in _PLACE:
        key = _mixed(key, index.column(name))
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not same.size or not _places_differ(index):
        return []
    second = int(order[same + 1].min())
    return [
        f"{same.size:,} traces have record, source and receiver of another one, the "
        f"first is trace {second + 1:,} (byte {index.layout.byte_of(second):,})"
    ]


def _mixed(key: NDArray[np.uint64], column: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Mix a column into a 64-bit hash of each trace (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = key * np.uint64(31) + column.astype(np.int64).view(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _places_differ(index: Index) -> bool:
    """Tell whether receivers have coordinates at all, as in unstacked data."""
    return any(bool(index.column(f"receiver_{axis}").any()) for axis in "xy")
