"""The result files of SPE1 beside those that OPM Flow writes of the same deck.

The deck that ships is given to both. What is compared: every array of EGRID and INIT
that we write, the heads, wells and states of UNRST, and the curves.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import resfo

from mpi4py import MPI

from anticline_solvers.reservoir.deck.build import prepare
from anticline_solvers.reservoir.eclipse.curves import specification, steps
from anticline_solvers.reservoir.eclipse.grids import egrid, init
from anticline_solvers.reservoir.eclipse.restart import restart
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.settings import field_settings
from anticline_solvers.reservoir.simulate import AtReport, simulate
from anticline_solvers.reservoir.snapshot import Snapshot

pytestmark = pytest.mark.slow
DECK = Path(__file__).resolve().parents[2] / "configs/cases/spe1/SPE1.DATA"
CHANGES = {
    "\nFIELD\n": "\nFIELD\nUNIFOUT\n",
    "\nPROPS\n": "\nINIT\nPROPS\n",
    "\nSCHEDULE\n": "\nSCHEDULE\nRPTRST\n BASIC=1 /\n",
}
REPORTS = (1, 12, 36, 60, 120)
STATES = {"PRESSURE": 2e-3, "SWAT": 1e-4, "SGAS": 3e-2, "RS": 1e-2}
"""Largest difference in any cell over the largest value of the field."""

HEAD = (2, 8, 9, 10, 11, 14, 16, 17, 24, 26, 27, 32, 64, 65, 66, 67, 94)
RATES, TOTALS = (0, 1, 2, 3, 6), (18, 19, 20, 23, 24)
Arrays = dict[str, list[np.ndarray]]


@dataclass(frozen=True)
class Pair:
    """Result files of both, without their suffix."""

    ours: Path
    flows: Path

    def arrays(self, suffix: str) -> tuple[Arrays, Arrays]:
        """Read a file of each."""
        return tuple(read(one.with_suffix(suffix)) for one in (self.ours, self.flows))


def read(path: Path) -> Arrays:
    """List the arrays of a file by name."""
    found: Arrays = {}
    for name, values in resfo.read(path):
        if values is not resfo.MESS:
            found.setdefault(name.strip(), []).append(np.asarray(values))
    return found


@pytest.fixture(scope="module")
def pair(needs, tmp_path_factory) -> Pair:
    needs.module("opm")
    flow = needs.command("flow")
    folder = tmp_path_factory.mktemp("spe1")
    text = DECK.read_text()
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new, 1)
    deck = folder / "SPE1.DATA"
    deck.write_text(text)
    words = [flow, str(deck), f"--output-dir={folder / 'flow'}"]
    subprocess.run(
        [*words, "--threads-per-process=1"], check=True, capture_output=True, cwd=folder
    )
    write(deck, folder / "OURS")
    return Pair(folder / "OURS", folder / "flow" / "SPE1")


def write(deck: Path, out: Path) -> None:
    """Simulate the deck and write its result files."""
    description = prepare(deck).description
    states: list[Snapshot] = []

    def observe(at: AtReport) -> None:
        if at.number in REPORTS:
            state = at.snapshot()
            assert state is not None
            states.append(state)

    run = simulate(description, MPI.COMM_SELF, field_settings(), observe)
    values = {key: run.curve(key) for key in run.curves[0]}
    curves = Curves(
        np.array(run.times_s),
        values,
        description.title,
        description.start,
        description.unit_system,
        description.grid.shape,
    )
    resfo.write(out.with_suffix(".EGRID"), egrid(description))
    resfo.write(out.with_suffix(".INIT"), init(description))
    resfo.write(out.with_suffix(".UNRST"), list(restart(description, states)))
    resfo.write(out.with_suffix(".SMSPEC"), specification(curves))
    resfo.write(out.with_suffix(".UNSMRY"), steps(curves))


def farthest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference over the largest value."""
    scale = float(np.abs(theirs).max())
    apart = float(np.abs(ours.astype(float) - theirs.astype(float)).max())
    return apart / scale if scale > 0 else apart


@pytest.mark.parametrize("suffix", [".EGRID", ".INIT"])
def test_geometry_and_rock_are_flows_to_single_precision(pair, suffix):
    ours, theirs = pair.arrays(suffix)
    assert set(theirs) - set(ours) <= {"TAB", "TABDIMS", "FIPNUM"}
    for name in set(ours) - {"INTEHEAD", "LOGIHEAD", "DOUBHEAD"}:
        (mine,), (flows,) = ours[name], theirs[name]
        assert mine.dtype == flows.dtype, name
        if mine.dtype.kind in "if":
            assert mine.shape == flows.shape
            assert mine == pytest.approx(flows, rel=1e-6), name
        else:
            assert mine.tolist() == flows.tolist(), name


def steps_of(arrays: Arrays) -> dict[int, int]:
    """Place of each report step in the lists."""
    return {int(one[0]): at for at, one in enumerate(arrays["SEQNUM"])}


def test_heads_and_wells_of_states_are_flows_where_we_write_them(pair):
    ours, theirs = pair.arrays(".UNRST")
    mine, flows = steps_of(ours), steps_of(theirs)
    assert tuple(mine) == REPORTS
    for report in REPORTS:
        here, there = mine[report], flows[report]
        heads = (ours["INTEHEAD"][here], theirs["INTEHEAD"][there])
        one, other = (head[list(HEAD)].tolist() for head in heads)
        assert one == other
        days = ours["DOUBHEAD"][here], theirs["DOUBHEAD"][there]
        assert days[0][[0, 160, 161]] == pytest.approx(days[1][[0, 160, 161]])
        assert ours["ZWEL"][here].tolist() == theirs["ZWEL"][there].tolist()
        wells = (ours["XWEL"][here], theirs["XWEL"][there])
        one, other = (rows.reshape(2, -1)[:, [*RATES, *TOTALS]] for rows in wells)
        assert np.abs(one - other).max(axis=0) == pytest.approx(
            np.zeros(len(RATES) + len(TOTALS)),
            abs=1e-2 * max(1.0, float(np.abs(other).max())),
        )
        assert one[1] == pytest.approx(other[1], rel=2e-2, abs=1.0)


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("report", REPORTS)
def test_every_cell_is_flows_at_report_steps(pair, name, report):
    ours, theirs = pair.arrays(".UNRST")
    mine = ours[name][steps_of(ours)[report]]
    flows = theirs[name][steps_of(theirs)[report]]
    assert mine.dtype == flows.dtype
    assert farthest(mine, flows) < STATES[name]


def test_opm_and_resdata_read_both_alike(pair, needs):
    summary = needs.module("resdata.summary")
    grids = needs.module("resdata.grid")
    from opm.io.ecl import EGrid, ERst, ESmry

    for one in (pair.ours, pair.flows):
        assert EGrid(str(one.with_suffix(".EGRID"))).active_cells == 300
        assert grids.Grid(str(one.with_suffix(".EGRID"))).get_num_active() == 300
        assert ERst(str(one.with_suffix(".UNRST"))).count("PRESSURE", 120) == 1
    ours, theirs = (
        ESmry(str(one.with_suffix(".SMSPEC"))) for one in (pair.ours, pair.flows)
    )
    both = sorted(set(theirs.keys()) & set(ours.keys()))
    assert {"FOPR", "FGPR", "FGOR", "FPR", "WBHP:PROD", "BPR:10,10,3"} <= set(both)
    for key in both:
        assert ours.units(key) == theirs.units(key), key
    for key in ("FOPR", "FGPR", "FGOR", "FPR", "WBHP:INJ", "BPR:10,10,3"):
        flows = np.interp(ours["TIME"], theirs["TIME"], theirs[key])
        assert farthest(np.asarray(ours[key]), flows) < 0.02, key
    other = summary.Summary(str(pair.ours.with_suffix(".SMSPEC")))
    assert other.numpy_vector("FOPR") == pytest.approx(ours["FOPR"], rel=1e-6)
