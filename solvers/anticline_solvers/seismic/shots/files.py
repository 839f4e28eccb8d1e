"""One file a finished shot, in the work folder of a case.

A file is there once it is whole. It says what it comes from (`shots.identity`), so a
run that starts again counts what is there and does the rest, also where the survey
has gained, lost or changed shots meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from anticline.errors import BadInput, Finding, OutputExists
from anticline_solvers.domain.placed import Placed
from anticline_solvers.formats import contents, sealed
from anticline_solvers.formats.checkpoint import Checkpoints, foreign
from anticline_solvers.formats.hdf5 import format_of, open_checked, write_new
from anticline_solvers.formats.provenance import read_provenance
from anticline_solvers.formats.sealed import Broken
from anticline_solvers.seismic.imaging.stack import Branch, Partial

PARTIAL_FORMAT = "anticline-partial-image/2"


@dataclass(frozen=True)
class ShotFiles:
    """The finished shots of a case below one folder.

    folder : of the files, inside the run's work folder.
    case : `identity.common` of the case.
    """

    folder: Path
    case: str

    def path(self, shot_id: int) -> Path:
        """File of a shot."""
        return self.folder / f"{shot_id:06d}.h5"

    def node(self, branch: Branch) -> Path:
        """File of a branch of the stack: its first and last shot."""
        return self.folder / f"stack_{branch[0]:06d}_{branch[-1]:06d}.h5"

    def checkpoints(self, shot_id: int, own: str, stage: str = "") -> Checkpoints:
        """Give the checkpoints of a shot under way; of a stage of it where named."""
        stage = stage.replace(" ", "_")
        name = f"{shot_id:06d}{stage and '.'}{stage}.checkpoints"
        return Checkpoints(self.folder / name, self.case, own)

    def origin(self, own: str) -> dict[str, str]:
        """Say, for a shot's file to carry, what it comes from."""
        return {"case": self.case, "shot": own}

    def own(self, shot_id: int) -> str:
        """Give what a finished shot's file says of its shot."""
        return str(_origin(self.path(shot_id)).get("shot", ""))

    def pending(
        self, shot_ids: Iterable[int], own_of: Callable[[int], str]
    ) -> list[int]:
        """Shots without a finished file of the same data, in the order given.

        own_of : `identity.own` of a shot, called for those that have a file.

        Raises OutputExists where a file belongs to another case.
        """
        return [s for s in shot_ids if not self._finished(s, own_of)]

    def _finished(self, shot_id: int, own_of: Callable[[int], str]) -> bool:
        path = self.path(shot_id)
        if not path.exists():
            return False
        if finding := self._foreign(path):
            raise OutputExists(finding)
        return self.own(shot_id) == own_of(shot_id)

    def findings(self) -> list[Finding]:
        """Find a finished shot, and a checkpoint, of another case: one of each."""
        shots = (self._foreign(path) for path in sorted(self.folder.glob("[0-9]*.h5")))
        begun = map(
            self._foreign_checkpoint, sorted(self.folder.glob("*.checkpoints/*.h5"))
        )
        first = (next(filter(None, some), None) for some in (shots, begun))
        return [finding for finding in first if finding is not None]

    def _foreign(self, path: Path) -> Finding | None:
        found = str(_origin(path).get("case", ""))
        if found == self.case:
            return None
        what = f"of another case ({found[:12]})" if found else "no shot of a case"
        text = (
            f"exists and is {what}, needed are none or shots of this case "
            f"({self.case[:12]}); remove its folder or name another output"
        )
        return Finding(str(path), None, text)

    def _foreign_checkpoint(self, path: Path) -> Finding | None:
        try:
            return foreign(path, sealed.read(path), self.case)
        except Broken:
            return None  # not used, and said once its shot is taken up

    def fact(self, shot_id: int, name: str) -> float:
        """Give a number that a finished shot's file carries."""
        with open_checked(self.path(shot_id), PARTIAL_FORMAT) as file:
            return contents.number(file, name)

    def remove(self) -> None:
        """Delete the folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Delete all but finished shots and sums of them."""
        for left in (*self.folder.glob("*.checkpoints"), *self.folder.glob("*.part")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _origin(path: Path) -> dict[str, Any]:
    """Read what a file says it comes from; nothing where it is no file of ours."""
    if not path.exists() or format_of(path) is None:
        return {}
    with h5py.File(path, "r") as file:
        return read_provenance(file)


def write_partial(
    path: Path,
    partial: Partial,
    origin: dict[str, str],
    facts: Mapping[str, float] | None = None,
) -> None:
    """Write what shots add to a result, from one process; facts : beside it."""
    with write_new(path, PARTIAL_FORMAT, origin) as file:
        file.attrs.update(facts or {})
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


def read_known(path: Path, origin: dict[str, str]) -> Partial | None:
    """Read what comes from just that; None where it is not there."""
    found = _origin(path)
    if any(found.get(name) != value for name, value in origin.items()):
        return None
    try:
        return read_partial(path)
    except BadInput:
        return None
