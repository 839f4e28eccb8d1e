"""Write the workflow of the convergence map.

    python benchmarks/convergence_map.py configs/workflows/convergence_map.yaml

It has the two branches of the cycle-skipping experiment once for each start model,
which is the true one smoothed and shifted in slowness. A loop cannot be scattered, so
each point has loops of its own: those of configs/workflows/cycle_skipping.yaml with
other names, fewer shots and fewer evaluations.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from anticline.workflow import (
    Follow,
    Link,
    Loop,
    Step,
    Workflow,
    read_workflow,
    write_workflow,
)

EXPERIMENT = Path(__file__).parents[1] / "configs/workflows/cycle_skipping.yaml"
SMOOTHING_M = (300.0, 600.0, 1200.0, 2400.0)
SLOWNESS_SHIFT_PERCENT = (-6.0, 0.0, 6.0)
SHARED = ("model", "fine", "survey", "shots", "band")
EVALUATIONS = {"squares": 16, "filter": 8, "finish": 14}
SOURCE_INTERVAL_M = 1568.0


def renamed(source: Any, names: Mapping[str, str]) -> Any:
    """Give a source with its step under the new name."""
    if isinstance(source, tuple):
        return tuple(renamed(one, names) for one in source)
    if isinstance(source, Link):
        return Link(names.get(source.step, source.step), source.port)
    return source


def step_at(step: Step, names: Mapping[str, str]) -> Step:
    """Give a step under its new name, reading and following steps under theirs."""
    scatter = step.scatter
    if isinstance(scatter, Follow):
        scatter = Follow(names.get(scatter.step, scatter.step))
    inputs = {port: renamed(source, names) for port, source in step.inputs.items()}
    return replace(step, name=names[step.name], inputs=inputs, scatter=scatter)


def loop_at(loop: Loop, names: Mapping[str, str]) -> Loop:
    """Give a loop and its steps under their new names, as long as the map's are."""
    inside = [step_at(step, names) for step in loop.steps.values()]
    return replace(
        loop,
        name=names[loop.name],
        steps={step.name: step for step in inside},
        start={key: renamed(value, names) for key, value in loop.start.items()},
        carry={key: renamed(value, names) for key, value in loop.carry.items()},
        until=renamed(loop.until, names),
        most=EVALUATIONS[loop.name] + 1,
    )


def adapted(step: Step, smoothing_m: float, shift_percent: float) -> Step:
    """Give a step of a branch with the parameters of a point, and without pictures."""
    changes: dict[str, Any] = {}
    if step.component == "models.start":
        return replace(
            step,
            parameters={
                "base": "model",
                "smoothing_m": smoothing_m,
                "slowness_shift_percent": shift_percent,
            },
        )
    if step.component == "inversion.begin":
        most = EVALUATIONS[step.name.removesuffix("_begin")]
        changes = {"iterations": most, "evaluations": most}
    return replace(step, parameters={**step.parameters, **changes}, outputs=())


def point(
    workflow: Workflow, ending: str, smoothing_m: float, shift_percent: float
) -> list[Step | Loop]:
    """Give the branches of one start model; `ending` is put after every name."""
    own = {n: step for n, step in workflow.steps.items() if n not in SHARED}
    inner = [n for step in own.values() if isinstance(step, Loop) for n in step.steps]
    names = {name: f"{name}_{ending}" for name in (*own, *inner)}
    return [
        loop_at(step, names)
        if isinstance(step, Loop)
        else step_at(adapted(step, smoothing_m, shift_percent), names)
        for name, step in own.items()
        if name != "filter_compare"
    ]


def convergence_map(experiment: Workflow) -> Workflow:
    """Give the workflow of the map, from that of the experiment."""
    steps: list[Step | Loop] = [experiment.steps[name] for name in SHARED]
    survey = experiment.steps["survey"]
    assert isinstance(survey, Step)
    wider = {**survey.parameters, "source_interval_m": SOURCE_INTERVAL_M}
    steps[SHARED.index("survey")] = replace(survey, parameters=wider)
    reports: dict[str, list[Link]] = {"squares": [], "finish": []}
    grid = product(enumerate(SMOOTHING_M), enumerate(SLOWNESS_SHIFT_PERCENT))
    for (row, smoothing_m), (column, shift_percent) in grid:
        ending = f"{row}_{column}"
        steps += point(experiment, ending, smoothing_m, shift_percent)
        for branch, links in reports.items():
            links.append(Link(f"{branch}_compare_{ending}", "report"))
    steps.append(
        Step(
            "map",
            "models.convergence_map",
            inputs={
                "first": tuple(reports["squares"]),
                "second": tuple(reports["finish"]),
            },
            parameters={
                "smoothing_m": list(SMOOTHING_M),
                "slowness_shift_percent": list(SLOWNESS_SHIFT_PERCENT),
            },
            outputs=("picture",),
            request=survey.request,
        )
    )
    summary = "how far two misfits converge, over smoothing and slowness shift"
    return Workflow.of("convergence_map", *steps, summary=summary)


def main() -> None:
    """Write the workflow to the path given."""
    experiment = read_workflow(EXPERIMENT).workflow
    write_workflow(convergence_map(experiment), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
