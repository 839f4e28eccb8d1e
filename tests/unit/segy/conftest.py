"""Cases run in a folder of their own, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpi4py import MPI

from anticline.component import Registry, RunContext, load_case
from anticline.component.checking import check_case
from anticline.component.registry import resolve


class Cases:
    """Runs case files given as text below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._registry = Registry.discover()
        self._number = 0

    def _load(self, text: str):
        self._number += 1
        path = self.folder / f"case_{self._number}.yaml"
        path.write_text(text)
        return load_case(path, self._registry)

    def findings(self, text: str) -> str:
        return "\n".join(str(found) for found in check_case(self._load(text), 1))

    def run(self, text: str) -> dict[str, Path]:
        case = self._load(text)
        found = check_case(case, 1)
        assert not found, found
        resolve(case.component.run)(case, RunContext.open(case, MPI.COMM_SELF))
        return case.outputs


@pytest.fixture
def cases(tmp_path: Path) -> Cases:
    return Cases(tmp_path)
