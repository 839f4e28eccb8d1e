"""A deck's geometry and rock as active cells and their connections."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.arrays import Cells
from anticline_solvers.reservoir.deck.keywords import Deck, Keyword, Record
from anticline_solvers.reservoir.description import Grid
from anticline_solvers.reservoir.geometry.boxes import from_layers, from_sizes
from anticline_solvers.reservoir.geometry.pillars import (
    Pillars,
    centres,
    extents,
    volumes,
)
from anticline_solvers.reservoir.geometry.transmissibility import FACES, connect
from anticline_solvers.reservoir.units import SYSTEMS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_PORE_VOLUME_M3 = 1e-6
_FACE_OF = {
    **{
        f"{axis}{sign}": f"{face}{sign or '+'}"
        for axis, face in zip("XYZ", "IJK", strict=True)
        for sign in ("", "-")
    },
    **{f"{face}{sign}": f"{face}{sign or '+'}" for face in "IJK" for sign in ("", "-")},
    **{f"{axis}+": f"{face}+" for axis, face in zip("XYZ", "IJK", strict=True)},
}


def read_grid(deck: Deck, cells: Cells, found: list[Finding]) -> Grid | None:
    """Make the grid; None where findings say why it cannot be."""
    before = len(found)
    pillars = _pillars(deck, cells, found)
    _check_rock(deck, cells, found)
    if len(found) > before or pillars is None:
        return None
    multipliers = _multipliers(deck, cells, found)
    explicit = _explicit(deck, cells, found)
    corners = pillars.corners()
    bulk = volumes(corners).reshape(-1)
    porosity, ntg = cells.get("PORO", 0.0), cells.get("NTG", 1.0)
    pores = _pore_volume(deck, cells, bulk * porosity * ntg)
    active = np.flatnonzero(pores > 0)
    if not active.size:
        found.append(deck.finding("no cell is active and has pores"))
    if len(found) > before:
        return None
    permeability = np.stack([cells.get(f"PERM{axis}", 0.0) for axis in "XYZ"])
    joined = connect(pillars, corners, permeability, ntg, multipliers)
    pairs = np.concatenate([joined.cells, explicit[0]])
    flows = np.concatenate([joined.transmissibility, explicit[1]])
    number = np.full(cells.size, -1, np.int64)
    number[active] = np.arange(active.size)
    kept = (number[pairs] >= 0).all(axis=1) & (flows > 0)
    dx, dy, dz = (size.reshape(-1)[active] for size in extents(corners))
    coord, zcorn = pillars.flat()
    return Grid(
        shape=cells.shape,
        active=active.astype(np.int64),
        depth=centres(corners)[..., 2].reshape(-1)[active],
        bulk_volume=bulk[active],
        pore_volume=pores[active],
        dx=dx,
        dy=dy,
        dz=dz,
        permeability=permeability[:, active],
        net_to_gross=ntg[active],
        porosity=porosity[active],
        connections=number[pairs[kept]],
        transmissibility=flows[kept],
        coord=coord,
        zcorn=zcorn,
    )


def _pillars(deck: Deck, cells: Cells, found: list[Finding]) -> Pillars | None:
    coord, zcorn = deck.last("COORD"), deck.last("ZCORN")
    _check_frame(deck, cells, found)
    if coord and zcorn:
        return _corner_point(coord, zcorn, cells, found)
    if coord or zcorn:
        one = coord or zcorn
        assert one is not None
        found.append(one.finding("COORD and ZCORN are needed together"))
        return None
    return _boxes(deck, cells, found)


def _check_frame(deck: Deck, cells: Cells, found: list[Finding]) -> None:
    if stated := deck.last("SPECGRID"):
        record = stated.records[0]
        shape = tuple(record.whole(name) for name in ("NX", "NY", "NZ"))
        if shape != cells.shape:
            text = f"{shape} cells where DIMENS says {cells.shape}; make them one"
            found.append(stated.finding(text))
        if record.text("COORD_TYPE") == "T":
            found.append(stated.finding("radial grids are not done; take F"))
    if unit := deck.last("GRIDUNIT"):
        own = SYSTEMS[deck.unit_system].unit("length")
        if unit.records[0].text("LengthUnit") not in (own, own[:-1]):
            found.append(unit.finding(f"lengths of the grid must be {own} too"))


def _corner_point(
    coord: Keyword, zcorn: Keyword, cells: Cells, found: list[Finding]
) -> Pillars | None:
    nx, ny, nz = cells.shape
    sizes = {coord.name: 6 * (nx + 1) * (ny + 1), zcorn.name: 8 * nx * ny * nz}
    before = len(found)
    for keyword in (coord, zcorn):
        count = keyword.records[0].numbers().size
        if count != sizes[keyword.name]:
            text = f"{count:,} values, {sizes[keyword.name]:,} are needed"
            found.append(keyword.finding(text))
    if len(found) > before:
        return None
    made = Pillars.from_flat(
        cells.shape, coord.records[0].numbers(), zcorn.records[0].numbers()
    )
    thick = made.zcorn[:, :, :, 1] - made.zcorn[:, :, :, 0]
    folded = np.flatnonzero((thick < 0).any(axis=(-2, -1)).reshape(-1))
    if folded.size:
        text = (
            f"{folded.size:,} cells have their bottom above their top, the first "
            f"{cells.ijk(int(folded[0]))}; depths increase downwards"
        )
        found.append(zcorn.finding(text))
    return made


def _boxes(deck: Deck, cells: Cells, found: list[Finding]) -> Pillars | None:
    nx, ny, nz = cells.shape
    sizes = {}
    for axis, along in enumerate((nx, ny, nz)):
        name = f"D{'XYZ'[axis]}"
        size = _sizes(deck, cells, name, axis, along, found)
        if size is not None:
            sizes[name] = size
    tops = cells.values.get("TOPS")
    if tops is None or np.isnan(tops[: nx * ny]).any():
        place = cells.where.get("TOPS")
        text = "the tops of the first layer are needed: TOPS, or COORD and ZCORN"
        found.append(place.finding(text) if place else deck.finding(text))
        return None
    if len(sizes) < 3:
        return None
    stack = tops.reshape(nz, ny, nx)
    make = from_sizes(sizes["DX"], sizes["DY"], sizes["DZ"], stack[0])
    if nz > 1 and not np.isnan(stack).any():
        return from_layers(sizes["DX"], sizes["DY"], sizes["DZ"], stack)
    return make


def _sizes(
    deck: Deck, cells: Cells, name: str, axis: int, along: int, found: list[Finding]
) -> Floats | None:
    nx, ny, nz = cells.shape
    vector = deck.last(f"{name}V")
    keyword = vector or cells.where.get(name)
    if keyword is None:
        found.append(deck.finding(f"{name} or {name}V is needed"))
        return None
    if vector:
        given = vector.records[0].numbers()
        if given.size != along:
            found.append(vector.finding(f"{given.size} values, {along} are needed"))
            return None
        shape = [1, 1, 1]
        shape[2 - axis] = along
        sizes = np.broadcast_to(given.reshape(shape), (nz, ny, nx)).copy()
    else:
        sizes = cells.values[name].reshape(nz, ny, nx)
    bad = ~(sizes > 0) if name != "DZ" else ~(sizes >= 0)
    if bad.any():
        first = cells.ijk(int(np.flatnonzero(bad.reshape(-1))[0]))
        text = f"{int(bad.sum()):,} cells have no positive size, the first {first}"
        found.append(keyword.finding(text))
        return None
    return sizes


def _check_rock(deck: Deck, cells: Cells, found: list[Finding]) -> None:
    active = cells.get("ACTNUM", 1.0) > 0
    limits = {"PORO": 1.0, "NTG": np.inf, "MULTPV": np.inf, "PORV": np.inf}
    limits |= {f"PERM{axis}": np.inf for axis in "XYZ"}
    limits |= {f"MULT{axis}{sign}": np.inf for axis in "XYZ" for sign in ("", "-")}
    for name, most in limits.items():
        values = cells.values.get(name)
        needed = name in ("PORO", "PERMX", "PERMY", "PERMZ")
        needed = needed and not (name == "PORO" and "PORV" in cells.values)
        if values is None:
            if needed:
                found.append(deck.finding(f"{name} is needed, and is not set"))
            continue
        where = cells.where[name]
        unset = active & np.isnan(values)
        if needed and unset.any():
            text = f"{int(unset.sum()):,} active cells have no value, the first "
            found.append(where.finding(text + cells.ijk(int(np.argmax(unset)))))
        wrong = active & ((values < 0) | (values > most) | np.isinf(values))
        if wrong.any():
            cell = int(np.argmax(wrong))
            span = f"0 to {most:g}" if np.isfinite(most) else "0 or more"
            text = (
                f"{int(wrong.sum()):,} active cells are not {span}, the first "
                f"{cells.ijk(cell)} in SI units {values[cell]:g}"
            )
            found.append(where.finding(text))


def _pore_volume(deck: Deck, cells: Cells, made: Floats) -> Floats:
    stated = cells.values.get("PORV")
    pores = made if stated is None else np.where(np.isnan(stated), made, stated)
    pores = pores * cells.get("MULTPV", 1.0)
    pores[cells.get("ACTNUM", 1.0) <= 0] = 0.0
    least = LEAST_PORE_VOLUME_M3
    if limit := deck.last("MINPV"):
        least = max(least, float(limit.records[0].numbers()[0]))
    pores[pores < least] = 0.0
    return pores


def _multipliers(deck: Deck, cells: Cells, found: list[Finding]) -> dict[str, Floats]:
    multipliers: dict[str, Floats] = {}
    for axis, face in zip("XYZ", "IJK", strict=True):
        for sign in ("", "-"):
            if f"MULT{axis}{sign}" in cells.values:
                values = cells.get(f"MULT{axis}{sign}", 1.0)
                multipliers[f"{face}{sign or '+'}"] = values
    traces = _fault_faces(deck, cells, found)
    factors: dict[tuple[str, str], float] = {}
    for keyword in deck.all("MULTFLT"):
        for record in keyword.records:
            name = record.text("fault")
            if keyword.section == "SCHEDULE":
                text = "multipliers do not change in time; move it to GRID or EDIT"
                found.append(keyword.finding(text))
            elif name not in traces:
                found.append(keyword.finding(f"there is no fault {name} in FAULTS"))
            else:
                factors[keyword.section, name] = record.number("factor") or 0.0
    for (_, name), factor in factors.items():
        for face, members in traces[name]:
            values = multipliers.setdefault(face, np.ones(cells.size))
            values[members] *= factor
    return multipliers


def _fault_faces(
    deck: Deck, cells: Cells, found: list[Finding]
) -> dict[str, list[tuple[str, Integers]]]:
    nx, ny, nz = cells.shape
    numbers = np.arange(cells.size, dtype=np.int64).reshape(nz, ny, nx)
    traces: dict[str, list[tuple[str, Integers]]] = {}
    for keyword in deck.all("FAULTS"):
        for record in keyword.records:
            ends = [record.whole(f"I{axis}{end}") for axis in "XYZ" for end in (1, 2)]
            face = _FACE_OF.get(record.text("FACE"))
            sides = list(zip(ends[::2], ends[1::2], strict=True))
            inside = all(
                1 <= low <= high <= most
                for (low, high), most in zip(sides, cells.shape, strict=True)
            )
            if face is None or face not in FACES or not inside:
                text = f"fault {record.text('NAME')}: no face of cells of the grid"
                found.append(keyword.finding(text))
                continue
            (i1, i2), (j1, j2), (k1, k2) = sides
            members = numbers[k1 - 1 : k2, j1 - 1 : j2, i1 - 1 : i2].reshape(-1)
            traces.setdefault(record.text("NAME"), []).append((face, members))
    return traces


def _explicit(
    deck: Deck, cells: Cells, found: list[Finding]
) -> tuple[Integers, Floats]:
    """List connections that the deck states itself (NNC)."""
    pairs, flows = [], []
    for keyword in deck.all("NNC"):
        for record in keyword.records:
            pair = [_cell(record, end, cells) for end in ("1", "2")]
            if None in pair or pair[0] == pair[1]:
                found.append(keyword.finding("no two cells of the grid"))
                continue
            pairs.append(pair)
            flows.append(record.number("TRAN") or 0.0)
    return (
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array(flows, np.float64),
    )


def _cell(record: Record, end: str, cells: Cells) -> int | None:
    at = [record.whole(f"{axis}{end}") for axis in "IJK"]
    if not all(1 <= n <= most for n, most in zip(at, cells.shape, strict=True)):
        return None
    nx, ny, _ = cells.shape
    return at[0] - 1 + nx * (at[1] - 1 + ny * (at[2] - 1))
