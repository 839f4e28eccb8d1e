"""Finding components, viewers, probes, commands and data sets by their entry points.

| group                  | resolves to                     | class       |
|------------------------|---------------------------------|-------------|
| `anticline.components` | one object or a tuple of them   | `Component` |
| `anticline.viewers`    | the same                        | `Viewer`    |
| `anticline.probes`     | the same                        | `Probe`     |
| `anticline.commands`   | the same                        | `Command`   |
| `anticline.datasets`   | the same                        | `Dataset`   |

A plugin that fails to import, gives something else or takes a name that is taken
is reported by name with its distribution; the others work.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Protocol, TypeVar

from anticline.component.declare import Component

COMPONENTS = "anticline.components"
VIEWERS = "anticline.viewers"
PROBES = "anticline.probes"
COMMANDS = "anticline.commands"
DATASETS = "anticline.datasets"


class Named(Protocol):
    """Something a plugin registers."""

    @property
    def name(self) -> str:
        """Its name, one of a kind within the group."""


T = TypeVar("T", bound=Named)


@dataclass(frozen=True)
class BrokenPlugin:
    """An entry point that gave nothing usable, and why."""

    group: str
    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        """Give one line for a person."""
        return (
            f"plugin '{self.name}' of {self.distribution} ({self.group}) is broken: "
            f"{self.reason}"
        )


@dataclass(frozen=True)
class Found(Generic[T]):
    """What one group of entry points holds.

    ``items`` by name, ``distributions`` the installed package each comes from.
    """

    items: Mapping[str, T] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[BrokenPlugin, ...] = ()


def discover(
    group: str, kind: type[T], taken: Mapping[str, str] | None = None
) -> Found[T]:
    """Resolve every entry point of a group; sorted by name, first come first kept.

    ``taken`` maps names that no plugin may take to whose they are.
    """
    owners = dict(taken or {})
    items: dict[str, T] = {}
    distributions: dict[str, str] = {}
    broken: list[BrokenPlugin] = []
    for entry in sorted(entry_points(group=group), key=_order):
        origin = _distribution(entry)
        try:
            offered = _offered(entry, kind)
        except PluginProblem as problem:
            broken.append(BrokenPlugin(group, entry.name, origin, str(problem)))
            continue
        for item in offered:
            if item.name in owners:
                reason = (
                    f"{item.name!r} is taken by {owners[item.name]}; "
                    "rename it there or here"
                )
                broken.append(BrokenPlugin(group, entry.name, origin, reason))
                continue
            items[item.name] = item
            owners[item.name] = distributions[item.name] = origin
    return Found(items, distributions, tuple(broken))


class PluginProblem(Exception):
    """Why an entry point gave nothing usable."""


def _order(entry: EntryPoint) -> tuple[bool, str, str]:
    origin = _distribution(entry)
    return origin.split(" ")[0] != "anticline", origin, entry.name


def _distribution(entry: EntryPoint) -> str:
    if entry.dist is None:
        return "an unknown distribution"
    return f"{entry.dist.name} {entry.dist.version}"


def _offered(entry: EntryPoint, kind: type[T]) -> tuple[T, ...]:
    try:
        loaded: Any = entry.load()
    except (Exception, SystemExit) as error:
        first = (str(error).splitlines() or [""])[0]
        msg = f"loading {entry.value} raised {type(error).__name__}: {first}"
        raise PluginProblem(msg) from error
    offered = loaded if isinstance(loaded, tuple | list) else (loaded,)
    for item in offered:
        if not isinstance(item, kind):
            msg = (
                f"{entry.value} gives a {type(item).__name__}, "
                f"a {kind.__name__} or a tuple of them is needed"
            )
            raise PluginProblem(msg)
    return tuple(offered)


@dataclass(frozen=True)
class Registry:
    """The components of this installation."""

    found: Found[Component]

    @classmethod
    def discover(cls) -> Registry:
        """Read the installed entry points."""
        return cls(discover(COMPONENTS, Component))

    @classmethod
    def of(cls, components: Iterable[Component]) -> Registry:
        """Hold just these, for a program that brings its own."""
        return cls(Found({item.name: item for item in components}))

    @property
    def components(self) -> Mapping[str, Component]:
        """Components by name."""
        return self.found.items

    @property
    def broken(self) -> tuple[BrokenPlugin, ...]:
        """Plugins that did not load."""
        return self.found.broken

    def near(self, name: str) -> list[str]:
        """Give up to three component names that look like ``name``."""
        names = list(self.components)
        close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        last = name.rpartition(".")[2]
        return close or [item for item in names if item.endswith(f".{last}")][:3]


def resolve(reference: str) -> Callable[..., Any]:
    """Import the function that "package.module:function" names.

    Raises
    ------
    ImportError
        When the module or the function is not there.
    """
    module, _, name = reference.partition(":")
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except AttributeError as error:
        msg = f"{module} has no {name}"
        raise ImportError(msg) from error
    return function
