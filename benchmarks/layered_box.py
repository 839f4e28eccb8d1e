"""A deck of a layered box: permeability over six orders of magnitude, a water flood.

Cells are 20 x 10 x 2 ft, as in the tenth comparative solution project (Christie and
Blunt 2001, doi:10.2118/72469-PA). Each layer has its own mean of log10 k, and within
it log10 k is a Gaussian field with an exponential covariance; horizontal permeability
is 0.01 to 10,000 mD, the vertical a tenth of it, porosity follows log10 k. An injector
stands in the middle, producers in the corners, all through all layers. Oil is dead, no
gas is there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anticline_solvers.reservoir.perturbing import gaussian_field

SEED = 2001
LEAST, MOST = -2.0, 4.0
DEVIATION = 0.8
RANGES = (12.0, 30.0, 1.0)
FEET = (20.0, 10.0, 2.0)
RATE_OF_LAYER = 60.0
"""Injected a layer of 60 x 220 cells [stb/day]."""

STEPS_DAYS = (1, 4, 10)
PER_LINE = 8

DECK = """RUNSPEC
TITLE
 A layered box under water flood
DIMENS
 {nx} {ny} {nz} /
OIL
WATER
FIELD
START
 1 JAN 2020 /
TABDIMS
/
EQLDIMS
/
WELLDIMS
 5 {nz} 1 5 /
UNIFOUT
GRID
DXV
 {nx}*{dx} /
DYV
 {ny}*{dy} /
DZV
 {nz}*{dz} /
BOX
 1 {nx} 1 {ny} 1 1 /
TOPS
 {layer}*12000 /
ENDBOX
PORO
{porosity} /
PERMX
{permeability} /
COPY
 PERMX PERMY /
 PERMX PERMZ /
/
MULTIPLY
 PERMZ 0.1 /
/
PROPS
DENSITY
 53 64 0.06 /
ROCK
 6000 1E-6 /
PVTW
 6000 1.01 3.1E-6 0.3 0 /
PVDO
  300 1.05 2.85
 3000 1.03 2.95
 8000 1.01 2.99 /
SWOF
{tables} /
SOLUTION
EQUIL
 12000 6000 13000 0 /
SUMMARY
FOPR
FWPR
FWIR
FPR
SCHEDULE
WELSPECS
 I  G {i} {j} 12000 WATER /
 P1 G 1 1 12000 OIL /
 P2 G {nx} 1 12000 OIL /
 P3 G 1 {ny} 12000 OIL /
 P4 G {nx} {ny} 12000 OIL /
/
COMPDAT
 '*' 2* 1 {nz} OPEN 2* 0.4 /
/
WCONINJE
 I WATER OPEN RATE {rate} 1* 10000 /
/
WCONPROD
 'P*' OPEN BHP 5* 4000 /
/
TSTEP
 {steps} /
"""


def log_permeability(shape: tuple[int, int, int]) -> np.ndarray:
    """Draw log10 of the permeability in mD, (nz, ny, nx)."""
    nz = shape[2]
    means = np.random.default_rng(SEED).permutation(np.linspace(-1.0, 3.0, nz))
    field = gaussian_field(shape, RANGES, [SEED])
    found = means[:, None, None] + DEVIATION * field
    return np.clip(found, LEAST, MOST)


def corey() -> str:
    """Give rows of quadratic relative permeabilities between 0.2 and 0.8."""
    mobile = np.linspace(0.0, 1.0, 13)
    rows = [f" {0.2 + 0.6 * s:.3f} {s**2:.6f} {(1 - s) ** 2:.6f} 0" for s in mobile]
    return "\n".join(rows)


def listed(values: np.ndarray) -> str:
    """Give numbers in lines."""
    words = [f"{value:.5g}" for value in values.ravel()]
    starts = range(0, len(words), PER_LINE)
    return "\n".join(" " + " ".join(words[at : at + PER_LINE]) for at in starts)


def write(path: Path, shape: tuple[int, int, int]) -> None:
    """Write the deck of a box of nx x ny x nz cells."""
    nx, ny, nz = shape
    logs = log_permeability(shape)
    share = (logs - LEAST) / (MOST - LEAST)
    dx, dy, dz = FEET
    text = DECK.format(
        nx=nx, ny=ny, nz=nz, dx=dx, dy=dy, dz=dz, layer=nx * ny,
        i=nx // 2, j=ny // 2,
        porosity=listed(0.05 + 0.3 * share),
        permeability=listed(10.0**logs),
        tables=corey(),
        rate=RATE_OF_LAYER * nz * nx * ny / (60 * 220),
        steps=" ".join(map(str, STEPS_DAYS)),
    )  # fmt: skip
    path.write_text(text)
