"""What a step has made, as the steps after it see it: one product, or one an element.

Two scattered steps are aligned where both have the same root: the step with the grid
that the one follows, or both. Element k of the one then reads element k of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anticline.workflow.task import Product

Value = Path | Product


@dataclass(frozen=True)
class Made:
    """Products of one output. root : None where the step is not scattered."""

    products: tuple[Value, ...]
    root: str | None = None


@dataclass
class Elements:
    """The tasks of one step.

    ids, folders : one a task, in their order. outputs : the suffix of every output
    that they write. root : None where the step is not scattered.
    """

    ids: tuple[str, ...]
    folders: tuple[Path, ...]
    outputs: Mapping[str, str]
    root: str | None = None
    _made: dict[str, Made] = field(default_factory=dict)

    def made(self, port: str) -> Made:
        """Give the products of an output; KeyError: there is none of that name."""
        if port not in self._made:
            file = port + self.outputs[port]
            pairs = zip(self.ids, self.folders, strict=True)
            products = tuple(Product(task, port, at / file) for task, at in pairs)
            self._made[port] = Made(products, self.root)
        return self._made[port]


@dataclass(frozen=True)
class Carried:
    """What is known under names: a loop's last, or an iteration's `previous`."""

    values: Mapping[str, Value]
    root: None = None

    def made(self, name: str) -> Made:
        """Give what was carried under a name; KeyError: nothing was."""
        return Made((self.values[name],))
