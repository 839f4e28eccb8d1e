"""Result files are read by others, with the values and units of the deck."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import resfo

from anticline.errors import BadInput
from anticline_solvers.reservoir.deck.build import prepare
from anticline_solvers.reservoir.eclipse.curves import specification, steps
from anticline_solvers.reservoir.eclipse.grids import egrid, init
from anticline_solvers.reservoir.eclipse.restart import read_restart, restart
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.references import read_results, read_table
from decks import described, written
from unit.reservoir.test_files import state

SAMPLES = "reservoir/eclipse_output_samples"
DAY = 86_400.0


@pytest.fixture
def box(parser, tmp_path):
    return described(tmp_path)


def curves() -> Curves:
    return Curves(
        np.array([0.0, 10.0, 20.0]) * DAY,
        {
            "FOPR": np.array([0.0, 50.0, 40.0]) / DAY,
            "WBHP:P": np.array([2e7, 1.5e7, 1.4e7]),
            "BPR:3,4,2": np.array([2.5e7, 2.4e7, 2.3e7]),
        },
        "box",
        shape=(3, 4, 2),
    )


def arrays(path: Path) -> dict[str, np.ndarray]:
    return {name.strip(): np.asarray(values) for name, values in resfo.read(path)}


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return native(one) == native(other) and np.allclose(one, other, rtol=2e-6)


def native(values: np.ndarray) -> np.dtype:
    return values.dtype.newbyteorder("=")


def test_curves_are_read_back_in_si(tmp_path):
    resfo.write(tmp_path / "A.SMSPEC", specification(curves()))
    resfo.write(tmp_path / "A.UNSMRY", steps(curves()))
    found = read_results(tmp_path / "A.UNSMRY")
    assert found.times_s == pytest.approx([10 * DAY, 20 * DAY])
    for key, values in curves().values.items():
        assert found.values[key] == pytest.approx(values[1:], rel=1e-6)


def test_curves_are_read_by_opm_and_resdata(parser, tmp_path):
    summary = pytest.importorskip(
        "resdata.summary", reason="the package resdata is lacking"
    )
    from opm.io.ecl import ESmry

    resfo.write(tmp_path / "A.SMSPEC", specification(curves()))
    resfo.write(tmp_path / "A.UNSMRY", steps(curves()))
    theirs = ESmry(str(tmp_path / "A.SMSPEC"))
    assert theirs["FOPR"] == pytest.approx([50, 40], rel=1e-6)
    assert theirs.units("WBHP:P") == "BARSA"
    assert theirs["BPR:3,4,2"] == pytest.approx([240, 230])
    other = summary.Summary(str(tmp_path / "A.SMSPEC"))
    assert other.numpy_vector("WBHP:P") == pytest.approx([150, 140], rel=1e-6)


def test_grid_and_states_are_read_by_opm_and_resdata(box, tmp_path):
    grids = pytest.importorskip("resdata.grid", reason="the package resdata is lacking")
    from opm.io.ecl import EGrid, ERst

    resfo.write(tmp_path / "A.EGRID", egrid(box))
    resfo.write(tmp_path / "A.UNRST", list(restart(box, [state(0), state(2)])))
    grid = EGrid(str(tmp_path / "A.EGRID"))
    assert (grid.active_cells, grid.dimension) == (24, [3, 4, 2])
    assert grid.cellvolumes() == pytest.approx(np.full(24, 5e4), rel=1e-5)
    assert grids.Grid(str(tmp_path / "A.EGRID")).cell_volume(global_index=5) == (
        pytest.approx(5e4, rel=1e-5)
    )
    states = ERst(str(tmp_path / "A.UNRST"))
    assert states.report_steps == [0, 2]
    assert states["PRESSURE", 2] == pytest.approx(state(2).pressure / 1e5, rel=1e-6)
    assert states["SGAS", 2] == pytest.approx(state(2).sg, rel=1e-6)


def test_a_restart_file_gives_the_state_back_in_single_precision(box, tmp_path):
    path = tmp_path / "A.UNRST"
    resfo.write(path, list(restart(box, [state(1), state(2)])))
    found = read_restart(path, box, 1)
    assert (found.report, found.time_s) == (1, DAY)
    for name in ("pressure", "sw", "sg", "rs"):
        assert getattr(found, name) == pytest.approx(getattr(state(1), name), rel=1e-6)
    assert found.names == ("P", "I")
    with pytest.raises(BadInput, match="no report step 7; it has 1 to 2"):
        read_restart(path, box, 7)


def test_bytes_that_are_no_restart_file_are_refused(box, tmp_path):
    path = tmp_path / "A.UNRST"
    resfo.write(path, list(restart(box, [state(1)])))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadInput):
        read_restart(path, box)


def test_faulted_neighbours_are_listed_as_pairs(parser, tmp_path):
    faulted = described(tmp_path, ("TOPS\n 12*2000", "TOPS\n 4*2000 8*2005"))
    grid, rock = dict(egrid(faulted)), dict(init(faulted))
    assert len(grid["NNC1    "]) == len(rock["TRANNNC "]) > 0
    assert (rock["TRANNNC "] > 0).all()


def test_spe1_is_described_as_flow_describes_it(parser, needs):
    deck = needs.data("reservoir/opm_data/spe1/SPE1CASE1.DATA")
    sample = needs.data(f"{SAMPLES}/SPE1CASE1.EGRID")
    ours = dict(egrid(prepare(deck).description))
    theirs = arrays(sample)
    assert same(ours["ZCORN   "], theirs["ZCORN"])
    # Where a vertical pillar begins and ends is free: its x and y count.
    pillars = (ours["COORD   "], theirs["COORD"])
    assert same(*(np.reshape(ends, (-1, 2, 3))[..., :2] for ends in pillars))
    assert ours["GRIDHEAD"][:4].tolist() == theirs["GRIDHEAD"][:4].tolist()


def test_states_have_the_heads_that_flow_writes(parser, needs):
    deck = needs.data("reservoir/opm_data/spe1/SPE1CASE1.DATA")
    theirs: dict[str, np.ndarray] = {}
    for name, values in resfo.read(needs.data(f"{SAMPLES}/SPE1_TESTCASE.UNRST")):
        if values is not resfo.MESS:
            theirs.setdefault(name.strip(), np.asarray(values))
    made = prepare(deck).description
    ours = {
        name.strip(): np.asarray(values)
        for name, values in restart(made, [state(1, cells=300)])
        if values is not resfo.MESS
    }
    head = [2, 8, 9, 10, 11, 14, 16, 17, 24, 26, 27, 32]
    assert ours["INTEHEAD"][head].tolist() == theirs["INTEHEAD"][head].tolist()
    for name in ("INTEHEAD", "LOGIHEAD", "DOUBHEAD", "PRESSURE", "SWAT", "SGAS", "RS"):
        assert native(ours[name]) == native(theirs[name]), name
        assert ours[name].shape == theirs[name].shape, name
    assert ours["ZWEL"].tolist() == theirs["ZWEL"].tolist()
    places = np.arange(7)
    wells = ours["IWEL"].reshape(2, -1)[:, places]
    assert wells.tolist() == theirs["IWEL"].reshape(2, -1)[:, places].tolist()


def test_a_table_of_curves_is_read_in_either_way_of_heads(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        'TIME[DAYS],FOPR::+:+:+:+:0[STB/DAY],WBHP:P:0[PSIA],"BPR:3,4,2[BARSA]",'
        "BPR::+:+:+:+:1[PSIA]\n1,2,3,4,5\n2,3,4,5,6\n"
    )
    found = read_table(path, (3, 4, 2))
    assert set(found.values) == {"FOPR", "WBHP:P", "BPR:3,4,2", "BPR:1,1,1"}
    assert found.values["FOPR"][0] == pytest.approx(2 * 0.158987294928 / DAY)
    assert found.values["BPR:3,4,2"][1] == pytest.approx(5e5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("TIME[DAYS],FOPR[STB/DAY]\n1,x\n", "no number"),
        ("FOPR[STB/DAY],FPR[PSIA]\n1,2\n", "no column TIME"),
        ("TIME[DAYS],FOPR[BUCKETS]\n1,2\n", "unit BUCKETS is not known"),
        ("", "a row of heads"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, words):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=words):
        read_table(path, (1, 1, 1))


def test_a_deck_of_the_tests_is_sound(parser, tmp_path):
    assert prepare(written(tmp_path)).description.title == "A small box"
