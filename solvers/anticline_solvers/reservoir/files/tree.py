"""Frozen values as an HDF5 tree, and back: what is read equals what was written.

A dataclass is a group whose attribute `kind` is its name; its arrays are data sets,
its dataclasses and tuples of either are groups, everything else is an attribute of
JSON. A tuple's parts are numbered.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import h5py
import numpy as np

from anticline_solvers.formats.contents import attribute, faulty

TUPLE = "tuple"
COMPRESSED_FROM = 4096


def write_value(parent: h5py.Group, name: str, value: Any) -> None:
    """Write a value as `name` of a group."""
    if isinstance(value, np.ndarray):
        packing = {"compression": "lzf", "shuffle": True}
        parent.create_dataset(
            name, data=value, **(packing if value.size >= COMPRESSED_FROM else {})
        )
    elif dataclasses.is_dataclass(value):
        write_fields(parent.create_group(name), value)
    elif isinstance(value, tuple) and any(_is_large(part) for part in value):
        group = parent.create_group(name)
        group.attrs["kind"] = TUPLE
        for number, part in enumerate(value):
            write_value(group, str(number), part)
    else:
        parent.attrs[name] = json.dumps(value, default=_plain)


def write_fields(group: h5py.Group, value: Any, *but: str) -> None:
    """Write a dataclass's fields into a group, some left out."""
    group.attrs["kind"] = type(value).__name__
    for field in dataclasses.fields(value):
        if field.name not in but:
            write_value(group, field.name, getattr(value, field.name))


def _is_large(part: Any) -> bool:
    return isinstance(part, np.ndarray) or dataclasses.is_dataclass(part)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    msg = f"{type(value).__name__} is no value of a file"
    raise TypeError(msg)


def read_fields(group: h5py.Group, kinds: Mapping[str, type], **others: Any) -> Any:
    """Read a dataclass; `others` are fields that are given. BadInput where one lacks.

    kinds : the dataclasses that may be found, by name.
    """
    name = str(attribute(group, "kind"))
    if name not in kinds:
        text = f"'{group.name}' is of a kind {name!r} that is not known here"
        raise faulty(group, text)
    values = dict(others)
    for field in dataclasses.fields(kinds[name]):
        if field.name not in values:
            values[field.name] = read_value(group, field.name, kinds)
    return kinds[name](**values)


def read_value(parent: h5py.Group, name: str, kinds: Mapping[str, type]) -> Any:
    """Read what `write_value` wrote."""
    if name in parent.attrs:
        return _listed(json.loads(parent.attrs[name]))
    found = parent.get(name)
    if isinstance(found, h5py.Dataset):
        return np.asarray(found[()])
    if not isinstance(found, h5py.Group):
        text = f"has no '{parent.name.rstrip('/')}/{name}'; make it again"
        raise faulty(parent, text)
    if found.attrs.get("kind") != TUPLE:
        return read_fields(found, kinds)
    return tuple(
        read_value(found, str(number), kinds)
        for number in range(len(found) + len(found.attrs) - 1)
    )


def _listed(value: Any) -> Any:
    """Tuples where JSON has lists: frozen values hold no lists."""
    if isinstance(value, list):
        return tuple(_listed(part) for part in value)
    if isinstance(value, dict):
        return {key: _listed(part) for key, part in value.items()}
    return value


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values are equal to the last bit, arrays included."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        first, second = np.asarray(one), np.asarray(other)
        same = first.dtype == second.dtype and first.shape == second.shape
        return bool(same and np.array_equal(first, second, equal_nan=True))
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            alike(getattr(one, field.name), getattr(other, field.name))
            for field in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return (
            isinstance(other, tuple)
            and len(one) == len(other)
            and all(alike(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(one, float) and one != one:
        return isinstance(other, float) and other != other
    return bool(one == other)
