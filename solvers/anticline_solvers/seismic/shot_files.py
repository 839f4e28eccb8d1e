"""One file a finished shot, in the work folder of a case.

A file is there once it is whole, and belongs to the case whose fingerprint it
carries; a run that starts again counts what is there and does the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from anticline_solvers.formats.hdf5 import finished, open_checked, write_new
from anticline_solvers.seismic.stack import Branch, Partial, Placed

PARTIAL_FORMAT = "anticline-partial-image/2"


@dataclass(frozen=True)
class ShotFiles:
    """The finished shots of a case below one folder.

    folder : of the files, inside the run's work folder.
    fingerprint : of the case.
    """

    folder: Path
    fingerprint: str

    def path(self, shot_id: int) -> Path:
        """File of a shot."""
        return self.folder / f"{shot_id:06d}.h5"

    def node(self, branch: Branch) -> Path:
        """File of a branch of the stack: its first and last shot."""
        return self.folder / f"stack_{branch[0]:06d}_{branch[-1]:06d}.h5"

    def pending(self, shot_ids: Iterable[int]) -> list[int]:
        """Shots without a finished file, in the order given.

        Raises OutputExists where a file belongs to another case.
        """
        return [s for s in shot_ids if not finished(self.path(s), self.fingerprint)]

    def remove(self) -> None:
        """Delete the folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_partial(path: Path, partial: Partial, fingerprint: str) -> None:
    """Write what shots add to a result, from one process."""
    with write_new(path, PARTIAL_FORMAT, {}, fingerprint) as file:
        for name, field in partial.fields.items():
            data = file.create_dataset(name, data=field.values)
            data.attrs["first"] = np.asarray(field.first, np.int64)


def read_partial(path: Path) -> Partial:
    """Read what `write_partial` wrote."""
    with open_checked(path, PARTIAL_FORMAT) as file:
        return Partial(
            {
                name: Placed(tuple(int(n) for n in data.attrs["first"]), data[...])
                for name, data in file.items()
                if isinstance(data, h5py.Dataset)
            }
        )
