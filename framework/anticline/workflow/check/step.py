"""What is wrong with a step: its component, inputs, outputs, parameters, scatter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anticline.component.case import unknown_component
from anticline.component.declare import Component, Parameter
from anticline.component.findings import unknown_key
from anticline.component.values import ValueProblem, fit
from anticline.errors import Finding
from anticline.workflow.check.inputs import check_inputs, check_links, meant
from anticline.workflow.check.place import Place
from anticline.workflow.graph import Follow, Grid, Loop


def check_step(place: Place) -> Iterator[Finding]:
    """Find what is wrong with one step."""
    component = place.component
    if component is None:
        if place.step.component:
            text = unknown_component(place.step.component, place.scope.registry)
            yield place.finding("component", text)
    else:
        yield from check_inputs(place, component)
        yield from _check_outputs(place, component)
        yield from _check_parameters(place, component)
        yield from _check_grid(place, component)
        yield from _check_ranks(place, component)
    yield from check_links(place)
    yield from _check_follow(place)


def _check_outputs(place: Place, component: Component) -> Iterator[Finding]:
    names = [item.name for item in component.outputs]
    for name in place.step.outputs:
        if name not in names:
            text = unknown_key(name, names, "output")
            yield place.finding("outputs", text)
    if component.reduces is None and f"{place.at}.fan_in" in place.document.lines:
        text = f"'fan_in' is for trees, and {component.name} reduces no list"
        yield place.finding("fan_in", text)


def _check_parameters(place: Place, component: Component) -> Iterator[Finding]:
    declared = {item.name: item for item in component.parameters}
    given = place.step.parameters
    scatter = place.step.scatter
    points = scatter.values if isinstance(scatter, Grid) else {}
    for name, value in given.items():
        key = f"parameters.{name}"
        if name not in declared:
            yield place.finding(key, unknown_key(name, list(declared), "parameter"))
        elif name in points:
            text = f"parameter '{name}' is scattered too; leave it out here"
            yield place.finding(key, text)
        elif problem := _problem(declared[name], value):
            yield place.finding(key, f"parameter '{name}': {problem}")
    for name, item in declared.items():
        if not item.required or name in points:
            continue
        if not meant(place, "parameters", name, given, declared):
            kind = f"{item.kind} [{item.unit}]".removesuffix(" []")
            text = f"parameter '{name}' is missing: {kind}, {item.summary}"
            yield place.finding("parameters", text)


def _problem(declared: Parameter, value: Any) -> str | None:
    if value is None and declared.default is None:
        return None
    try:
        fit(declared, value)
    except ValueProblem as problem:
        return str(problem)
    return None


def _check_grid(place: Place, component: Component) -> Iterator[Finding]:
    scatter = place.step.scatter
    if not isinstance(scatter, Grid):
        return
    declared = {item.name: item for item in component.parameters}
    for name, values in scatter.values.items():
        key = f"scatter.{name}"
        if name not in declared:
            unknown = unknown_key(name, list(declared), "parameter")
            yield place.finding(key, f"scatter: {unknown}")
            continue
        problems = [p for value in values if (p := _problem(declared[name], value))]
        more = f" (and {len(problems) - 1} more values)" if len(problems) > 1 else ""
        if problems:
            yield place.finding(key, f"scatter '{name}': {problems[0]}{more}")


def _check_follow(place: Place) -> Iterator[Finding]:
    scatter, scope = place.step.scatter, place.scope
    if isinstance(scatter, Grid):
        for name, values in scatter.values.items():
            if not values and f"{place.at}.scatter.{name}" not in place.document.lines:
                yield place.finding("scatter", f"scatter '{name}' has no values")
    if not isinstance(scatter, Follow):
        return
    entry = scope.step(scatter.step)
    if entry is None:
        if scatter.step not in scope.broken:
            unknown = unknown_key(scatter.step, scope.names, "step")
            yield place.finding("scatter", f"scatter: {unknown}")
    elif isinstance(entry, Loop) or entry.scatter is None:
        what = "is a loop" if isinstance(entry, Loop) else "is not scattered"
        text = f"scatter: '{scatter.step}' {what}; follow a scattered step"
        yield place.finding("scatter", text)


def _check_ranks(place: Place, component: Component) -> Iterator[Finding]:
    least, most = component.resources.ranks
    ranks = place.step.request.ranks
    if ranks is None or (ranks >= least and (most is None or ranks <= most)):
        return
    needed = f"at least {least}" if ranks < least else f"at most {most}"
    text = f"{component.name} runs on {needed} ranks, {ranks} are asked for"
    yield place.finding("ranks", text)
