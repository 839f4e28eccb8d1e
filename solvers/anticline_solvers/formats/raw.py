"""Raw binary arrays of a described layout, read into the project's axis order.

A raw file says nothing about itself: number type and byte order, shape and order of
the axes, and the unit's factor come from the user, and the file's size is checked
against them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DTYPES = {
    f"{kind}_{order}": np.dtype(f"{mark}{code}")
    for kind, code in (
        ("float32", "f4"),
        ("float64", "f8"),
        ("int16", "i2"),
        ("int32", "i4"),
    )
    for order, mark in (("little", "<"), ("big", ">"))
}


@dataclass(frozen=True)
class RawLayout:
    """How the bytes of a raw file are an array.

    dtype : a key of DTYPES, as "float32_little".
    axes : names of the axes as stored, slowest first: "xz", "zx", "xyz", "zyx", ...
    shape : cells for each letter of `axes`.
    factor : stored number times factor is SI (1000 for km/s).
    skip_bytes : of a header before the array.
    """

    dtype: str
    axes: str
    shape: tuple[int, ...]
    factor: float = 1.0
    skip_bytes: int = 0

    @property
    def bytes(self) -> int:
        """Size of a file of this layout."""
        count = math.prod(self.shape)
        return self.skip_bytes + count * DTYPES[self.dtype].itemsize

    def faults(self) -> list[str]:
        """Say what contradicts itself in the description."""
        found = []
        if self.dtype not in DTYPES:
            found.append(f"dtype '{self.dtype}' is not one of {', '.join(DTYPES)}")
        if "".join(sorted(self.axes)) not in ("xz", "xyz"):
            found.append(f"axes '{self.axes}' must order the letters xz or xyz")
        if len(self.shape) != len(self.axes) or min(self.shape, default=0) < 1:
            found.append(
                f"shape {list(self.shape)} must have one positive number for each "
                f"of the axes '{self.axes}'"
            )
        return found


def size_fault(path: Path, layout: RawLayout) -> str | None:
    """Say how a file's size contradicts its layout, or None."""
    found = path.stat().st_size
    if found == layout.bytes:
        return None
    return (
        f"has {found:,} bytes and the layout {layout.dtype} {list(layout.shape)} "
        f"after {layout.skip_bytes} bytes takes {layout.bytes:,}; correct shape, "
        "dtype or skip_bytes"
    )


def read_raw(path: Path, layout: RawLayout) -> NDArray[np.float32]:
    """Read the array as float32 in SI, (nx, nz) or (nx, ny, nz), z contiguous.

    Raises ValueError where the layout contradicts itself or the file's size.
    """
    faults = layout.faults() or [f for f in [size_fault(path, layout)] if f]
    if faults:
        raise ValueError("; ".join(faults))
    stored = np.memmap(path, DTYPES[layout.dtype], "r", layout.skip_bytes, layout.shape)
    wanted = "xz" if len(layout.axes) == 2 else "xyz"
    turned = stored.transpose([layout.axes.index(letter) for letter in wanted])
    scaled = turned * np.float64(layout.factor) if layout.factor != 1 else turned
    return np.array(scaled, np.float32, order="C")
