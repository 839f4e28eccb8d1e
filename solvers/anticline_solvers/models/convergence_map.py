"""The component `models.convergence_map`: how far inversions came, over their starts.

An inversion of the row i and the column j began at a model smoothed by smoothing_m[i]
and shifted by slowness_shift_percent[j]. Of its `models.compare` the map holds

    start   |v0 - t| / |t|      final   |v - t| / |t|

with t the true, v0 the start, v the final model. It has converged where `final` is at
most `converged_error`: the same for every start, so that a good one does not count
against its inversion.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anticline.component import Case, Finding, RunContext
from anticline_solvers.formats.report import finished, other_cases, write_report
from anticline_solvers.models.comparison import FORMAT as COMPARISON

FORMAT = "anticline-convergence-map/1"
WAYS = ("first", "second")


def shape_of(case: Case) -> tuple[int, int]:
    """Give the numbers of rows and columns."""
    p = case.parameters
    return len(p["smoothing_m"]), len(p["slowness_shift_percent"])


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find reports that do not fill the map, and those without a start model."""
    found = other_cases(case)
    rows, columns = shape_of(case)
    for way in WAYS:
        paths = case.lists[way]
        if len(paths) != rows * columns:
            text = f"{len(paths)} reports for {rows} x {columns} points; one for each"
            found.append(case.finding(f"inputs.{way}", text))
        found += [
            case.finding(f"inputs.{way}", f"{path}: {fault}")
            for path in paths
            if (fault := _fault(path))
        ]
    if len(case.parameters["names"]) != len(WAYS):
        found.append(case.finding("parameters.names", "names needs 2, one a way"))
    return found


def _fault(path: Path) -> str | None:
    """Say why a report is not one of models.compare with a start model."""
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    if not isinstance(report, dict) or report.get("format") != COMPARISON:
        return "is no report of models.compare"
    if "start" not in report:
        return "compares no start model"
    return None


def table(paths: Sequence[Path], key: str, columns: int) -> list[list[float]]:
    """Give the error of each report's `start` or `model`, in rows."""
    reports = [json.loads(path.read_text()) for path in paths]
    numbers = [float(report[key]["error"]) for report in reports]
    return [numbers[k : k + columns] for k in range(0, len(numbers), columns)]


def report_of(case: Case) -> dict[str, Any]:
    """Make the report: both maps, and how many inversions of each converged."""
    p, (_, columns) = case.parameters, shape_of(case)
    report: dict[str, Any] = {
        "format": FORMAT,
        "smoothing_m": p["smoothing_m"],
        "slowness_shift_percent": p["slowness_shift_percent"],
        "converged_error": p["converged_error"],
        "start": table(case.lists["first"], "start", columns),
    }
    for way, name in zip(WAYS, p["names"], strict=True):
        final = table(case.lists[way], "model", columns)
        number = sum(value <= p["converged_error"] for row in final for value in row)
        report[way] = {"name": name, "final": final, "converged": number}
    return report


def run(case: Case, context: RunContext) -> None:
    """Write the report and the picture, from rank 0."""
    if context.comm.rank == 0 and not finished(case):
        report = report_of(case)
        if "picture" in case.outputs:
            from anticline_solvers.models.convergence_picture import draw

            draw(report, case.outputs["picture"])
        report["provenance"] = context.provenance
        write_report(case.outputs["report"], report)
        context.log(
            ", ".join(f"{report[w]['name']}: {report[w]['converged']}" for w in WAYS)
            + f" of {len(case.lists['first'])} converged"
        )
    context.comm.Barrier()
