"""A public data set, declared: title, terms, and its files with their checksums.

A plugin registers `Dataset`s in the entry-point group `anticline.datasets`. A file
comes from an address of its own, out of an archive, or from nowhere (then it is
only looked for on this machine).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from anticline.component.declare import DeclarationError

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")


@dataclass(frozen=True)
class Archive:
    """A tar or zip file that holds files of a data set.

    ``sha256`` and ``size_bytes`` are "" and None where nobody has published them.
    """

    name: str
    url: str
    sha256: str = ""
    size_bytes: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be fetched (DeclarationError)."""
        where = f"archive {self.name!r}"
        _check_name(where, self.name)
        _check_content(where, self.sha256, self.size_bytes)
        _check_url(where, self.url)
        if not self.file_name.endswith(ARCHIVES):
            msg = f"{where}: {self.url} ends in none of {' '.join(ARCHIVES)}"
            raise DeclarationError(msg)

    @property
    def file_name(self) -> str:
        """The last part of its address."""
        return PurePosixPath(urlsplit(self.url).path).name


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    ``path`` is its place below the folder of the set. ``sha256`` is 64 hexadecimal
    digits, ``size_bytes`` its length; "" and None where nobody has published them.
    ``url`` is its own address; or ``archive`` names an archive of the set and
    ``members`` the way into it, one name for each archive in an archive. ``terms``
    marks a licence or a note that goes with every other file of the set.
    """

    name: str
    path: str
    sha256: str = ""
    size_bytes: int | None = None
    summary: str = ""
    url: str = ""
    archive: str = ""
    members: tuple[str, ...] = ()
    terms: bool = False

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (DeclarationError)."""
        where = f"file {self.name!r}"
        _check_name(where, self.name)
        _check_path(where, self.path)
        _check_content(where, self.sha256, self.size_bytes)
        if self.url and self.archive:
            msg = f"{where}: has a url and an archive; give one"
            raise DeclarationError(msg)
        if bool(self.archive) != bool(self.members):
            msg = f"{where}: archive and members go together"
            raise DeclarationError(msg)
        if self.url:
            _check_url(where, self.url)

    @property
    def public(self) -> bool:
        """Whether it can be downloaded."""
        return bool(self.url or self.archive)


@dataclass(frozen=True)
class Dataset:
    """Files that belong together, under one licence.

    ``license`` is an SPDX expression where there is one, ``license_url`` its text;
    ``doi`` that of the ``citation``, without a resolver's address. ``folder`` is the
    place of the files below ANTICLINE_DATA and below the cache; default: the name.
    """

    name: str
    title: str
    license: str
    citation: str
    files: tuple[DataFile, ...]
    doi: str = ""
    license_url: str = ""
    homepage: str = ""
    folder: str = ""
    archives: tuple[Archive, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (DeclarationError)."""
        where = f"data set {self.name!r}"
        _check_name(where, self.name)
        for key in ("title", "license", "citation"):
            if not getattr(self, key):
                msg = f"{where}: {key} is missing"
                raise DeclarationError(msg)
        if self.doi and not _DOI.fullmatch(self.doi):
            msg = f"{where}: doi {self.doi!r} is not of the form 10.1190/1.2172306"
            raise DeclarationError(msg)
        for address in filter(None, (self.license_url, self.homepage)):
            _check_url(where, address)
        if not self.folder:
            object.__setattr__(self, "folder", self.name)
        _check_path(where, self.folder)
        self._check_parts(where)

    def _check_parts(self, where: str) -> None:
        if not self.files:
            msg = f"{where}: has no file"
            raise DeclarationError(msg)
        for items, key in (
            (self.files, "name"),
            (self.files, "path"),
            (self.archives, "name"),
        ):
            keys = [getattr(item, key) for item in items]
            if twice := {key for key in keys if keys.count(key) > 1}:
                msg = f"{where}: {', '.join(sorted(twice))} is here twice"
                raise DeclarationError(msg)
        known = {archive.name for archive in self.archives}
        for file in self.files:
            if file.archive and file.archive not in known:
                msg = f"{where}: file {file.name!r}: no archive {file.archive!r}"
                raise DeclarationError(msg)

    @property
    def size_bytes(self) -> int | None:
        """Bytes of all files; None where one is not known."""
        sizes = [file.size_bytes for file in self.files]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None

    def archive(self, name: str) -> Archive:
        """Give the archive of that name."""
        return next(item for item in self.archives if item.name == name)


def _check_name(where: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        msg = f"{where}: a name is lower-case letters, digits, _ and -"
        raise DeclarationError(msg)


def _check_path(where: str, path: str) -> None:
    parts = PurePosixPath(path).parts
    if not parts or parts[0] == "/" or ".." in parts or "\0" in path:
        msg = f"{where}: {path!r} is no path below a folder"
        raise DeclarationError(msg)


def _check_content(where: str, sha256: str, size_bytes: int | None) -> None:
    if sha256 and not _SHA256.fullmatch(sha256):
        msg = f"{where}: sha256 {sha256!r} is not 64 digits of 0-9 a-f"
        raise DeclarationError(msg)
    if size_bytes is not None and size_bytes < 0:
        msg = f"{where}: {size_bytes} bytes is negative"
        raise DeclarationError(msg)


def _check_url(where: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or not url.isprintable() or " " in url:
        msg = f"{where}: {url!r} is no address (https://...)"
        raise DeclarationError(msg)
