"""What an open file must hold: a part that is missing is named, never a KeyError."""

from __future__ import annotations

from typing import Any

import h5py

from anticline.errors import BadInput, Finding


def faulty(item: h5py.Group | h5py.Dataset, text: str) -> BadInput:
    """Make the error that says `text` about the file of an open item."""
    return BadInput([Finding(str(item.file.filename), None, text)])


def group(parent: h5py.Group, name: str) -> h5py.Group:
    """Find a group; BadInput, naming file and group, where it is absent."""
    found = parent.get(name)
    if isinstance(found, h5py.Group):
        return found
    text = f"has no group '{_path(parent, name)}'; it is damaged, make it again"
    raise faulty(parent, text)


def dataset(parent: h5py.Group, name: str) -> h5py.Dataset:
    """Find a data set; BadInput, naming those there are, where it is absent."""
    found = parent.get(name)
    if isinstance(found, h5py.Dataset):
        return found
    names = ", ".join(k for k, v in parent.items() if isinstance(v, h5py.Dataset))
    text = f"has no data set '{_path(parent, name)}'; it holds {names or 'none'}"
    raise faulty(parent, text)


def attribute(item: h5py.Group | h5py.Dataset, name: str) -> Any:
    """Give an attribute; BadInput, naming file and item, where it is absent."""
    if name in item.attrs:
        return item.attrs[name]
    text = f"has no attribute '{name}' of '{item.name}'; it is damaged, make it again"
    raise faulty(item, text)


def number(item: h5py.Group | h5py.Dataset, name: str) -> float:
    """Give an attribute that is one number; BadInput where it is none."""
    found = attribute(item, name)
    try:
        return float(found)
    except (TypeError, ValueError) as error:
        text = f"attribute '{name}' of '{item.name}' is {found!r}, needed is a number"
        raise faulty(item, text) from error


def _path(parent: h5py.Group, name: str) -> str:
    return f"{parent.name.strip('/')}/{name}".lstrip("/")
