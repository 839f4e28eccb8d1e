"""SPE1 and SPE9 run as OPM Flow runs them: curves of the field and of every well."""

from __future__ import annotations

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.reservoir.comparing import compare
from anticline_solvers.reservoir.files.curves import Curves
from anticline_solvers.reservoir.references import read_table
from anticline_solvers.reservoir.settings import field_settings
from anticline_solvers.reservoir.simulate import simulate

DECKS = "reservoir/opm_data"
CURVES = "reservoir/opm_flow_reference"
CASES = [
    pytest.param("spe1/SPE1CASE1", 0.01),
    pytest.param("spe1/SPE1CASE2", 0.01),
    pytest.param("spe9/SPE9", 0.02, marks=pytest.mark.slow),
]


def curves_of(description):
    report = simulate(description, MPI.COMM_SELF, field_settings())
    return Curves(
        np.array(report.times_s),
        {key: report.curve(key) for key in report.curves[0]},
        description.title,
        shape=description.grid.shape,
    )


@pytest.mark.parametrize(("deck", "rms"), CASES)
def test_the_curves_are_flows(needs, deck, rms):
    pytest.importorskip("opm", reason="the package opm is lacking")
    from anticline_solvers.reservoir.deck.build import prepare

    description = prepare(needs.data(f"{DECKS}/{deck}.DATA")).description
    name = f"{CURVES}/{deck.rpartition('/')[2]}_summary.csv"
    reference = read_table(needs.data(name), description.grid.shape)
    tolerances = {"vectors": None, "negligible": 1e-3, "rms": rms, "worst": 0.05}
    report = compare(curves_of(description), reference, tolerances)
    cells = {k: one["rms"] for k, one in report["curves"].items() if k[:2] == "BG"}
    apart = {k: one for k, one in report["curves"].items() if not one["agrees"]}
    assert not apart.keys() - cells.keys()
    assert max(cells.values()) < 0.02  # gas of a cell comes and goes by time steps
    wells = {well.name for well in description.schedule[0].wells}
    assert {f"WBHP:{name}" for name in wells} <= set(report["curves"])
    assert {"FOPR", "FGPR", "FGOR"} & set(report["curves"])
    assert report["report_times"] == len(description.schedule)
