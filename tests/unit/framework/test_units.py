"""Quantities with units are converted exactly, other dimensions are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.component.units import UNITS, UnitError, value_in


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("8 Hz", "Hz", 8.0),
        ("8Hz", "Hz", 8.0),
        ("10 m", "m", 10.0),
        ("4 ms", "s", 0.004),
        ("1.5 km/s", "m/s", 1500.0),
        ("100 ft", "m", 30.48),
        ("2 kHz", "Hz", 2000.0),
        ("-3.5e1 MPa", "Pa", -35e6),
        ("4 GiB", "bytes", 4 * 2.0**30),
        ("1 kB", "bytes", 1000.0),
        ("45 deg", "deg", 45.0),
        ("2 min", "s", 120.0),
    ],
)
def test_a_quantity_becomes_a_number_of_the_wanted_unit(
    text: str, unit: str, value: float
) -> None:
    assert value_in(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("8 Hz", "m", "'8 Hz' is a frequency, a length is needed (such as '1 m')"),
        ("8", "m", "'8' is text; write the number without quotes"),
        ("8 furlong", "m", "unit 'furlong' is not one of m, km"),
        ("8 m", "", "has the unit 'm' and this is a plain number"),
        ("deep", "m", "'deep' is no number (such as 1 m)"),
        ("1.2.3 m", "m", "is no number"),
    ],
)
def test_what_is_no_such_quantity_is_told_with_what_is_needed(
    text: str, unit: str, words: str
) -> None:
    with pytest.raises(UnitError) as told:
        value_in(text, unit)
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("unit", "fitting"),
    [("Hz", "Hz, kHz"), ("m", "m, km, cm, mm, ft"), ("kg/m3", "kg/m3, g/cm3")],
)
def test_an_unknown_unit_is_answered_with_those_of_the_needed_dimension(
    unit: str, fitting: str
) -> None:
    with pytest.raises(UnitError) as told:
        value_in("8 furlong", unit)
    assert str(told.value) == f"'8 furlong': unit 'furlong' is not one of {fitting}"


@given(st.text(), st.sampled_from(["", *UNITS]))
def test_any_text_is_a_number_or_a_unit_error(text: str, unit: str) -> None:
    try:
        value = value_in(text, unit)
    except UnitError:
        return
    assert isinstance(value, float)


@given(
    st.floats(min_value=-1e9, max_value=1e9).filter(lambda x: x == 0 or abs(x) > 1e-9),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from(sorted(UNITS)),
)
def test_units_of_one_dimension_convert_there_and_back(
    number: float, one: str, other: str
) -> None:
    if UNITS[one].dimension != UNITS[other].dimension:
        return
    there = value_in(f"{number!r} {one}", other)
    back = value_in(f"{there!r} {other}", one)
    assert math.isclose(back, number, rel_tol=1e-12)
