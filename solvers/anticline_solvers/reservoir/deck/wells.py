"""A deck's schedule: wells as they are in force during each report step.

Keywords change the wells at the time they stand at; TSTEP and DATES move the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.controls import (
    injector_control,
    producer_control,
    retarget,
)
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword, Record
from anticline_solvers.reservoir.deck.patterns import matching
from anticline_solvers.reservoir.description import (
    Connection,
    Direction,
    Grid,
    Phase,
    ReportStep,
    Status,
    Well,
)

MONTHS = [
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
]
PHASES: dict[str, Phase] = {
    "OIL": "oil",
    "WATER": "water",
    "WAT": "water",
    "GAS": "gas",
}
STATUSES: dict[str, Status] = {"OPEN": "open", "STOP": "stop", "SHUT": "shut"}
_UNDONE = {
    "WELSPECS": {
        "INFLOW_EQ": ("STD",),
        "DENSITY_CALC": ("SEG",),
        "well_model": ("STD",),
    }
}


@dataclass
class Course:
    """The schedule as it is read.

    wells : by name. controlled : those told what to be held at. told : per well, the
    keyword that controlled it since the last report. steps : made so far.
    """

    deck: Deck
    grid: Grid
    phases: tuple[Phase, ...]
    now: datetime
    found: list[Finding]
    wells: dict[str, Well] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    steps: list[ReportStep] = field(default_factory=list)
    drsdt: float | None = None
    everywhere: bool = True
    numbers: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the active cells by their natural numbers."""
        self.numbers = {int(cell): at for at, cell in enumerate(self.grid.active)}

    def named(self, keyword: Keyword, pattern: str) -> list[str]:
        """Wells that a record means; a finding where there is none."""
        names = matching(pattern, self.wells)
        if not names:
            self.found.append(keyword.finding(f"there is no well {pattern} yet"))
        return names

    def at(self, i: int, j: int, k: int) -> int | None:
        """Active index of a cell, from 1; None where it is inactive."""
        nx, ny, _ = self.grid.shape
        return self.numbers.get(i - 1 + nx * (j - 1 + ny * (k - 1)))


def read_start_date(deck: Deck, found: list[Finding]) -> date:
    """Give the day on which the run begins; 1 January 1983 where none is stated."""
    keyword = deck.last("START")
    if keyword is None:
        return date(1983, 1, 1)
    when = _moment(keyword, keyword.records[0], found)
    return when.date() if when else date(1983, 1, 1)


def read_schedule(
    deck: Deck,
    grid: Grid,
    phases: tuple[Phase, ...],
    start: date,
    found: list[Finding],
) -> tuple[tuple[ReportStep, ...], tuple[str, ...]]:
    """Give the report steps, and the names of all wells."""
    begin = datetime(start.year, start.month, start.day, tzinfo=UTC)
    course = Course(deck, grid, phases, begin, found)
    for keyword in deck.section("SCHEDULE"):
        if handle := HANDLERS.get(keyword.name):
            for record in keyword.records:
                handle(course, keyword, record)
    if not course.steps:
        found.append(deck.finding("the schedule has no report step: TSTEP or DATES"))
    return tuple(course.steps), tuple(course.wells)


def _moment(keyword: Keyword, record: Record, found: list[Finding]) -> datetime | None:
    month = record.text("MONTH")
    month = {"JLY": "JUL"}.get(month, month)
    try:
        clock = [float(part) for part in record.text("TIME").split(":")]
        day = datetime(
            record.whole("YEAR"),
            MONTHS.index(month) + 1,
            record.whole("DAY"),
            tzinfo=UTC,
        )
    except ValueError:
        text = f"{record.whole('DAY')} {month} {record.whole('YEAR')} is no date"
        found.append(keyword.finding(text))
        return None
    hours, minutes, seconds = (*clock, 0.0, 0.0, 0.0)[:3]
    return day + timedelta(seconds=hours * 3600 + minutes * 60 + seconds)


def _step(course: Course, keyword: Keyword, length_s: float) -> None:
    if not (0 < length_s < 1e11):
        text = f"a report step of {length_s / 86400:g} days; time goes forward"
        course.found.append(keyword.finding(text))
        return
    for well in course.wells.values():
        if well.status == "open" and not well.connections and well.name in course.told:
            text = f"well {well.name} is open and has no connection; give COMPDAT"
            course.found.append(keyword.finding(text))
    course.steps.append(
        ReportStep(
            length_s, tuple(course.wells.values()), course.drsdt, course.everywhere
        )
    )
    course.now += timedelta(seconds=length_s)
    course.told.clear()


def _tstep(course: Course, keyword: Keyword, record: Record) -> None:
    for length in record.numbers():
        _step(course, keyword, float(length))


def _dates(course: Course, keyword: Keyword, record: Record) -> None:
    when = _moment(keyword, record, course.found)
    if when is not None:
        _step(course, keyword, (when - course.now).total_seconds())


def _drsdt(course: Course, keyword: Keyword, record: Record) -> None:
    course.drsdt = record.number("DRSDT_MAX") or 0.0
    course.everywhere = record.text("OPTION") != "FREE"


def _welspecs(course: Course, keyword: Keyword, record: Record) -> None:
    name = str(record.values["WELL"])
    i, j = record.whole("HEAD_I"), record.whole("HEAD_J")
    nx, ny, _ = course.grid.shape
    if not (1 <= i <= nx and 1 <= j <= ny):
        text = f"well {name} at ({i}, {j}) is outside the grid of {nx} x {ny}"
        course.found.append(keyword.finding(text))
        return
    for item, usual in _UNDONE["WELSPECS"].items():
        if item in record.given and record.text(item) not in usual:
            text = f"well {name}: {item} {record.text(item)} is not done"
            course.found.append(keyword.finding(text))
    if record.whole("P_TABLE") > 1:
        text = f"well {name}: a PVT table of its own is not done; leave 1*"
        course.found.append(keyword.finding(text))
    phase = PHASES.get(record.text("PHASE"))
    if phase is None or phase not in course.phases:
        text = f"well {name}: {record.text('PHASE')} is no phase that is there"
        course.found.append(keyword.finding(text))
        return
    depth = record.number("REF_DEPTH")
    old = course.wells.get(name)
    course.wells[name] = Well(
        name=name,
        group=str(record.values["GROUP"]),
        head=(i - 1, j - 1),
        reference_depth=np.nan if depth is None else depth,
        kind=old.kind if old else "producer",
        phase=phase,
        status=old.status if old else "shut",
        control=old.control if old else "orat",
        limits=old.limits if old else {},
        connections=old.connections if old else (),
        efficiency=old.efficiency if old else 1.0,
        crossflow=record.text("CROSSFLOW") != "NO",
    )
    _settle_depth(course, name)


def _settle_depth(course: Course, name: str) -> None:
    """Take the depth of the uppermost connection where none is stated."""
    well = course.wells[name]
    if np.isnan(well.reference_depth) and well.connections:
        top = min(connection.depth for connection in well.connections)
        course.wells[name] = replace(well, reference_depth=top)


def _compdat(course: Course, keyword: Keyword, record: Record) -> None:
    for name in course.named(keyword, str(record.values["WELL"])):
        well = course.wells[name]
        i = record.whole("I") or well.head[0] + 1
        j = record.whole("J") or well.head[1] + 1
        for k in _layers(course, keyword, name, record, i, j):
            _connect(course, keyword, name, record, (i, j, k))
        _settle_depth(course, name)


def _layers(
    course: Course, keyword: Keyword, name: str, record: Record, i: int, j: int
) -> range:
    nx, ny, nz = course.grid.shape
    first, last = record.whole("K1"), record.whole("K2")
    if not (1 <= i <= nx and 1 <= j <= ny and 1 <= first <= last <= nz):
        text = (
            f"well {name}: cells ({i}, {j}, {first} to {last}) are outside the grid "
            f"of {nx} x {ny} x {nz}"
        )
        course.found.append(keyword.finding(text))
        return range(0)
    return range(first, last + 1)


def _connect(
    course: Course,
    keyword: Keyword,
    name: str,
    record: Record,
    cell: tuple[int, int, int],
) -> None:
    at = course.at(*cell)
    if at is None:
        text = f"well {name}: cell {cell} is inactive; leave it out"
        course.found.append(keyword.finding(text))
        return
    faults = _connection_faults(record)
    course.found += [keyword.finding(f"well {name}: {text}") for text in faults]
    if faults:
        return
    factor = record.number("CONNECTION_TRANSMISSIBILITY_FACTOR") or 0.0
    thick = record.number("Kh") or 0.0
    directions: dict[str, Direction] = {"X": "x", "Y": "y", "Z": "z"}
    made = Connection(
        cell=at,
        depth=float(course.grid.depth[at]),
        diameter=record.number("DIAMETER") or 0.0,
        factor=factor if factor > 0 else None,
        skin=record.number("SKIN") or 0.0,
        direction=directions[record.text("DIR") or "Z"],
        is_open=record.text("STATE") != "SHUT",
        effective_kh=thick if thick > 0 else None,
    )
    well = course.wells[name]
    kept = tuple(one for one in well.connections if one.cell != at)
    course.wells[name] = replace(well, connections=(*kept, made))


def _connection_faults(record: Record) -> list[str]:
    faults = []
    if record.text("STATE") not in ("OPEN", "SHUT"):
        faults.append(f"state {record.text('STATE')} is not done; take OPEN or SHUT")
    if record.whole("SAT_TABLE"):
        faults.append("a saturation table of its own is not done; leave 1*")
    if record.number("D_FACTOR") or record.number("PR"):
        faults.append("D factor and equivalent radius are not done; leave 1*")
    if record.text("DIR") not in ("X", "Y", "Z", ""):
        faults.append(f"direction {record.text('DIR')} is not done; take X, Y or Z")
    factor = record.number("CONNECTION_TRANSMISSIBILITY_FACTOR") or 0.0
    if factor <= 0 and not (record.number("DIAMETER") or 0.0) > 0:
        faults.append("the diameter of the bore or the connection's factor is needed")
    return faults


def _controlled(course: Course, keyword: Keyword, name: str) -> None:
    earlier = course.told.get(name, keyword.name)
    if earlier != keyword.name:
        text = f"well {name} is under {earlier} at the same time; keep one"
        course.found.append(keyword.finding(text))
    course.told[name] = keyword.name


def _wconprod(course: Course, keyword: Keyword, record: Record) -> None:
    for name in course.named(keyword, str(record.values["WELL"])):
        _controlled(course, keyword, name)
        made = producer_control(course.wells[name], keyword, record, course.found)
        course.wells[name] = made


def _wconinje(course: Course, keyword: Keyword, record: Record) -> None:
    for name in course.named(keyword, str(record.values["WELL"])):
        _controlled(course, keyword, name)
        phase = PHASES.get(record.text("TYPE"))
        if phase is None or phase not in course.phases:
            text = f"well {name}: {record.text('TYPE')} is no phase that is there"
            course.found.append(keyword.finding(text))
            continue
        system = course.deck.unit_system
        course.wells[name] = injector_control(
            course.wells[name], phase, keyword, record, system, course.found
        )


def _weltarg(course: Course, keyword: Keyword, record: Record) -> None:
    for name in course.named(keyword, str(record.values["WELL"])):
        system = course.deck.unit_system
        course.wells[name] = retarget(
            course.wells[name], keyword, record, system, course.found
        )


def _welopen(course: Course, keyword: Keyword, record: Record) -> None:
    status = STATUSES.get(record.text("STATUS"))
    if status is None or record.whole("C1") or record.whole("C2"):
        text = "only OPEN, STOP and SHUT of wells and of cells are done"
        course.found.append(keyword.finding(text))
        return
    cell = tuple(record.whole(axis) for axis in "IJK")
    for name in course.named(keyword, str(record.values["WELL"])):
        well = course.wells[name]
        if not {"I", "J", "K"} & record.given:
            course.wells[name] = replace(well, status=status)
            continue
        changed = tuple(
            replace(one, is_open=status == "open")
            if _at(course.grid, one, cell)
            else one
            for one in well.connections
        )
        course.wells[name] = replace(well, connections=changed)


def _at(grid: Grid, connection: Connection, cell: tuple[int, ...]) -> bool:
    """Whether a connection is in a cell, 0 meaning any."""
    nx, ny, _ = grid.shape
    natural = int(grid.active[connection.cell])
    here = (natural % nx + 1, natural // nx % ny + 1, natural // (nx * ny) + 1)
    return all(wanted in (0, at) for wanted, at in zip(cell, here, strict=True))


def _wefac(course: Course, keyword: Keyword, record: Record) -> None:
    factor = record.number("EFFICIENCY_FACTOR")
    factor = 1.0 if factor is None else factor
    if not 0 <= factor <= 1:
        course.found.append(keyword.finding(f"{factor:g} is no share of the time"))
        return
    for name in course.named(keyword, str(record.values["WELLNAME"])):
        course.wells[name] = replace(course.wells[name], efficiency=factor)


HANDLERS: dict[str, Callable[[Course, Keyword, Record], None]] = {
    "TSTEP": _tstep,
    "DATES": _dates,
    "DRSDT": _drsdt,
    "WELSPECS": _welspecs,
    "COMPDAT": _compdat,
    "WCONPROD": _wconprod,
    "WCONINJE": _wconinje,
    "WELTARG": _weltarg,
    "WELOPEN": _welopen,
    "WEFAC": _wefac,
}
