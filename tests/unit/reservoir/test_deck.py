"""What a deck says is what the description holds, in SI units."""

from __future__ import annotations

import numpy as np
import pytest

from anticline_solvers.reservoir.description import (
    DeadOil,
    InitialState,
    Liquid,
    LiveOil,
)
from decks import SOUND, described

pytestmark = pytest.mark.usefixtures("parser")
MILLIDARCY = 9.869232667160129e-16
DAY = 86_400.0


@pytest.fixture(scope="module")
def sound(parser, tmp_path_factory):
    return described(tmp_path_factory.mktemp("sound"))


def test_a_box_has_the_cells_and_connections_of_its_sizes(sound):
    grid = sound.grid
    assert grid.shape == (3, 4, 2)
    assert len(grid.active) == 24
    assert len(grid.transmissibility) == 2 * 4 * 2 + 3 * 3 * 2 + 12
    assert np.allclose(grid.bulk_volume, 100 * 50 * 10)
    assert np.allclose(grid.pore_volume, 0.2 * 50_000)
    assert np.allclose(np.unique(grid.depth), [2005, 2015])
    along_i = grid.transmissibility[
        (grid.connections[:, 1] - grid.connections[:, 0] == 1)
    ]
    areas = 50 * 10 / 100
    assert np.allclose(
        np.unique(along_i), np.array([100, 200]) * MILLIDARCY * areas, rtol=1e-12
    )


def test_fluids_are_in_si_units(sound):
    fluids = sound.fluids[0]
    assert fluids.surface_density == pytest.approx((850, 1020, 0.9))
    assert isinstance(fluids.oil, LiveOil)
    assert fluids.oil.rs == pytest.approx([10, 100])
    assert fluids.oil.pressure[1] == pytest.approx([2e7, 4e7])
    assert fluids.oil.viscosity[1] == pytest.approx([8e-4, 1e-3])
    assert fluids.water == Liquid(2.5e7, 1.02, pytest.approx(4e-10), 4e-4)
    assert fluids.rock.compressibility == pytest.approx(5e-10)
    assert sound.saturation[0].water_oil.pcow == pytest.approx([1e4, 5e3, 0])


def test_wells_are_held_as_the_schedule_says(sound):
    first = sound.schedule[0]
    producer, injector = first.wells
    assert producer.limits == {"orat": 50 / DAY, "bhp": pytest.approx(1e7)}
    assert (producer.kind, producer.control, producer.head) == (
        "producer",
        "orat",
        (2, 3),
    )
    assert injector.phase == "water"
    assert injector.limits["rate"] == pytest.approx(60 / DAY)
    assert injector.reference_depth == pytest.approx(2005)
    assert [one.cell for one in producer.connections] == [11, 23]
    assert producer.connections[0].diameter == pytest.approx(0.2)


def test_tstep_and_dates_make_the_report_steps(sound):
    assert [step.length_s / DAY for step in sound.schedule] == [10, 10, 40]


def test_later_keywords_change_wells_from_their_time_on(parser, tmp_path):
    later = """TSTEP
 10 /
WELTARG
 P ORAT 20 /
/
WEFAC
 P 0.8 /
/
WELOPEN
 I SHUT /
/
DRSDT
 0.01 FREE /
TSTEP
 10 /
"""
    made = described(tmp_path, ("TSTEP\n 2*10 /\n", later))
    before, after = made.schedule[0], made.schedule[1]
    assert before.wells[0].limits["orat"] == pytest.approx(50 / DAY)
    assert after.wells[0].limits["orat"] == pytest.approx(20 / DAY)
    assert (after.wells[0].efficiency, after.wells[1].status) == (0.8, "shut")
    assert (before.drsdt, after.drsdt_everywhere) == (None, False)
    assert after.drsdt == pytest.approx(0.01 / DAY)


def test_names_with_a_star_mean_all_wells_that_begin_so(parser, tmp_path):
    made = described(tmp_path, (" P OPEN ORAT", " 'P*' OPEN ORAT"))
    assert made.schedule[0].wells[0].limits["orat"] == pytest.approx(50 / DAY)


def test_field_units_describe_the_same_reservoir_as_metric_ones(parser, tmp_path):
    feet = 1 / 0.3048
    changes = [("METRIC", "FIELD")]
    for name, metric, size in (("DX", 100, feet), ("DY", 50, feet), ("DZ", 10, feet)):
        changes.append((f"{name}\n 24*{metric}", f"{name}\n 24*{metric * size!r}"))
    changes.append((" 12*2000", f" 12*{2000 * feet!r}"))
    one = described(tmp_path).grid
    other = described(tmp_path, *changes).grid
    assert np.allclose(one.bulk_volume, other.bulk_volume, rtol=1e-12)
    assert np.allclose(one.transmissibility, other.transmissibility, rtol=1e-12)


def test_inactive_cells_ntg_and_multipliers_are_honoured(parser, tmp_path):
    more = """PERMZ
 24*10 /
ACTNUM
 23*1 0 /
NTG
 24*0.5 /
MULTX
 24*0.1 /
MULTPV
 24*2 /
EQUALS
 MULTZ 0 1 1 1 1 1 1 /
/
PROPS
"""
    changes = [
        ("PERMZ\n 24*10 /\nPROPS\n", more),
        (" P 3 4 1 2 OPEN", " P 3 4 1 1 OPEN"),
    ]
    plain, grid = described(tmp_path).grid, described(tmp_path, *changes).grid
    assert list(grid.active) == list(range(23))
    assert np.allclose(grid.pore_volume, plain.pore_volume[:23])
    joined = {
        tuple(pair): flow
        for pair, flow in zip(
            grid.connections.tolist(), grid.transmissibility, strict=True
        )
    }
    before = {
        tuple(pair): flow
        for pair, flow in zip(
            plain.connections.tolist(), plain.transmissibility, strict=True
        )
    }
    assert joined[0, 1] == pytest.approx(0.1 * 0.5 * before[0, 1])
    assert joined[0, 3] == pytest.approx(0.5 * before[0, 3])
    assert (0, 12) not in joined
    assert joined[1, 13] == pytest.approx(before[1, 13])


def test_boxes_copies_and_sums_make_the_arrays(parser, tmp_path):
    operations = """BOX
 1 3 1 4 1 1 /
PERMX
 12*50 /
ENDBOX
EQUALS
 PERMX 400 4* 2 2 /
/
COPY
 PERMX PERMY /
 PERMX PERMZ /
/
MULTIPLY
 PERMZ 0.1 /
/
ADD
 PERMY 5 /
/
MAXVALUE
 PERMY 300 /
/
"""
    old = "PERMX\n 12*100 12*200 /\nPERMY\n 12*100 12*200 /\nPERMZ\n 24*10 /\n"
    k = described(tmp_path, (old, operations)).grid.permeability / MILLIDARCY
    assert np.allclose(k[0], [50] * 12 + [400] * 12)
    assert np.allclose(k[1], [55] * 12 + [300] * 12)
    assert np.allclose(k[2], [5] * 12 + [40] * 12)


def test_the_second_family_means_the_same_functions(parser, tmp_path):
    second = """SWFN
 0.2 0   0.1
 0.5 0.2 0.05
 0.9 0.8 0 /
SGFN
 0   0   0
 0.3 0.2 0.02
 0.8 0.9 0.05 /
SOF3
 0   0   0
 0.1 0   0.05
 0.5 0.3 0.2
 0.8 0.8 0.8 /
SOLUTION
"""
    start, end = SOUND.index("SWOF"), SOUND.index("SOLUTION\n") + len("SOLUTION\n")
    made = described(tmp_path, (SOUND[start:end], second)).saturation[0]
    sw = made.water_oil
    assert np.interp([0.2, 0.5, 0.9], sw.sw, sw.krow) == pytest.approx([0.8, 0.3, 0])
    assert np.interp([0.3, 0.7], sw.sw, sw.krw) == pytest.approx([0.2 / 3, 0.5])
    gas = made.gas_oil
    assert np.interp([0, 0.3, 0.7], gas.sg, gas.krog) == pytest.approx([0.8, 0.2, 0.05])


@pytest.mark.parametrize(
    ("keyword", "model"), [("STONE1", "stone1"), ("STONE2", "stone2")]
)
def test_the_three_phase_model_is_the_one_named(parser, tmp_path, keyword, model):
    assert (
        described(tmp_path, ("SOLUTION", f"{keyword}\nSOLUTION")).three_phase == model
    )


def test_dead_oil_and_an_explicit_state_are_read(parser, tmp_path):
    start, end = SOUND.index("PVTO"), SOUND.index("PVDG")
    state = """SOLUTION
PRESSURE
 24*250 /
SWAT
 24*0.3 /
SGAS
 24*0.1 /
"""
    made = described(
        tmp_path,
        ("DISGAS\n", ""),
        (SOUND[start:end], "PVDO\n 50 1.1 1.5\n 400 1.0 2 /\n"),
        ("SOLUTION\nEQUIL\n 2005 250 2100 0 1900 0 0 0 0 /\n", state),
    )
    assert isinstance(made.fluids[0].oil, DeadOil)
    assert isinstance(made.initial, InitialState)
    assert made.initial.pressure == pytest.approx(np.full(24, 2.5e7))
    assert set(made.initial.rs) == {0.0}


def test_included_files_are_read_and_keywords_keep_their_lines(parser, tmp_path):
    (tmp_path / "perm.inc").write_text("-- permeability\nPERMX\n 24*-1 /\n")
    from decks import findings

    old = "PERMX\n 12*100 12*200 /\n"
    found = findings(tmp_path, (old, "INCLUDE\n 'perm.inc' /\n"))
    assert [(one.file, one.line) for one in found] == [(str(tmp_path / "perm.inc"), 2)]


def corner_points(grid) -> str:
    """Keywords that state a grid by its pillars and corners."""
    coord = " ".join(f"{value:.10g}" for value in grid.coord)
    zcorn = " ".join(f"{value:.10g}" for value in grid.zcorn)
    return f"SPECGRID\n 3 4 2 1 F /\nCOORD\n {coord} /\nZCORN\n {zcorn} /\n"


def flows(grid) -> dict[tuple[int, int], float]:
    pairs = map(tuple, grid.connections.tolist())
    return dict(zip(pairs, grid.transmissibility, strict=True))


def test_corner_points_faults_and_stated_connections_are_honoured(sound, tmp_path):
    extra = """FAULTS
 F 1 1 1 4 1 2 X /
/
MULTFLT
 F 0.25 /
/
NNC
 1 1 1 3 4 2 0.5 /
/
PORO
"""
    boxes = SOUND[SOUND.index("DX\n") : SOUND.index("PORO\n")]
    made = described(tmp_path, (boxes, corner_points(sound.grid)), ("PORO\n", extra))
    assert np.allclose(made.grid.pore_volume, sound.grid.pore_volume, rtol=1e-9)
    before, found = flows(sound.grid), flows(made.grid)
    assert found[0, 1] == pytest.approx(0.25 * before[0, 1])
    assert found[1, 2] == pytest.approx(before[1, 2])
    stated = 0.5 * 1e-3 / (DAY * 1e5)  # cP m3 / (day bar)
    assert found.pop((0, 23)) == pytest.approx(stated)
    assert set(found) == set(before)


@pytest.mark.parametrize("name", ["RSVD", "PBVD"])
def test_dissolved_gas_is_given_against_depth(parser, tmp_path, name):
    rows = f"{name}\n 2000 50 2100 60 /\n"
    changes = [(" 1900 0 0 0 0 /\n", f" 1900 0 1 0 0 /\n{rows}")]
    (start,) = described(tmp_path, *changes).initial
    tables = {"RSVD": start.rs, "PBVD": start.bubble_point}
    size = {"RSVD": 1.0, "PBVD": 1e5}[name]
    assert tables.pop(name).value == pytest.approx(np.array([50, 60]) * size)
    assert set(tables.values()) == {None}


def test_two_phases_and_connections_that_are_opened_are_read(parser, tmp_path):
    start, end = SOUND.index("PVTO"), SOUND.index("SWOF")
    later = "TSTEP\n 2 /\nWELOPEN\n P SHUT 0 0 2 /\n/\nTSTEP"
    made = described(
        tmp_path,
        ("GAS\nDISGAS\n", ""),
        (SOUND[start:end], "PVCDO\n 250 1.1 1E-4 1.5 0 /\n"),
        (SOUND[SOUND.index("SGOF") : SOUND.index("SOLUTION")], ""),
        ("TSTEP", later),
    )
    assert made.phases == ("oil", "water")
    assert made.fluids[0].oil == Liquid(2.5e7, 1.1, pytest.approx(1e-9), 1.5e-3)
    assert made.saturation[0].gas_oil is None
    open_before, open_after = (
        [one.is_open for one in step.wells[0].connections] for step in made.schedule[:2]
    )
    assert (open_before, open_after) == ([True, True], [True, False])
    assert made.schedule[1].wells[0].status == "open"
