from __future__ import annotations

import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.seismic.acquisition import spreads as acquisition
from anticline_solvers.seismic.acquisition.spreads import Line, Spread

LINE = Spread(Line(100.0, 900.0, 200.0), None, 10.0)
GRID = Grid((101, 51), (10.0, 10.0), (0.0, 0.0))


def test_a_line_has_its_first_and_last_position():
    assert Line(0.0, 100.0, 25.0).positions_m().tolist() == [0, 25, 50, 75, 100]
    assert Line(0.0, 0.3, 0.1).positions_m().size == 4
    assert Line(7.0, 7.0, 0.0).positions_m().tolist() == [7.0]


@pytest.mark.parametrize("line", [Line(0, 10, 0), Line(0, 10, -1), Line(10, 0, 1)])
def test_a_line_that_never_ends_is_refused(line):
    with pytest.raises(ValueError, match="interval"):
        line.positions_m()


def test_a_fixed_spread_is_shared_by_all_shots():
    shots = acquisition.fixed_spread(LINE, Spread(Line(0, 1000, 10), None, 20.0))
    assert [shot.id for shot in shots] == [1, 2, 3, 4, 5]
    assert all(shot.receivers_m is shots[0].receivers_m for shot in shots)
    assert shots[1].source_m.tolist() == [300.0, 10.0]


def test_a_rolling_spread_keeps_its_offsets_and_loses_what_rolls_off():
    split = Spread(Line(-200.0, 200.0, 100.0), None, 20.0)
    shots = acquisition.rolling_spread(LINE, split, GRID)
    offsets = [(s.receivers_m - s.source_m)[:, 0].tolist() for s in shots]
    assert offsets[2] == [-200.0, -100.0, 0.0, 100.0, 200.0]
    assert offsets[0] == [-100.0, 0.0, 100.0, 200.0]
    kept = acquisition.rolling_spread(LINE, split, None)
    assert len(kept[0].receivers_m) == 5


def test_a_3d_spread_is_a_grid_of_lines():
    spread = Spread(Line(0, 20, 10), Line(5, 10, 5), 3.0)
    positions = spread.positions_m()
    assert positions.shape == (6, 3)
    assert positions[:3].tolist() == [[0, 5, 3], [10, 5, 3], [20, 5, 3]]


def test_every_position_outside_is_found_and_its_shot_named():
    sources = Spread(Line(-100.0, 1100.0, 600.0), None, 10.0)
    receivers = Spread(Line(0.0, 1010.0, 10.0), None, 10.0)
    found = acquisition.outside(GRID, acquisition.fixed_spread(sources, receivers))
    assert len(found) == 2
    assert "shots 1, 3" in found[0]
    assert "3 receivers of shots 1, 2, 3" in found[1]
    assert "x 0 to 1000 m" in found[0]


def test_a_table_gives_the_same_survey_whatever_the_order_of_its_columns(tmp_path):
    path = tmp_path / "positions.csv"
    path.write_text(
        "receiver_x_m,receiver_z_m,shot,source_x_m,source_z_m\n"
        "10,5,2,100,8\n20,5,2,100,8\n10,5,1,50,8\n"
    )
    one, two = acquisition.read_positions(path)
    assert (one.id, two.id) == (1, 2)
    assert two.receivers_m.tolist() == [[10, 5], [20, 5]]
    assert two.source_m.tolist() == [100, 8]


def test_every_fault_of_a_table_is_found_at_its_line(tmp_path):
    path = tmp_path / "positions.csv"
    path.write_text(
        "shot,source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"
        "1,0,5,ten,5\n1,0,5,20,5\n1,7,5,30,5\n1,0,5,nan,5\n"
    )
    with pytest.raises(BadInput) as caught:
        acquisition.read_positions(path)
    assert [finding.line for finding in caught.value.findings] == [2, 4, 5]


def test_a_table_that_is_no_text_is_refused_at_its_line(tmp_path):
    path = tmp_path / "positions.csv"
    head = b"\xef\xbb\xbfshot,source_x_m,source_z_m,receiver_x_m,receiver_z_m\n"
    path.write_bytes(head + b"1,0,5,20,5\n")
    assert len(acquisition.read_positions(path)) == 1
    path.write_bytes(head + b"1,0,5,20,5\n1,0,5,\xff\xfe,5\n")
    with pytest.raises(BadInput, match=r"positions\.csv:3  .* no UTF-8 text"):
        acquisition.read_positions(path)


def test_a_table_without_its_columns_says_which_are_missing(tmp_path):
    path = tmp_path / "positions.csv"
    path.write_text("shot,source_x_m\n1,0\n")
    with pytest.raises(BadInput, match="receiver_z_m"):
        acquisition.read_positions(path)


def test_a_shot_without_receivers_is_found():
    far = Spread(Line(5000.0, 5100.0, 100.0), None, 20.0)
    shots = acquisition.rolling_spread(LINE, far, GRID)
    assert "shots 1, 2, 3, 4, 5" in acquisition.empty_spreads(shots)[0]
    assert np.all([not len(s.receivers_m) for s in shots])
