"""Traces left out by name, weighed by a table, or faulty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.seismic.conditioning import selection, trace_faults, weight_table
from conditioned import survey


def test_a_trace_is_left_out_by_its_shot_and_number():
    named = ["1:3", "2:5-7", "all:0"]
    first, second = (selection.left_out(named, shot, 10) for shot in (1, 2))
    assert np.flatnonzero(first == 0.0).tolist() == [0, 3]
    assert np.flatnonzero(second == 0.0).tolist() == [0, 5, 6, 7]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("3:1", "shot 3 is not among the 2"),
        ("1:20", "receivers run from 0 to 19"),
        ("1:7-5", "receivers run from 0 to 19"),
        ("1", "SHOT:RECEIVER"),
        ("1:-3", "SHOT:RECEIVER"),
        ("every:3", "SHOT:RECEIVER"),
        ("1:" + "9" * 30, "SHOT:RECEIVER"),
    ],
)
def test_a_name_that_fits_no_trace_is_found(name, text):
    found = list(selection.name_faults(["1:3", name, "all:0-19"], survey()))
    assert len(found) == 1
    assert text in found[0]


def test_a_table_weighs_the_traces_it_names_and_the_others_by_1(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("receiver,shot,weight\n4,2,0.5\n5,2,0\n")
    table = weight_table.read(path, survey())
    assert list(table) == [2]
    assert table[2].tolist() == [1.0] * 4 + [0.5, 0.0] + [1.0] * 14


def test_every_wrong_row_of_a_table_is_found_at_its_line(tmp_path):
    path = tmp_path / "w.csv"
    rows = ["1,3,1.5", "1,20,1", "3,0,1", "1,0,-1", "1,0,nan", "1,0", "1,a,1"]
    path.write_text("\n".join(["shot,receiver,weight", *rows]))
    with pytest.raises(BadInput) as caught:
        weight_table.read(path, survey())
    found = caught.value.findings
    assert [finding.line for finding in found] == [3, 4, 5, 6, 7, 8]
    assert "run from 0 to 19" in found[0].text
    assert "not among the 2" in found[1].text
    assert "at least 0" in found[2].text


def test_a_table_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("shot,weight\n1,1\n")
    with pytest.raises(BadInput, match="receiver, weight are needed"):
        weight_table.read(path, survey())


def faulty(value=np.nan):
    traces = np.random.default_rng(0).normal(size=(12, 30)).astype(np.float32)
    traces[[2, 5, 6, 7]] = 0.0
    traces[9, 4] = value
    return traces


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_silent_and_broken_traces_are_found_and_named(value):
    found = trace_faults.find(31, faulty(value))
    assert found.silent == (2, 5, 6, 7)
    assert found.broken == (9,)
    silent, broken = found.texts()
    assert silent.startswith("shot 31, receivers 2, 5 to 7 of 12 (counted from 0)")
    assert broken.startswith("shot 31, receiver 9 of 12")
    assert "bad_traces: leave_out" in broken


def test_a_sound_gather_has_no_fault():
    found = trace_faults.find(1, np.ones((3, 4)))
    assert not found.numbers
    assert not found.texts()
    assert found.weights().tolist() == [1.0, 1.0, 1.0]


def test_a_trace_of_nan_alone_is_broken_and_not_silent():
    found = trace_faults.find(1, np.full((1, 4), np.nan))
    assert (found.silent, found.broken) == ((), (0,))


def test_cleaned_traces_are_finite_and_the_sound_ones_as_they_were():
    traces = faulty()
    clean = trace_faults.cleaned(traces)
    assert np.isfinite(clean).all()
    assert (clean[9] == 0.0).all()
    sound = [0, 1, 3, 4, 8, 10, 11]
    assert (clean[sound] == traces[sound]).all()
    assert np.isnan(traces[9, 4])


def test_many_faulty_traces_are_named_in_a_short_line():
    text = trace_faults.receivers(range(0, 2000, 2))
    assert text.endswith("and more, 1000 in all")
    assert len(text) < 80


@given(st.lists(st.integers(0, 300), min_size=1, unique=True).map(sorted))
def test_the_names_of_few_runs_hold_every_trace(numbers):
    text = trace_faults.receivers(numbers, most=len(numbers))
    runs = text.removeprefix("receivers").removeprefix("receiver").split(",")
    ends = [[int(end) for end in run.split(" to ")] for run in runs]
    told = [k for run in ends for k in range(run[0], run[-1] + 1)]
    assert told == numbers
