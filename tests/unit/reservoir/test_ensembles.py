"""Perturbed permeabilities, comparisons and fans."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.reservoir.comparing import compare
from anticline_solvers.reservoir.fan import fan
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.perturbing import gaussian_field, perturbed
from anticline_solvers.reservoir.pictures import compared, telling
from decks import described

DAY = 86_400.0
TOLERANCES = {"vectors": None, "rms": 0.01, "worst": 0.05, "negligible": 1e-3}


def curves(**values) -> Curves:
    times = np.arange(len(next(iter(values.values())))) * 10.0 * DAY
    return Curves(
        times,
        {key.replace("__", ":"): np.array(one, float) for key, one in values.items()},
    )


def test_a_field_has_unit_variance_and_the_correlation_asked_for():
    draws = np.stack(
        [gaussian_field((24, 20, 4), (4.0, 3.0, 1.0), [1, n]) for n in range(60)]
    )
    assert draws.mean() == pytest.approx(0.0, abs=0.12)
    assert draws.var() == pytest.approx(1.0, abs=0.08)
    along_i = (draws[..., 4:] * draws[..., :-4]).mean()
    along_k = (draws[:, 1:] * draws[:, :-1]).mean()
    assert along_i == pytest.approx(np.exp(-1), abs=0.06)
    assert along_k == pytest.approx(np.exp(-1), abs=0.06)


def test_a_member_is_the_same_on_every_call_and_another_one_is_not():
    field = gaussian_field((5, 4, 3), (2, 2, 1), [7, 1])
    assert np.array_equal(field, gaussian_field((5, 4, 3), (2, 2, 1), [7, 1]))
    assert not np.allclose(field, gaussian_field((5, 4, 3), (2, 2, 1), [7, 2]))


def test_permeability_times_a_number_makes_every_connection_as_much_better(
    parser, tmp_path
):
    made = described(tmp_path)
    found = perturbed(made, np.full(24, 3.0)).grid
    assert found.transmissibility == pytest.approx(3 * made.grid.transmissibility)


def test_connections_follow_the_permeability_of_both_their_cells(parser, tmp_path):
    factor = np.exp(np.random.default_rng(3).standard_normal(24))
    found = perturbed(described(tmp_path), factor).grid
    rows = " ".join(repr(float(100 * f)) for f in factor[:12])
    rows += " " + " ".join(repr(float(200 * f)) for f in factor[12:])
    vertical = " ".join(repr(float(10 * f)) for f in factor)
    direct = described(
        tmp_path,
        ("PERMX\n 12*100 12*200", f"PERMX\n {rows}"),
        ("PERMY\n 12*100 12*200", f"PERMY\n {rows}"),
        ("PERMZ\n 24*10", f"PERMZ\n {vertical}"),
    ).grid
    assert found.transmissibility == pytest.approx(direct.transmissibility, rel=1e-10)


def test_a_run_agrees_with_itself_and_not_with_another():
    one = curves(FOPR=[0, 5, 4, 3], WWPR__P=[0, 1e-9, 0, 1e-9], WWPR__Q=[0, 2, 2, 2])
    told = compare(one, one, TOLERANCES)
    assert told["agrees"]
    assert told["worst_rms"] == 0.0
    other = curves(FOPR=[0, 5, 4, 3.3], WWPR__P=[0, 0, 0, 0], WWPR__Q=[0, 2, 2, 2])
    told = compare(one, other, TOLERANCES)
    assert not told["agrees"]
    assert told["curves"]["FOPR"]["worst"] == pytest.approx(0.3 / 5)
    assert told["curves"]["FOPR"]["worst_at_days"] == 30
    assert told["curves"]["WWPR:P"]["agrees"]


def test_a_picture_shows_curves_that_move_the_field_first_then_the_farthest():
    one = curves(
        WOPR__P=[0, 5, 4, 3],
        WWPR__P=[0, 0, 0, 0],
        WBHP__P=[0, 9, 8, 7],
        FPR=[9, 8, 7, 6],
    )
    other = curves(
        WOPR__P=[0, 5, 4, 2],
        WWPR__P=[0, 0, 0, 0],
        WBHP__P=[0, 9, 8, 6],
        FPR=[9, 8, 7, 6],
    )
    told = compare(one, other, TOLERANCES)["curves"]
    assert telling(other, told) == ["FPR", "WOPR:P", "WBHP:P"]
    assert compared(one, other, told).startswith(b"\x89PNG")


def test_a_keyword_means_the_curves_of_all_wells():
    one = curves(FOPR=[0, 5], WWPR__P=[0, 1], WWPR__Q=[0, 2])
    told = compare(one, one, {**TOLERANCES, "vectors": ["WWPR"]})
    assert set(told["curves"]) == {"WWPR:P", "WWPR:Q"}


def test_a_fan_holds_the_share_of_members_that_its_names_say():
    members = [curves(FOPR=[0.0, float(n)]) for n in range(11)]
    told = fan(members, ["FOPR"])
    assert told["curves"]["FOPR"]["p10"][1] == pytest.approx(1)
    assert told["curves"]["FOPR"]["p50"][1] == pytest.approx(5)
    assert told["curves"]["FOPR"]["p90"][1] == pytest.approx(9)
    assert told["members"] == 11
