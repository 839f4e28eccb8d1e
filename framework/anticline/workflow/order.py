"""What has to come before what, and the cycles in it.

A scope is the steps of a workflow, or those of one loop: names that a link written
there may use, beside `previous` and, in a loop, the workflow's own steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from anticline.workflow.graph import Follow, Link, Loop, Source, Step

AnySteps = Mapping[str, Step] | Mapping[str, Step | Loop]


def sources(step: Step) -> Iterator[tuple[str, Source]]:
    """Give the inputs of a step one by one, each with its input's name."""
    for name, given in step.inputs.items():
        for source in given if isinstance(given, tuple) else (given,):
            yield name, source


def links(step: Step | Loop) -> Iterator[Link]:
    """Give every link that a step or a loop writes down, those inside included."""
    if isinstance(step, Step):
        yield from (item for _, item in sources(step) if isinstance(item, Link))
        return
    yield from (item for item in step.start.values() if isinstance(item, Link))
    yield from step.carry.values()
    yield step.until
    for inner in step.steps.values():
        yield from links(inner)


def needs(step: Step | Loop) -> tuple[str, ...]:
    """Name what must come before a step, of its own scope or of one around it."""
    if isinstance(step, Loop):
        inside = (name for inner in step.steps.values() for name in needs(inner))
        begins = (item.step for item in step.start.values() if isinstance(item, Link))
        return _once(name for name in (*begins, *inside) if name not in step.steps)
    followed = (step.scatter.step,) if isinstance(step.scatter, Follow) else ()
    return _once((*followed, *(link.step for link in links(step))))


def in_order(steps: AnySteps) -> tuple[str, ...]:
    """Name the steps of a scope so that each comes after what it needs.

    Raises
    ------
    graphlib.CycleError
        They need each other; see `cycle`.
    """
    return tuple(_sorter(steps).static_order())


def cycle(steps: AnySteps) -> tuple[str, ...]:
    """Name the steps of one cycle as data flows, the first again at its end; or ()."""
    try:
        _sorter(steps).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def _sorter(steps: AnySteps) -> TopologicalSorter[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name, step in steps.items():
        sorter.add(name, *(other for other in needs(step) if other in steps))
    return sorter


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
