"""Getting data sets: found on this machine, else downloaded into the cache.

A file is transferred as NAME.part, held to its checksum and given its name last, so
what has its name is sound. One process at a time works in a data set's folder; the
others wait, and find the file there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anticline.component.catalogue.declare import Archive, DataFile, Dataset
from anticline.component.catalogue.known import Catalogue
from anticline.component.catalogue.locate import cached_path, locate, required
from anticline.component.progress import Progress, Reporter
from anticline.data.archive import extract
from anticline.data.transfer import Patience, transfer
from anticline.errors import BadInput, Failed, Interrupted

LOCK = ".lock"


@dataclass(frozen=True)
class Getter:
    """How files are got: who is told, and how long a server may take."""

    reporter: Reporter
    patience: Patience = field(default_factory=Patience)


def get(catalogue: Catalogue, names: Iterable[str], getter: Getter) -> list[Path]:
    """Give the paths of the named files, in their order; download those not here.

    A name is NAME or NAME/FILE; the terms of its set come with a file. A file that
    is here is held to its checksum.

    Raises
    ------
    BadInput
        An unknown name, a file without a public address, or one below
        ANTICLINE_DATA that is not the catalogue's; before anything is downloaded.
    Failed
        A download that did not end well.
    Interrupted
        Ctrl-C; what came is kept.
    """
    wanted = _wanted(catalogue, names)
    absent = [pair for pair in wanted if locate(*pair) is None]
    for dataset, file in absent:
        if not file.public:
            required(dataset, file)
    for dataset, file in wanted:
        if (dataset, file) not in absent:
            _hold_to_checksum(dataset, file)
    try:
        for dataset, file in absent:
            _fetch(dataset, file, getter)
    except KeyboardInterrupt:
        msg = "stopped; what came is kept, the same command goes on"
        raise Interrupted(msg) from None
    return [required(*pair) for pair in wanted]


def _wanted(
    catalogue: Catalogue, names: Iterable[str]
) -> list[tuple[Dataset, DataFile]]:
    pairs: dict[tuple[str, str], tuple[Dataset, DataFile]] = {}
    wrong: list[BadInput] = []
    for name in names:
        try:
            dataset, files = catalogue.select(name)
        except BadInput as error:
            wrong.append(error)
            continue
        terms = [file for file in dataset.files if file.terms]
        for file in dict.fromkeys((*files, *terms)):
            pairs[dataset.name, file.name] = dataset, file
    if wrong:
        raise BadInput([finding for error in wrong for finding in error.findings])
    return list(pairs.values())


def _hold_to_checksum(dataset: Dataset, file: DataFile) -> None:
    path = required(dataset, file)
    if not file.sha256 or _sha256(path) == file.sha256:
        return
    if path == cached_path(dataset, file):
        path.unlink()
        msg = f"{path} was damaged and is removed; get it again"
        raise Failed(msg)
    msg = (
        f"{path} is not the catalogue's {dataset.name}/{file.name} (another sha256); "
        "copy it again, or take it out of the folder that ANTICLINE_DATA names"
    )
    raise BadInput(msg)


def _fetch(dataset: Dataset, file: DataFile, getter: Getter) -> None:
    final = cached_path(dataset, file)
    label = f"{dataset.name}/{file.name}"
    with _alone(final.parent, label, getter.reporter):
        if final.exists():
            return
        part = final.with_name(f"{final.name}.part")
        if file.archive:
            archive = _archive(dataset, dataset.archive(file.archive), getter)
            extract(archive, file.members, part)
        else:
            _download(label, file.url, part, file, getter)
        _settle(part, final, file, label, getter.reporter)


def _archive(dataset: Dataset, archive: Archive, getter: Getter) -> Path:
    """Give an archive in the cache; it stays there for the set's other files."""
    as_file = DataFile(
        archive.name,
        archive.file_name,
        archive.sha256,
        archive.size_bytes,
        url=archive.url,
    )
    final = cached_path(dataset, as_file)
    if not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        part = final.with_name(f"{final.name}.part")
        label = f"{dataset.name}: {archive.file_name}"
        _download(label, archive.url, part, as_file, getter)
        _settle(part, final, as_file, label, getter.reporter)
    return final


def _download(label: str, url: str, part: Path, file: DataFile, getter: Getter) -> None:
    """Bring ``url`` into ``part``, which may hold the beginning of it."""
    if not file.sha256:
        part.unlink(missing_ok=True)  # nothing would tell a patchwork
    begun = part.exists()
    if begun and part.stat().st_size == file.size_bytes:
        return
    _transfer(label, url, part, file, getter)
    if begun and _sha256(part) != file.sha256:
        getter.reporter.log(f"{label}: the file has changed meanwhile; from its start")
        part.unlink()
        _transfer(label, url, part, file, getter)


def _transfer(label: str, url: str, part: Path, file: DataFile, getter: Getter) -> None:
    _require_space(part, file.size_bytes)
    meter = _Meter(label, getter.reporter)
    try:
        transfer(url, part, meter.moved, getter.patience)
    finally:
        meter.close()


def _require_space(part: Path, size_bytes: int | None) -> None:
    have = part.stat().st_size if part.exists() else 0
    missing = (size_bytes or 0) - have
    free = shutil.disk_usage(part.parent).free
    if missing > free:
        msg = (
            f"{part.parent} has {free / 1e6:,.1f} MB free and {missing / 1e6:,.1f} MB "
            "are to come; free some, or let ANTICLINE_CACHE name another folder"
        )
        raise Failed(msg)


def _settle(
    part: Path, final: Path, file: DataFile, label: str, reporter: Reporter
) -> None:
    """Hold a finished part to its checksum and give it its name."""
    found = _sha256(part)
    if file.sha256 and found != file.sha256:
        size = part.stat().st_size
        part.unlink()
        msg = (
            f"{label}: what came ({size:,} bytes, sha256 {found}) is not what the "
            f"catalogue names (sha256 {file.sha256}); it is removed"
        )
        raise Failed(msg)
    if not file.sha256:
        reporter.log(f"{label}: the catalogue knows no checksum; sha256 {found}")
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(final)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _alone(folder: Path, label: str, reporter: Reporter) -> Iterator[None]:
    """Wait until no other process gets a file in this folder.

    The system lets go of the lock when its process ends, however that is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / LOCK).open("w")
    except OSError as error:
        msg = (
            f"{folder} cannot be written ({error.strerror}); let ANTICLINE_CACHE name "
            "a folder that can"
        )
        raise BadInput(msg) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reporter.log(f"{label}: another process is getting it; waiting")
            fcntl.flock(stream, fcntl.LOCK_EX)
        except OSError:
            pass  # a disk without locks: the checksum tells what two have mixed
        yield


class _Meter:
    """Progress of one transfer in kB, begun when its length is known."""

    def __init__(self, label: str, reporter: Reporter) -> None:
        self._label, self._reporter = label, reporter
        self._progress: Progress | None = None
        self._shown = 0

    def moved(self, have: int, total: int | None) -> None:
        """Show ``have`` of ``total`` bytes."""
        if self._progress is None:
            length = -(-(total or 0) // 1000)
            self._progress = self._reporter.progress(f"{self._label} [kB]", length)
        done = -(-have // 1000)
        self._progress.advance(done - self._shown)
        self._shown = done

    def close(self) -> None:
        """End the display."""
        if self._progress is not None:
            self._progress.close()
