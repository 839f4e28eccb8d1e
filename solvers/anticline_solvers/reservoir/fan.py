"""The component `reservoir.fan`: what an ensemble's curves have in common, as a fan.

At every time that all members report, the percentiles P10, P50 and P90 over members
(P90 the curve that nine tenths stay below), the least and the largest, and the mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.report import finished, write_bytes, write_report
from anticline_solvers.reservoir.files.curves import Curves, read_curves
from anticline_solvers.reservoir.preflight import output_faults

FORMAT = "anticline-fan/1"
PERCENTILES = (10, 50, 90)
DAY_S = 86_400.0

Floats = NDArray[np.float64]


def fan(members: list[Curves], vectors: list[str]) -> dict[str, Any]:
    """Make the report: times, and of each vector its percentiles."""
    times = members[0].times_s
    told: dict[str, Any] = {}
    for vector in vectors:
        values = np.stack([one.values[vector] for one in members])
        least, *middle, most = np.percentile(values, (0, *PERCENTILES, 100), axis=0)
        told[vector] = {
            "least": least.tolist(),
            **{
                f"p{percent}": row.tolist()
                for percent, row in zip(PERCENTILES, middle, strict=True)
            },
            "most": most.tolist(),
            "mean": values.mean(axis=0).tolist(),
        }
    return {
        "format": FORMAT,
        "members": len(members),
        "days": (times / DAY_S).tolist(),
        "unit_system": members[0].unit_system,
        "curves": told,
    }


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find members that cannot be read, or differ in times or in curves."""
    found = output_faults(case)
    members = []
    for path in case.lists["curves"]:
        try:
            members.append(read_curves(path))
        except BadInput as error:
            found += error.findings
    if found:
        return found
    for path, one in zip(case.lists["curves"], members, strict=True):
        if not np.array_equal(one.times_s, members[0].times_s):
            text = (
                f"{path} reports at other times than the first; run the same schedule"
            )
            found.append(case.finding("inputs.curves", text))
    found += [
        case.finding("parameters.vectors", f"a member has no curve {vector}")
        for vector in case.parameters["vectors"]
        if any(vector not in one.values for one in members)
    ]
    return found


def run(case: Case, context: RunContext) -> None:
    """Make the fan on rank 0."""
    if context.comm.rank != 0:
        return
    if finished(case):
        context.log(f"{case.outputs['report']} is there already")
        return
    members = [read_curves(path) for path in case.lists["curves"]]
    report = fan(members, case.parameters["vectors"])
    if "picture" in case.outputs:
        from anticline_solvers.reservoir.pictures import fanned

        write_bytes(case.outputs["picture"], fanned(members, report))
    write_report(case.outputs["report"], report | {"provenance": context.provenance})
    context.log(f"{len(members)} members, {', '.join(case.parameters['vectors'])}")
