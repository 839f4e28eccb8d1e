"""Trace header fields: first byte (1 to 240) and width, under the project's names.

The names are those of a case's `header_map`, which moves a field to another byte:

    header_map: {field_record: 17, receiver_x: 201}

A moved field keeps its width and its scalar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEADER_BYTES = 240

WIDE, NARROW, UNSIGNED = "i4", "i2", "u2"

FIELDS: Mapping[str, tuple[int, str]] = {
    "line_trace": (1, WIDE),
    "file_trace": (5, WIDE),
    "field_record": (9, WIDE),
    "channel": (13, WIDE),
    "source_point": (17, WIDE),
    "cdp": (21, WIDE),
    "trace_code": (29, NARROW),
    "offset": (37, WIDE),
    "receiver_elevation": (41, WIDE),
    "source_elevation": (45, WIDE),
    "source_depth": (49, WIDE),
    "elevation_scalar": (69, NARROW),
    "coordinate_scalar": (71, NARROW),
    "source_x": (73, WIDE),
    "source_y": (77, WIDE),
    "receiver_x": (81, WIDE),
    "receiver_y": (85, WIDE),
    "coordinate_units": (89, NARROW),
    "delay_time": (109, NARROW),
    "samples": (115, UNSIGNED),
    "sample_interval": (117, UNSIGNED),
    "weighting": (169, NARROW),
    "cdp_x": (181, WIDE),
    "cdp_y": (185, WIDE),
    "inline": (189, WIDE),
    "crossline": (193, WIDE),
    "time_scalar": (215, NARROW),
}

HeaderMap = Mapping[str, int]


def width(name: str) -> int:
    """Bytes of a field."""
    return int(FIELDS[name][1][1])


def byte_of(name: str, header_map: HeaderMap | None = None) -> int:
    """First byte of a field, counted from 1."""
    return (header_map or {}).get(name, FIELDS[name][0])


def map_faults(header_map: HeaderMap) -> list[str]:
    """Say which entries of a mapping lie outside the trace header."""
    return [
        f"'{name}' at byte {byte}: {width(name)} bytes lie in 1 to {HEADER_BYTES} "
        f"for bytes 1 to {HEADER_BYTES + 1 - width(name)}"
        for name, byte in header_map.items()
        if not 1 <= byte <= HEADER_BYTES + 1 - width(name)
    ]


def header_type(order: str, header_map: HeaderMap | None = None) -> Any:
    """Give the NumPy structured type of a trace header's 240 bytes.

    order : ">" or "<", of the file.
    """
    import numpy as np

    return np.dtype(
        {
            "names": list(FIELDS),
            "formats": [order + code for _, code in FIELDS.values()],
            "offsets": [byte_of(name, header_map) - 1 for name in FIELDS],
            "itemsize": HEADER_BYTES,
        }
    )
