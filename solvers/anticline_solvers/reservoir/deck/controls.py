"""What wells are held at: WCONPROD, WCONINJE and WELTARG as limits in SI units."""

from __future__ import annotations

from dataclasses import replace

from anticline.errors import Finding
from anticline_solvers.reservoir.deck.keywords import Keyword, Record
from anticline_solvers.reservoir.description import Mode, Phase, Status, Well
from anticline_solvers.reservoir.units import SYSTEMS, Quantity

ATMOSPHERE_PA = 101_325.0
HIGHEST_PA = 6.895e8
_STATUS: dict[str, Status] = {"OPEN": "open", "STOP": "stop", "SHUT": "shut"}
_PRODUCER: tuple[Mode, ...] = ("orat", "wrat", "grat", "lrat", "resv", "bhp")
_INJECTOR: tuple[Mode, ...] = ("rate", "resv", "bhp")
_QUANTITY: dict[str, Quantity] = {
    "orat": "liquid_rate",
    "wrat": "liquid_rate",
    "lrat": "liquid_rate",
    "grat": "gas_rate",
    "resv": "reservoir_rate",
    "bhp": "pressure",
}


def producer_control(
    well: Well, keyword: Keyword, record: Record, found: list[Finding]
) -> Well:
    """Make a well a producer held as WCONPROD says."""
    limits: dict[Mode, float] = {"bhp": ATMOSPHERE_PA}
    for mode in _PRODUCER:
        if mode.upper() in record.given:
            _limit(limits, mode, record, well, keyword, found)
    changed = replace(well, kind="producer", phase=well.phase)
    return _held(changed, limits, _PRODUCER, keyword, record, found)


def injector_control(
    well: Well,
    phase: Phase,
    keyword: Keyword,
    record: Record,
    system: str,
    found: list[Finding],
) -> Well:
    """Make a well an injector of a phase held as WCONINJE says."""
    limits: dict[Mode, float] = {"bhp": HIGHEST_PA}
    for mode in _INJECTOR:
        if mode.upper() in record.given:
            _limit(limits, mode, record, well, keyword, found)
    if "rate" in limits:
        limits["rate"] *= _surface(system, phase)
    changed = replace(well, kind="injector", phase=phase)
    return _held(changed, limits, _INJECTOR, keyword, record, found)


def _surface(system: str, phase: Phase) -> float:
    return SYSTEMS[system].size("gas_rate" if phase == "gas" else "liquid_rate")


def _limit(
    limits: dict[Mode, float],
    mode: Mode,
    record: Record,
    well: Well,
    keyword: Keyword,
    found: list[Finding],
) -> None:
    value = record.number(mode.upper())
    if value is None:
        text = f"well {well.name}: {mode.upper()} must be a number"
        found.append(keyword.finding(text))
    elif value < 0 or (mode == "bhp" and value == 0):
        text = f"well {well.name}: {mode.upper()} must not be negative"
        found.append(keyword.finding(text))
    else:
        limits[mode] = value


def _held(
    well: Well,
    limits: dict[Mode, float],
    modes: tuple[Mode, ...],
    keyword: Keyword,
    record: Record,
    found: list[Finding],
) -> Well:
    """Set status, mode and limits; findings where they contradict."""

    def tell(text: str) -> None:
        found.append(keyword.finding(f"well {well.name}: {text}"))

    status = _STATUS.get(record.text("STATUS") or "OPEN")
    if status is None:
        tell(f"status {record.text('STATUS')} is not done; take OPEN, STOP or SHUT")
    if record.number("THP") or record.whole("VFP_TABLE"):
        tell("tubing-head pressure is not done; limit BHP")
    mode = next((one for one in modes if one.upper() == record.text("CMODE")), None)
    closed = status == "shut" and not record.text("CMODE")
    if mode is None and not closed:
        given = record.text("CMODE") or "none"
        tell(f"mode {given} is not done; take {', '.join(modes).upper()}")
    elif mode is not None and mode not in limits and status == "open":
        tell(f"held at {mode.upper()} and the target is not stated")
    return replace(
        well, status=status or "shut", control=mode or well.control, limits=limits
    )


def retarget(
    well: Well, keyword: Keyword, record: Record, system: str, found: list[Finding]
) -> Well:
    """Change one of a well's limits as WELTARG says."""
    name = record.text("CMODE").lower()
    value = record.number("NEW_VALUE")
    if name not in _QUANTITY or value is None or value < 0:
        text = f"well {well.name}: {name.upper()} {value} is no target that is done"
        found.append(keyword.finding(text))
        return well
    phases: dict[Phase, str] = {"oil": "orat", "water": "wrat", "gas": "grat"}
    mode: Mode = name  # type: ignore[assignment]
    if well.kind == "injector" and name not in ("resv", "bhp"):
        if phases[well.phase] != name:
            text = f"well {well.name} injects {well.phase} and has no {name.upper()}"
            found.append(keyword.finding(text))
            return well
        mode = "rate"
    amount = value * SYSTEMS[system].size(_QUANTITY[name])
    return replace(well, limits={**well.limits, mode: amount})
