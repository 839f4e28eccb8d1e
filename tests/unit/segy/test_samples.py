"""Stored samples become the numbers that the standard says they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anticline_solvers.formats.segy import samples
from anticline_solvers.formats.segy.layout import read_layout
from anticline_solvers.formats.segy.traces import TraceFile
from anticline_solvers.segy.components import IMPORT_GATHERS
from fuzz.segy_files import Made, ibm


def _read(path: Path, made: Made) -> np.ndarray:
    path.write_bytes(made.bytes())
    layout = read_layout(path)
    assert (layout.order, layout.code, layout.doubts) == (made.order, made.code, ())
    with TraceFile(layout) as file:
        return file.samples(range(layout.n_traces))


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("code", sorted(samples.KINDS))
@pytest.mark.parametrize("revision", [0, 1, 2])
def test_every_format_in_both_byte_orders_and_every_revision_is_read(
    tmp_path: Path, order: str, code: int, revision: int
) -> None:
    low = 0 if samples.KINDS[code][0] == "u" and code != 1 else -100
    values = np.random.default_rng(code).integers(low, 100, (5, 30)) * 1.0
    found = _read(tmp_path / "a.sgy", Made(values, order, code, revision))
    np.testing.assert_array_equal(found, values.astype(np.float32))


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (2, -(2**31)),
        (3, -(2**15)),
        (7, -(2**23)),
        (7, 2**23 - 1),
        (8, -128),
        (9, -(2**63)),
        (10, 2**32 - 2**8),
        (11, 2**16 - 1),
        (12, 2**63),
        (15, 2**24 - 1),
        (16, 255),
    ],
)
def test_the_ends_of_the_integer_formats_are_read(
    tmp_path: Path, code: int, value: int
) -> None:
    row = np.array([[value, 0]], object)
    found = _read(tmp_path / "a.sgy", Made(row, code=code))
    assert found[0, 0] == np.float32(value)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (0x42640000, 100.0),
        (0xC276A000, -118.625),
        (0x00000000, 0.0),
        (0x47000001, 16.0),  # not normalised, and a number all the same
        (0x4700374C, 226496.0),
        (0x80000000, -0.0),
        (0x20100000, 2.0**-132),  # below the normal floats
        (0x60FFFFFF, float(np.float32(2.0**128 - 2.0**104))),
        (0x61100000, np.inf),
        (0x00000001, 0.0),
    ],
)
def test_ibm_floats_are_read_by_their_definition_normalised_or_not(
    word: int, value: float
) -> None:
    assert samples.from_ibm(np.array([word], np.uint32))[0] == value


def test_ibm_floats_that_a_float_holds_come_back_exactly() -> None:
    values = np.random.default_rng(3).standard_normal(1000).astype(np.float32) * 1e5
    kept = np.round(values)  # at most 21 bits: the normalisation drops none
    words = np.array([ibm(float(x)) for x in kept], np.uint32)
    np.testing.assert_array_equal(samples.from_ibm(words), kept)


@pytest.mark.parametrize("code", [2, 3, 8])
def test_the_exponent_of_integers_uses_their_whole_range(code: int) -> None:
    values = np.array([[3.0, -700.0, 0.25]], np.float32)
    exponent = samples.exponent_for(values, code)
    stored = samples.as_stored(values, code, exponent)
    room = np.iinfo(stored.dtype).max
    assert room / 2 < np.abs(stored.astype(np.int64)).max() <= room
    error = np.abs(np.ldexp(stored.astype(np.float64), -exponent) - values)
    assert error.max() <= np.ldexp(0.5, -exponent)


def test_cases_may_state_every_format_that_is_read() -> None:
    (stated,) = (
        parameter
        for parameter in IMPORT_GATHERS.parameters
        if parameter.name == "sample_format"
    )
    assert stated.choices == tuple(sorted(samples.KINDS))
