"""Whole HDF5 files: a reader never sees half a file, nor a file of another kind.

A file is written as `NAME.HOST-PROCESS.part`, so that two runs do not write into one
another's, flushed to disk and renamed; its attribute `format` is
`anticline-KIND/VERSION`. docs/reference/files.md lists every data set.
"""

from __future__ import annotations

import glob
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import psutil

from anticline.component.units import size_text
from anticline.errors import BadInput, Finding, OutputExists
from anticline_solvers.formats.distributed import (
    create_dataset,
    has_parallel_hdf5,
    write_box,
    write_distributed,
)
from anticline_solvers.formats.provenance import read_provenance, write_provenance

__all__ = [
    "create_dataset",
    "finished",
    "format_of",
    "has_parallel_hdf5",
    "open_checked",
    "part_of",
    "parts_beside",
    "require_space",
    "settle",
    "sweep",
    "write_box",
    "write_distributed",
    "write_new",
]

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
LAYOUT = ("v108", "v108")
"""Of the files written: HDF5 1.8 (2008), whose attributes may exceed 64 KiB."""


def part_of(path: Path) -> Path:
    """Name under which this process writes a file until it is whole."""
    return path.with_name(f"{path.name}.{platform.node()}-{os.getpid()}.part")


def parts_beside(path: Path) -> list[Path]:
    """Unfinished files of that name, whoever writes them."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}.*-*.part"))


def sweep(path: Path) -> None:
    """Remove what processes of this host that are gone have left unfinished."""
    for part in parts_beside(path):
        host, _, pid = part.name[len(path.name) + 1 : -len(".part")].rpartition("-")
        if (
            host == platform.node()
            and pid.isdigit()
            and not psutil.pid_exists(int(pid))
        ):
            part.unlink(missing_ok=True)


@contextmanager
def write_new(
    path: Path,
    format_name: str,
    provenance: Mapping[str, object],
    fingerprint: str = "",
    *,
    comm: Any = None,
    collective: bool | None = None,
) -> Iterator[Any]:
    """Give an open file that takes its name once the block ends without error.

    comm : None, one process writes; else every rank of it calls this, and gets the
        file on all ranks (collective) or on rank 0 and None elsewhere (gathered).
    collective : None takes parallel HDF5 where h5py has it.

    On an error the unfinished file is removed and `path` is as it was before.
    """
    path = Path(path)
    root = comm is None or comm.rank == 0
    together = comm is not None and (
        has_parallel_hdf5() if collective is None else collective
    )
    part = part_of(path)
    if comm is not None:
        provenance, fingerprint, part = comm.bcast(
            (dict(provenance), fingerprint, part)
        )
    if root:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path)
    file = _created(part, comm if together else None) if together or root else None
    try:
        if file is not None:
            file.attrs["format"] = format_name
            write_provenance(file, provenance, fingerprint)
        yield file
        if file is not None:
            file.close()
    except BaseException:
        if root:
            part.unlink(missing_ok=True)
        raise
    if root:
        settle(part, path)
    if comm is not None:
        comm.barrier()


def _created(part: Path, comm: Any) -> h5py.File:
    if comm is None:
        return h5py.File(part, "w", libver=LAYOUT)
    comm.barrier()  # rank 0 makes the folder
    return h5py.File(part, "w", driver="mpio", comm=comm, libver=LAYOUT)


def settle(part: Path, path: Path) -> None:
    """Bring the finished part to disk and give it its name, in this order."""
    for name, flags in ((part, os.O_RDWR), (path.parent, os.O_RDONLY)):
        if name is not part:
            part.replace(path)
        descriptor = os.open(name, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def open_checked(path: Path, *formats: str) -> h5py.File:
    """Open a file for reading; its format must be one of `formats`.

    Raises BadInput, naming what was found, what is needed and what to do, where the
    file is absent, not HDF5, cut short, of another kind or of another version.
    """
    path = Path(path)
    trouble = _unreadable(path)
    if trouble:
        raise BadInput([Finding(str(path), None, trouble)])
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        text = (
            f"is damaged or cut short ({path.stat().st_size:,} bytes; HDF5 says: "
            f"{error}); make or copy it again"
        )
        raise BadInput([Finding(str(path), None, text)]) from error
    found = file.attrs.get("format", "")
    if found not in formats:
        file.close()
        raise BadInput([Finding(str(path), None, _mismatch(str(found), formats))])
    return file


def _unreadable(path: Path) -> str:
    """Say why a path is no HDF5 file, or nothing."""
    if not path.exists():
        beside = parts_beside(path)
        hint = "; the unfinished .part beside it is not read" if beside else ""
        return f"does not exist{hint}; make it first or correct the path"
    if path.is_dir():
        return "is a folder; name the file in it"
    with path.open("rb") as stream:
        start = stream.read(len(HDF5_SIGNATURE))
    if start != HDF5_SIGNATURE:
        return (
            f"is not an HDF5 file (it starts with {start!r}); an array without a "
            "header is read by models.import"
        )
    return ""


def _mismatch(found: str, formats: tuple[str, ...]) -> str:
    needed = " or ".join(formats)
    kinds = {name.rpartition("/")[0] for name in formats}
    if not found:
        return f"has no attribute 'format'; needed is {needed}, made by anticline"
    if found.rpartition("/")[0] in kinds:
        return (
            f"is {found}, another version of the format; this release reads "
            f"{needed}: make the file again or use the release that wrote it"
        )
    return f"is {found}; needed is {needed}: name a file of that kind"


def format_of(path: Path) -> str | None:
    """Format name of an anticline file, None for anything else."""
    try:
        with h5py.File(path, "r") as file:
            found = str(file.attrs.get("format", ""))
    except OSError:
        return None
    return found if found.startswith("anticline-") else None


def finished(path: Path, fingerprint: str) -> bool:
    """Tell whether `path` is this case's result; False where it is absent.

    Raises OutputExists where a file of another case, or any other file, is there.
    """
    path = Path(path)
    if not path.exists():
        return False
    found = ""
    if format_of(path) is not None:
        with h5py.File(path, "r") as file:
            found = str(read_provenance(file).get("fingerprint", ""))
    if found and found == fingerprint:
        return True
    what = f"of another case ({found[:12]})" if found else "not made by a case"
    text = (
        f"exists and is {what}, needed is a new file or the result of this case "
        f"({fingerprint[:12]}); move it away or name another output"
    )
    raise OutputExists([Finding(str(path), None, text)])


def require_space(path: Path, needed_bytes: int) -> Finding | None:
    """Compare the bytes a result takes with what its disk has free."""
    folder = Path(path).absolute()
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed_bytes <= free:
        return None
    text = (
        f"takes about {size_text(needed_bytes)} and {folder} has "
        f"{size_text(free)} free; free some or write elsewhere"
    )
    return Finding(str(path), None, text)
