"""Laws of the black-oil simulator: mass, rest, symmetry, restart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mpi4py import MPI

from anticline_solvers.reservoir.description import Equilibration, SummaryVector
from anticline_solvers.reservoir.settings import field_settings, proof_settings
from anticline_solvers.reservoir.simulate import simulate
from reservoirs import (
    BAR,
    DARCY,
    DAY,
    at,
    box,
    curved,
    fluids,
    reservoir,
    steps,
    well,
)

YEAR = 365 * DAY
PROOF = proof_settings()


def gas_injection(days=(31,) * 6, **changes):
    """Gas into undersaturated oil: it appears, spreads and breaks through."""
    grid = box((5, 5, 3), (150.0, 150.0, 8.0), 0.1 * DARCY)
    wells = [
        well(
            "P",
            "producer",
            [24, 49, 74],
            grid,
            control="orat",
            limits={"orat": 120 / DAY, "bhp": 60 * BAR},
        ),
        well(
            "I",
            "injector",
            [0],
            grid,
            "gas",
            "rate",
            {"rate": 3e4 / DAY, "bhp": 450 * BAR},
        ),
    ]
    built = reservoir(
        grid,
        steps(days, wells),
        saturation=curved(0.2),
        initial=at(75, 230 * BAR, 0.25, 0.0, 110.0),
        summary=[SummaryVector("BGSAT", cell=(0, 0, 0))],
    )
    return replace(built, **changes)


def run(description, settings=PROOF, start=None):
    """The report, and a snapshot at every report step."""
    seen = []
    report = simulate(
        description,
        MPI.COMM_SELF,
        settings,
        lambda told: seen.append(told.snapshot()),
        start,
    )
    return report, seen


@pytest.fixture(scope="module")
def injected():
    return run(gas_injection())


@pytest.mark.parametrize("component", ["O", "W", "G"])
def test_mass_is_conserved_in_every_report_step(injected, component):
    report, _ = injected
    place = report.curve(f"F{component}IP")
    out = report.curve(f"F{component}PT") - report.curve(f"F{component}IT")
    assert np.abs(np.diff(place + out)).max() < 1e-7 * place[0]


def test_gas_appears_where_it_is_injected_and_the_wells_keep_their_targets(injected):
    report, _ = injected
    assert report.curve("BGSAT:1,1,1")[-1] > 0.1
    assert np.allclose(report.curve("FOPR")[1:], 120 / DAY, rtol=1e-9)
    assert np.allclose(report.curve("FGIR")[1:], 3e4 / DAY, rtol=1e-9)


@pytest.mark.parametrize("report", [1, 3, 5])
def test_a_run_that_goes_on_from_a_report_step_equals_an_uninterrupted_one(
    injected, report
):
    whole, seen = injected
    rest, after = run(gas_injection(), start=seen[report])
    assert rest.work.time_steps < whole.work.time_steps
    assert np.allclose(after[-1].pressure, seen[-1].pressure, rtol=1e-6)
    assert np.allclose(after[-1].sg, seen[-1].sg, atol=1e-6)
    for key in ("FOPT", "FGPT", "WBHP:P", "FGOR"):
        assert rest.curves[-1][key] == pytest.approx(whole.curves[-1][key], rel=1e-6)


def test_a_state_of_another_reservoir_is_refused(injected):
    _, seen = injected
    other = replace(seen[1], names=("A", "B"))
    with pytest.raises(ValueError, match="wells A, B; the reservoir has 75 cells"):
        run(gas_injection(), start=other)


def test_dissolved_gas_rises_no_faster_than_it_may():
    limit = 5.0 / YEAR
    days = (31,) * 3
    built = gas_injection(days)
    slow = tuple(replace(step, drsdt=limit) for step in built.schedule)
    _, seen = run(replace(built, schedule=slow))
    for before, after in pairwise(seen):
        assert (after.rs - before.rs).max() <= limit * 31 * DAY * (1 + 1e-9)
    _, free = run(built)
    assert free[-1].rs.max() > seen[-1].rs.max() + 10


def test_a_symmetric_problem_stays_symmetric():
    grid = box((7, 7, 2), (100.0, 100.0, 8.0), 0.1 * DARCY)
    corners = [0, 6, 42, 48]
    wells = [
        well(f"P{c}", "producer", [c, c + 49], grid, limits={"bhp": 150 * BAR})
        for c in corners
    ]
    limits = {"rate": 300 / DAY, "bhp": 400 * BAR}
    wells.append(well("I", "injector", [24, 73], grid, "water", "rate", limits))
    built = reservoir(
        grid, steps([30] * 4, wells), initial=at(98, 220 * BAR, 0.3, 0.0, 80.0)
    )
    _, seen = run(built)
    for field, size in ((seen[-1].pressure, 200 * BAR), (seen[-1].sw, 1.0)):
        cube = field.reshape(2, 7, 7)
        for other in (cube[:, ::-1], cube[:, :, ::-1], cube.transpose(0, 2, 1)):
            assert np.abs(cube - other).max() < 1e-8 * size


@pytest.mark.parametrize("capillary", [0.0, 0.4])
def test_a_reservoir_at_rest_stays_at_rest_for_ten_years(capillary):
    grid = box((3, 3, 12), (200.0, 200.0, 5.0), 0.2 * DARCY)
    contacts = Equilibration(2030.0, 220 * BAR, 2042.0, 2017.0)
    built = reservoir(
        grid,
        steps([3652.5], []),
        saturation=curved(capillary),
        initial=(contacts,),
    )
    _, seen = run(built, PROOF.changed(steps={"longest_s": YEAR}))
    assert seen[0].sg.max() > 0.5
    assert seen[0].sw.max() > 0.8
    assert np.abs(seen[-1].pressure - seen[0].pressure).max() < 1e-3 * BAR
    assert np.abs(seen[-1].sw - seen[0].sw).max() < 1e-6
    assert np.abs(seen[-1].sg - seen[0].sg).max() < 1e-6


def test_fluids_of_a_column_part_by_weight_and_none_is_lost():
    n = 10
    grid = box((1, 1, n), (50.0, 50.0, 5.0), 0.5 * DARCY)
    built = reservoir(
        grid, steps([3650], []), initial=at(n, 200 * BAR, 0.5, 0.25, 100.0)
    )
    report, seen = run(built, PROOF.changed(steps={"longest_s": 40 * DAY}))
    last = seen[-1]
    assert np.all(np.diff(last.sg) < 1e-3)  # gas above oil
    assert np.all(np.diff(last.sw) > -1e-3)  # oil above water
    assert last.sg[0] > 0.6 > 0.05 > last.sg[-1]
    assert last.sw[-1] > 0.8 > 0.3 > last.sw[0]
    for component in "OWG":
        place = report.curve(f"F{component}IP")
        assert abs(place[-1] / place[0] - 1) < 1e-9


def test_a_stopped_well_carries_fluid_between_layers_and_none_to_the_surface():
    grid = box((3, 3, 2), (100.0, 100.0, 10.0), 0.1 * DARCY)
    p = np.repeat([180.0, 260.0], 9) * BAR
    bore = well("S", "producer", [4, 13], grid, status="stop")
    tight = replace(grid, transmissibility=grid.transmissibility * 0.0)
    start = at(18, p, 0.3, 0.0, 20.0)
    built = reservoir(tight, steps([10], [bore]), initial=start)
    report, seen = run(built, PROOF.changed(steps={"longest_s": DAY}))
    assert seen[-1].pressure[4] - seen[0].pressure[4] > 1 * BAR
    assert seen[0].pressure[13] - seen[-1].pressure[13] > 1 * BAR
    for component in "OWG":
        place = report.curve(f"F{component}IP")
        assert abs(place[-1] / place[0] - 1) < 1e-9


def test_a_well_that_works_half_the_time_takes_half():
    grid = box((3, 3, 1), (100.0, 100.0, 10.0), 0.1 * DARCY)
    limits = {"orat": 20 / DAY, "bhp": 50 * BAR}
    half = well("P", "producer", [4], grid, control="orat", limits=limits)
    half = replace(half, efficiency=0.5)
    built = reservoir(
        grid, steps([10], [half]), initial=at(9, 250 * BAR, 0.3, 0.0, 20.0)
    )
    report, _ = run(built)
    assert report.curves[-1]["WOPR:P"] == pytest.approx(20 / DAY)
    assert report.curves[-1]["FOPR"] == pytest.approx(10 / DAY)
    assert report.curves[-1]["FOPT"] == pytest.approx(100)
    place = report.curve("FOIP")
    assert place[0] - place[-1] == pytest.approx(100, rel=1e-6)


@pytest.mark.parametrize("preconditioner", ["ilu", "cpr"])
@pytest.mark.parametrize("method", ["bcgs", "fgmres"])
def test_every_linear_solver_leads_to_the_same_curves(injected, method, preconditioner):
    whole, _ = injected
    chosen = PROOF.changed(
        linear={
            "method": method,
            "preconditioner": preconditioner,
            "options": {"reservoir_ksp_max_it": "400"},
        }
    )
    report, _ = run(gas_injection(), chosen)
    for key in ("FOPT", "FGPT", "WBHP:P", "FPR"):
        assert report.curves[-1][key] == pytest.approx(whole.curves[-1][key], rel=1e-7)


def test_the_field_settings_stay_near_the_proof(injected):
    proof, _ = injected
    report, _ = run(gas_injection(), field_settings())
    assert report.work.linear < proof.work.linear
    for key in ("FOPT", "FGPT", "FPR"):
        assert report.curves[-1][key] == pytest.approx(proof.curves[-1][key], rel=2e-2)


def test_a_run_without_a_solution_says_so():
    grid = box((2, 1, 1), (100.0, 100.0, 10.0), 0.1 * DARCY)
    built = reservoir(
        grid,
        steps([10], []),
        regions=fluids(),
        initial=at(2, [250 * BAR, np.nan], 0.3, 0.0, 20.0),
    )
    with pytest.raises(ArithmeticError, match="cannot be solved"):
        run(built)
