"""Reservoirs, curves and states on disk give back what was put in."""

from __future__ import annotations

from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.reservoir.files.curves import Curves, read_curves, write_curves
from anticline_solvers.reservoir.files.model import read_reservoir, write_reservoir
from anticline_solvers.reservoir.files.states import (
    place_of,
    read_state,
    reports_of,
    write_states,
)
from anticline_solvers.reservoir.files.tree import alike
from anticline_solvers.reservoir.snapshot import Snapshot
from decks import described
from reservoirs import box, reservoir, steps, well


def state(report: int, cells: int = 24) -> Snapshot:
    random = np.random.default_rng(report)
    return Snapshot(
        report=report,
        time_s=86400.0 * report,
        next_s=3600.0,
        pressure=2e7 + 1e6 * random.random(cells),
        sw=random.random(cells),
        sg=random.random(cells) * 0.1,
        rs=random.random(cells) * 100,
        free=random.random(cells) < 0.5,
        names=("P/1", "I"),
        rates=random.random((2, 5)),
        produced=random.random((2, 3)),
        injected=random.random((2, 3)),
        bores={"P/1": random.random(6)},
    )


def test_a_prepared_deck_is_read_as_it_was_written(parser, tmp_path):
    made = described(tmp_path)
    write_reservoir(tmp_path / "r.h5", made)
    assert alike(read_reservoir(tmp_path / "r.h5"), made)


@settings(max_examples=20)
@given(length=st.floats(1e-3, 1e9), skin=st.floats(-5, 5), rate=st.floats(0, 1e3))
def test_any_number_survives_to_its_last_bit(tmp_path_factory, length, skin, rate):
    grid = box()
    limits = {"wrat": 1e-3, "bhp": 4e7}
    injector = well("I", "injector", [0], grid, "water", "wrat", limits)
    made = reservoir(grid, steps((1,), [injector]))
    step = made.schedule[0]
    wells = tuple(
        replace(
            one,
            limits={**one.limits, "resv": rate},
            connections=tuple(replace(link, skin=skin) for link in one.connections),
        )
        for one in step.wells
    )
    changed = replace(made, schedule=(replace(step, length_s=length, wells=wells),))
    path = tmp_path_factory.mktemp("bits") / "r.h5"
    write_reservoir(path, changed)
    assert alike(read_reservoir(path), changed)


@pytest.mark.parametrize("part", ["reservoir/grid", "reservoir/schedule"])
def test_a_reservoir_that_lacks_a_part_is_refused(tmp_path, part):
    path = tmp_path / "r.h5"
    write_reservoir(path, reservoir(box()))
    with h5py.File(path, "r+") as file:
        del file[part]
    with pytest.raises(BadInput, match=part.rpartition("/")[2]):
        read_reservoir(path)


def test_curves_are_read_as_they_were_written(tmp_path):
    made = Curves(
        np.array([0.0, 1.0, 3.0]),
        {"FOPR": np.array([0.0, 2.0, 1.0]), "BPR:1,2,3": np.array([1.0, 5.0, 3.0])},
        "a run",
        unit_system="FIELD",
        shape=(3, 4, 2),
    )
    write_curves(tmp_path / "c.h5", made)
    found = read_curves(tmp_path / "c.h5")
    assert list(found.values) == list(made.values)
    assert all(np.array_equal(found.values[k], made.values[k]) for k in made.values)
    assert (found.title, found.unit_system, found.shape) == (
        "a run",
        "FIELD",
        (3, 4, 2),
    )


def test_a_file_of_states_gives_each_report_step(parser, tmp_path):
    grid = described(tmp_path).grid
    path = tmp_path / "s.h5"
    write_states(path, grid, [state(n) for n in (0, 2, 5)])
    assert reports_of(path) == [0, 2, 5]
    assert alike(read_state(path, 2).pressure, state(2).pressure)
    assert read_state(path).report == 5
    assert place_of(path)[0] == (3, 4, 2)
    with pytest.raises(BadInput, match="report step 3; it has 0 to 5"):
        read_state(path, 3)
