"""Durations, sizes and shares as people read them."""

from __future__ import annotations

_SCALES = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def duration(seconds: float | None) -> str:
    """Write a duration [s]: 40 ms, 0.4 s, 12 s, 3 min 5 s, 2 h 7 min, 3 d 4 h."""
    if seconds is None:
        return "-"
    if seconds <= 0:
        return "0 s"
    if seconds < 0.095:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for large, name, small, part in _SCALES:
        if whole >= large:
            rest = whole % large // small
            return f"{whole // large} {name}" + (f" {rest} {part}" if rest else "")
    return f"{whole} s"


def size(count: float | None) -> str:
    """Write a number of bytes: 812 bytes, 3.4 MiB (1024 KiB)."""
    if count is None:
        return "-"
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    digits = 0 if unit == 0 or value >= 99.5 else 1
    return f"{value:.{digits}f} {_UNITS[unit]}"


def percent(share: float | None) -> str:
    """Write a share: 87 %."""
    return "-" if share is None else f"{100 * share:.0f} %"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 task, 2 tasks."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
