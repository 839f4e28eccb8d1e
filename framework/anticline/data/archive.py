"""One file out of a tar or zip archive, or out of an archive in an archive.

Members are read as streams and written under the name the caller gives, so a path
inside an archive leads nowhere on this machine.
"""

from __future__ import annotations

import contextlib
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any

from anticline.errors import Failed

UNREADABLE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
)


def extract(archive: Path, members: Sequence[str], out: Path) -> None:
    """Write a member to ``out``; several names lead into archives in the archive.

    A member is found by its whole name, or by its last part where only one fits.

    Raises
    ------
    Failed
        No such member, or an archive that cannot be read; ``out`` is removed.
    """
    try:
        with contextlib.ExitStack() as stack:
            source: Any = stack.enter_context(archive.open("rb"))
            for name in members:
                source = _member(source, name, str(archive), stack)
            with out.open("wb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
    except UNREADABLE as error:
        out.unlink(missing_ok=True)
        msg = f"{archive} cannot be read ({error}); remove it and get it again"
        raise Failed(msg) from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _member(
    source: IO[bytes], name: str, archive: str, stack: contextlib.ExitStack
) -> IO[bytes]:
    if zipfile.is_zipfile(source):
        packed = stack.enter_context(zipfile.ZipFile(source))
        chosen = _chosen(packed.namelist(), name, archive)
        return stack.enter_context(packed.open(chosen))
    source.seek(0)
    tar = stack.enter_context(tarfile.open(fileobj=source))  # noqa: SIM115
    files = [item.name for item in tar.getmembers() if item.isfile()]
    found = tar.extractfile(_chosen(files, name, archive))
    if found is None:
        msg = f"{archive}: '{name}' is no file"
        raise Failed(msg)
    return stack.enter_context(found)


def _chosen(names: Iterable[str], wanted: str, archive: str) -> str:
    names = list(names)
    last = PurePosixPath(wanted).name
    tests: tuple[Callable[[PurePosixPath], bool], ...] = (
        lambda path: path == PurePosixPath(wanted),
        lambda path: path.name == last,
    )
    for fits in tests:
        found = [name for name in names if fits(PurePosixPath(name))]
        if len(found) == 1:
            return found[0]
    held = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
    msg = f"{archive} has no '{wanted}'; it holds {held or 'nothing'}"
    raise Failed(msg)
