"""Where the files of a data set lie: first ANTICLINE_DATA, then the cache.

Both folders are laid out alike: FOLDER/PATH, the set's folder and the file's path.
A file in the cache is there whole or not at all; one in ANTICLINE_DATA is the
user's, so its length is compared.
"""

from __future__ import annotations

import os
from pathlib import Path

from anticline.component.catalogue.declare import DataFile, Dataset
from anticline.errors import BadInput

FOLDER = "ANTICLINE_DATA"
CACHE = "ANTICLINE_CACHE"


def data_folder() -> Path | None:
    """Give the folder that ANTICLINE_DATA names, None where it is not set."""
    named = os.environ.get(FOLDER)
    return Path(named).expanduser() if named else None


def cache_folder() -> Path:
    """Name the folder of what was downloaded; it may be absent."""
    if named := os.environ.get(CACHE):
        return Path(named).expanduser() / "data"
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "anticline" / "data"


def cached_path(dataset: Dataset, file: DataFile) -> Path:
    """Name the place of a file in the cache."""
    return cache_folder() / dataset.folder / file.path


def locate(dataset: Dataset, file: DataFile) -> Path | None:
    """Give the path of a file on this machine, None where it is on neither side."""
    folder = data_folder()
    if folder is not None:
        path = folder / dataset.folder / file.path
        if path.is_file():
            _hold_to_length(path, file)
            return path
    path = cached_path(dataset, file)
    return path if path.is_file() else None


def _hold_to_length(path: Path, file: DataFile) -> None:
    found, needed = path.stat().st_size, file.size_bytes
    if needed is not None and found != needed:
        msg = (
            f"{path} has {found:,} bytes and the catalogue says {needed:,}; copy it "
            f"again, or take it out of the folder that {FOLDER} names"
        )
        raise BadInput(msg)


def required(dataset: Dataset, file: DataFile) -> Path:
    """Give the path of a file on this machine.

    Raises
    ------
    BadInput
        It is not here; the text says how to get it.
    """
    path = locate(dataset, file)
    if path is not None:
        return path
    name = f"{dataset.name}/{file.name}"
    folder = data_folder() or f"the folder that {FOLDER} would name"
    looked = f"below {folder} nor in {cache_folder()}"
    if file.public:
        way = f"get it: anticline data get {dataset.name}"
    else:
        way = f"it has no public address; put it at {FOLDER}/{dataset.folder}/"
        way += file.path
    msg = f"the data '{name}' are neither {looked}; {way}"
    raise BadInput(msg)
