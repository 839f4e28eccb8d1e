"""Parameters that contradict the survey are found before anything runs."""

from __future__ import annotations

import pytest

from anticline_solvers.seismic.conditioning import checks
from anticline_solvers.seismic.misfits import MISFITS, choice
from anticline_solvers.seismic.misfits import checks as misfit_checks
from conditioned import EVERYTHING, parameters, survey

WRONG = [
    ({"low_cut_hz": [5.0, 3.0]}, "low_cut_hz", "two rising frequencies"),
    ({"low_cut_hz": [5.0]}, "low_cut_hz", "two rising frequencies"),
    ({"high_cut_hz": [10.0, 10.0]}, "high_cut_hz", "two rising frequencies"),
    ({"high_cut_hz": [100.0, 130.0]}, "high_cut_hz", "carries 125 Hz"),
    ({"high_cut_hz": [10.0, 10.2]}, "high_cut_hz", "at least 0.501 Hz"),
    ({"low_cut_hz": [24.0, 30.0]}, "low_cut_hz", "nothing above 24 Hz"),
    (
        {"low_cut_hz": [3.0, 6.0], "high_cut_hz": [5.0, 9.0]},
        "high_cut_hz",
        "no frequency passes whole",
    ),
    ({"time_from_s": 3.0}, "time_from_s", "the record ends at 1.996 s"),
    ({"time_to_s": 2.1}, "time_to_s", "the record ends at 1.996 s"),
    ({"time_from_s": 1.5, "time_to_s": 1.0}, "time_to_s", "widen the window"),
    ({"time_from_s": 1.0, "time_to_s": 1.2}, "time_to_s", "tapers take 0.25 s"),
    ({"time_from_s": 1.95}, "time_from_s", "tapers take 0.125 s"),
    ({"top_mute_delay_s": 0.1}, "top_mute_delay_s", "top_mute_velocity_m_s"),
    ({"bottom_mute_delay_s": 0.1}, "bottom_mute_delay_s", "bottom_mute_velocity_m_s"),
    ({"offset_from_m": 900.0, "offset_to_m": 800.0}, "offset_to_m", "900 m"),
    ({"offset_from_m": 1450.0}, "offset_from_m", "offsets reach 1400 m"),
    ({"leave_out_traces": ["all:0-19"]}, "leave_out_traces", "no trace of 2 shots"),
    ({"leave_out_traces": ["9:0"]}, "leave_out_traces", "shot 9"),
    (
        {"top_mute_velocity_m_s": 1000.0, "bottom_mute_velocity_m_s": 2000.0},
        "bottom_mute_velocity_m_s",
        "no sample of any trace",
    ),
    (
        {"top_mute_velocity_m_s": 3000.0, "top_mute_delay_s": 5.0},
        "top_mute_velocity_m_s",
        "no sample of any trace",
    ),
]


@pytest.mark.parametrize(("given", "name", "text"), WRONG)
def test_a_parameter_that_cannot_be_is_found_and_named(given, name, text):
    found = checks.faults(parameters(**given), survey())
    assert [parameter for parameter, _ in found] == [name]
    assert text in found[0][1]


@pytest.mark.parametrize("given", [{}, EVERYTHING])
def test_sound_parameters_have_no_finding(given):
    assert checks.faults(parameters(**given), survey()) == []


def test_all_that_is_wrong_is_found_at_once():
    wrong = {"low_cut_hz": [5.0, 3.0], "time_to_s": 9.0, "top_mute_delay_s": 1.0}
    found = checks.faults(parameters(**wrong), survey())
    assert {parameter for parameter, _ in found} == set(wrong)


@pytest.mark.parametrize("longest", [1e-3, 5.0])
def test_a_lag_that_no_record_holds_is_found(longest):
    given = {"misfit": "travel_time", "travel_time_longest_s": longest}
    ((name, text),) = misfit_checks.faults(parameters(**given), survey())
    assert name == "travel_time_longest_s"
    assert "between a sample interval, 0.004 s, and the record, 1.996 s" in text
    other = parameters(**given | {"misfit": "envelope"})
    assert misfit_checks.faults(other, survey()) == []


@pytest.mark.parametrize("name", MISFITS)
def test_the_parameters_of_a_misfit_are_the_settings_it_takes(name):
    """And their defaults are the functions' own."""
    observed = [[0.0, 1.0, -1.0, 0.0]]
    predicted = [[0.0, 0.5, 1.0, -1.0]]
    taken = choice.settings(parameters(misfit=name))
    told = choice.misfit(name, observed, predicted, 0.004, **taken)
    assert told.value == choice.misfit(name, observed, predicted, 0.004).value
