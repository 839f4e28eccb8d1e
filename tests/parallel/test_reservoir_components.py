"""The components of a reservoir go on from states of their own and of result files."""

from __future__ import annotations

import numpy as np
import pytest
import resfo

from mpi4py import MPI

from anticline.errors import Interrupted
from anticline_solvers.reservoir.components import RESTORE, SIMULATE
from anticline_solvers.reservoir.description import Description, Equilibration
from anticline_solvers.reservoir.eclipse.restart import restart
from anticline_solvers.reservoir.files.curves import Curves, read_curves
from anticline_solvers.reservoir.files.model import read_reservoir, write_reservoir
from anticline_solvers.reservoir.files.states import read_state, reports_of
from reservoirs import BAR, DAY, box, reservoir, steps, well
from surveys import StopAfter, case, drive

WORLD = MPI.COMM_WORLD
RANKS = pytest.mark.parallel([1, 2])
KEYS = ("FOPR", "FOPT", "FGOR", "FPR", "WBHP:P", "WBHP:I")


def pattern() -> Description:
    """Give a box with gas injected into a corner, four report steps."""
    grid = box((5, 4, 2))
    limits = {"rate": 2e4 / DAY, "bhp": 450 * BAR}
    wells = [
        well("P", "producer", [19, 39], grid, limits={"bhp": 180 * BAR}),
        well("I", "injector", [0], grid, "gas", "rate", limits),
    ]
    start = (Equilibration(2010.0, 250 * BAR, 5000.0, 1000.0),)
    return reservoir(grid, steps([10, 20, 30, 40], wells), initial=start)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that all ranks share, with a whole run of the pattern on one rank."""
    made = WORLD.bcast(tmp_path_factory.mktemp("run") if WORLD.rank == 0 else None)
    if WORLD.rank == 0:
        write_reservoir(made / "model.h5", pattern())
        drive(run(made, "whole"), MPI.COMM_SELF)
    WORLD.Barrier()
    return made


def run(folder, name, start=None, **given):
    inputs = {"model": folder / "model.h5"}
    if start is not None:
        inputs["start"] = start
    outputs = {
        "curves": folder / f"{name}.h5",
        "states": folder / f"{name}_states.h5",
    }
    given = {"setting": "proof", "longest_step_s": 5 * DAY, **given}
    return case(SIMULATE, inputs, outputs, **given)


def apart(some: Curves, whole: Curves) -> float:
    """Largest difference at report times that both have, of a curve's maximum."""
    later = np.isin(whole.times_s, some.times_s) & (whole.times_s > 0)
    here = np.isin(some.times_s, whole.times_s[later])
    assert later.any()
    return max(
        float(np.abs(some.values[key][here] - whole.values[key][later]).max())
        / float(np.abs(whole.values[key]).max())
        for key in KEYS
    )


@RANKS
@pytest.mark.parametrize("report", [1, 3])
def test_a_run_goes_on_from_any_report_step_of_a_file_of_states(folder, report):
    states = folder / "whole_states.h5"
    assert reports_of(states) == [0, 1, 2, 3, 4]
    name = f"from{report}on{WORLD.size}"
    drive(run(folder, name, states, start_report=report), WORLD)
    found, whole = read_curves(folder / f"{name}.h5"), read_curves(folder / "whole.h5")
    assert len(found.times_s) == 4 - report
    assert apart(found, whole) < 1e-6
    WORLD.Barrier()


@RANKS
def test_a_run_goes_on_from_a_result_file_to_single_precision(folder):
    name = f"restored{WORLD.size}"
    files = {"model": folder / "model.h5", "restart": folder / f"{name}.UNRST"}
    if WORLD.rank == 0:
        states = [read_state(folder / "whole_states.h5", n) for n in (1, 2)]
        description = read_reservoir(folder / "model.h5")
        resfo.write(files["restart"], list(restart(description, states)))
    WORLD.Barrier()
    drive(case(RESTORE, files, {"states": folder / f"{name}.h5"}), WORLD)
    WORLD.Barrier()
    drive(run(folder, f"after{WORLD.size}", folder / f"{name}.h5"), WORLD)
    found = read_curves(folder / f"after{WORLD.size}.h5")
    assert found.times_s == pytest.approx(np.array([60, 100]) * DAY)
    assert apart(found, read_curves(folder / "whole.h5")) < 1e-3
    WORLD.Barrier()


@RANKS
def test_a_stopped_run_goes_on_alone_where_all_ranks_left_it(folder):
    name = f"stopped{WORLD.size}"
    with pytest.raises(Interrupted, match="after report step"):
        drive(run(folder, name), WORLD, StopAfter(2))
    WORLD.Barrier()
    assert not (folder / f"{name}.h5").exists()
    if WORLD.rank == 0:
        drive(run(folder, name), MPI.COMM_SELF)
        found, whole = (
            read_curves(folder / f"{name}.h5"),
            read_curves(folder / "whole.h5"),
        )
        assert found.times_s.tolist() == whole.times_s.tolist()
        assert apart(found, whole) < 1e-6
        assert reports_of(folder / f"{name}_states.h5") == [0, 1, 2, 3, 4]
    WORLD.Barrier()
