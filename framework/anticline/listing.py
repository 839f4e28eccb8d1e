"""Components as a table, one in whole, and as JSON.

The JSON document of `anticline components --json`:

    {"format": "anticline-components/1",
     "components": [{"name": ..., "distribution": ..., "inputs": [...], ...}],
     "broken": ["plugin 'x' of y 1.0 (...) is broken: ..."]}
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from anticline.component.declare import Component, Input, Output, Parameter
from anticline.component.executable import Words
from anticline.component.registry import BrokenPlugin, Registry
from anticline.component.values import fit
from anticline.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

FORMAT = "anticline-components/1"


def as_json(registry: Registry, broken: Sequence[BrokenPlugin]) -> str:
    """Write all components and broken plugins as one JSON document."""
    distributions = registry.found.distributions
    components = [
        {**describe(component), "distribution": distributions.get(name, "")}
        for name, component in sorted(registry.components.items())
    ]
    document = {
        "format": FORMAT,
        "components": components,
        "broken": [str(plugin) for plugin in broken],
    }
    return json.dumps(document, indent=2)


def describe(component: Component) -> dict[str, Any]:
    """Give a component as JSON values; a parameter without default is required."""
    plain = asdict(component)
    plain["parameters"] = [_describe(item) for item in component.parameters]
    return plain


def _describe(parameter: Parameter) -> dict[str, Any]:
    plain = asdict(parameter) | {"required": parameter.required}
    plain["default"] = default_of(parameter)
    return plain


def default_of(parameter: Parameter) -> Any:
    """Give the default in the parameter's unit; None when it has none."""
    if parameter.required or parameter.default is None:
        return None
    return fit(parameter, parameter.default)


def show_all(
    registry: Registry, broken: Sequence[BrokenPlugin], console: Console | None = None
) -> None:
    """Print a table of the components, and a line for each broken plugin."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = console or Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("component", "takes", "gives", "what it does"):
        table.add_column(title, overflow="fold")
    for name, component in sorted(registry.components.items()):
        takes = ", ".join(item.type.name for item in component.inputs)
        gives = ", ".join(item.type.name for item in component.outputs)
        table.add_row(name, takes, gives, escape(component.summary))
    console.print(table)
    for plugin in broken:
        console.print(str(plugin), style="red", markup=False, soft_wrap=True)


def show_one(registry: Registry, name: str, console: Console | None = None) -> None:
    """Print what one component takes and gives.

    Raises
    ------
    BadInput
        No such component; near names are given.
    """
    from rich.console import Console

    component = registry.components.get(name)
    if component is None:
        near = " or ".join(registry.near(name))
        hint = f"did you mean {near}?" if near else "see them all: anticline components"
        msg = f"unknown component '{name}'; {hint}"
        raise BadInput(msg)
    console = console or Console(highlight=False)
    for line in lines_of(component):
        console.print(line, markup=False, soft_wrap=True)


def lines_of(component: Component) -> list[str]:
    """Describe a component for a person writing a case file."""
    lines = [f"{component.name}: {component.summary}"]
    sections: list[tuple[str, tuple[Input | Output, ...]]] = [
        ("inputs", component.inputs),
        ("outputs", component.outputs),
    ]
    for title, items in sections:
        lines.append(f"\n{title}")
        for item in items:
            left_out = ", may be left out" if item.optional else ""
            kind = item.type.name
            if isinstance(item, Input) and item.many:
                kind = f"a list of {kind}"
            lines.append(f"  {item.name}: {kind}, {item.summary}{left_out}")
    if component.reduces is not None:
        lines.append(f"\nreduces '{component.reduces}': a workflow may do it as a tree")
    if component.command is not None:
        lines.append(f"\nruns {command_text(component.command)}")
    lines.append("\nparameters")
    lines += [
        f"  {item.name}: {item.summary} ({_terms(item)})"
        for item in component.parameters
    ]
    return lines


def command_text(command: tuple[Words, ...]) -> str:
    """Write an executable's words; those that may be left out stand in brackets."""
    groups = (w if isinstance(w, str) else f"[{' '.join(w)}]" for w in command)
    return " ".join(groups)


def _terms(parameter: Parameter) -> str:
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    terms = [f"{parameter.kind}{unit}"]
    if parameter.choices is not None:
        terms.append("one of " + ", ".join(str(choice) for choice in parameter.choices))
    if parameter.minimum is not None:
        terms.append(f"at least {parameter.minimum:g}")
    if parameter.maximum is not None:
        terms.append(f"at most {parameter.maximum:g}")
    if parameter.required:
        terms.append("required")
    elif parameter.default is not None:
        terms.append(f"default {default_of(parameter)}")
    return ", ".join(terms)
