"""What a step has made, as the steps after it see it: one product, or one an element.

Two scattered steps are aligned where both have the same root: the step with the grid
that the one follows, or both. Element k of the one then reads element k of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anticline.workflow.tasks.task import Product, Task

Value = Path | Product


@dataclass(frozen=True)
class Made:
    """Products of one output. root : None where the step is not scattered."""

    products: tuple[Value, ...]
    root: str | None = None


@dataclass
class Elements:
    """The tasks of one step, a tree's nodes left out; root : None, not scattered."""

    tasks: tuple[Task, ...]
    root: str | None = None
    _made: dict[str, Made] = field(default_factory=dict)

    def made(self, port: str) -> Made:
        """Give the products of an output; KeyError: they do not write it."""
        if port not in self._made:
            files = ((task.id, task.outputs[port]) for task in self.tasks)
            products = tuple(Product(id, port, file) for id, file in files)
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
