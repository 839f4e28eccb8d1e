"""A small sound deck, from which tests make others by replacing lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from anticline.errors import BadInput, Finding
from anticline_solvers.reservoir.deck.build import prepare
from anticline_solvers.reservoir.description import Description

SOUND = """RUNSPEC
TITLE
 A small box
DIMENS
 3 4 2 /
OIL
WATER
GAS
DISGAS
METRIC
START
 1 JAN 2020 /
TABDIMS
/
EQLDIMS
/
WELLDIMS
 4 4 1 4 /
GRID
DX
 24*100 /
DY
 24*50 /
DZ
 24*10 /
TOPS
 12*2000 /
PORO
 24*0.2 /
PERMX
 12*100 12*200 /
PERMY
 12*100 12*200 /
PERMZ
 24*10 /
PROPS
DENSITY
 850 1020 0.9 /
ROCK
 250 5E-5 /
PVTW
 250 1.02 4E-5 0.4 0 /
PVTO
 10  50  1.1  1.5 /
 100 200 1.3  0.8
     400 1.25 1.0 /
/
PVDG
 50  0.02  0.012
 200 0.005 0.018
 400 0.003 0.025 /
SWOF
 0.2 0   0.8 0.1
 0.5 0.2 0.3 0.05
 0.9 0.8 0   0 /
SGOF
 0   0   0.8 0
 0.3 0.2 0.2 0.02
 0.8 0.9 0   0.05 /
SOLUTION
EQUIL
 2005 250 2100 0 1900 0 0 0 0 /
SUMMARY
FOPR
FPR
WBHP
/
BPR
 1 1 1 /
/
SCHEDULE
WELSPECS
 P G 3 4 2005 OIL /
 I G 1 1 1* WATER /
/
COMPDAT
 P 3 4 1 2 OPEN 2* 0.2 /
 I 1 1 1 2 OPEN 2* 0.2 /
/
WCONPROD
 P OPEN ORAT 50 4* 100 /
/
WCONINJE
 I WATER OPEN RATE 60 1* 400 /
/
TSTEP
 2*10 /
DATES
 1 MAR 2020 /
/
"""


def written(folder: Path, *changes: tuple[str, str], base: str = SOUND) -> Path:
    """Write the deck with parts replaced, each of which must be there."""
    text = base
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "BOX.DATA"
    path.write_text(text)
    return path


def described(folder: Path, *changes: tuple[str, str]) -> Description:
    """Give the description that a changed deck makes."""
    return prepare(written(folder, *changes)).description


def findings(folder: Path, *changes: tuple[str, str]) -> tuple[Finding, ...]:
    """Give what is wrong with a changed deck."""
    with pytest.raises(BadInput) as caught:
        prepare(written(folder, *changes))
    return caught.value.findings


def line_of(text: str, keyword: str) -> int:
    """Line of a keyword in a deck's text, from 1."""
    return text.splitlines().index(keyword) + 1
