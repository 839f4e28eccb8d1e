"""The component `reservoir.compare`: a run's curves against those of a reference.

With c a curve at the run's report times, r the reference at the same times (linear in
between) and M = max |r|,

    rms    sqrt(mean((c - r)^2)) / M
    worst  max |c - r| / M

and the curve agrees where both are within their tolerances. A curve whose M is below a
share of the largest of its kind (rate of oil, of gas ...) is measured by that share of
the largest instead: the noise of a well that brings no water is no disagreement.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from anticline.component import Case, Finding, RunContext
from anticline.errors import BadInput
from anticline_solvers.formats.report import finished, write_bytes, write_report
from anticline_solvers.reservoir.files.curves import Curves, read_curves
from anticline_solvers.reservoir.preflight import output_faults
from anticline_solvers.reservoir.references import read_results, read_table

FORMAT = "anticline-curve-comparison/1"
KINDS = ("reference", "table", "results")
NEGLIGIBLE = 1e-3
DAY_S = 86_400.0


def compare(
    curves: Curves, reference: Curves, parameters: dict[str, Any]
) -> dict[str, Any]:
    """Make the report: of each curve rms and worst, and whether all agree."""
    keys = chosen(curves, reference, parameters["vectors"])
    inside = (curves.times_s > 0) & (
        curves.times_s <= reference.times_s[-1] * (1 + 1e-9)
    )
    times = curves.times_s[inside]
    largest = _largest(reference, keys)
    told = {}
    for key in keys:
        theirs = np.interp(times, reference.times_s, reference.values[key])
        apart = np.abs(curves.values[key][inside] - theirs)
        scale = max(
            float(np.abs(theirs).max()),
            parameters["negligible"] * largest[kind_of(key)],
        )
        told[key] = _measured(apart, scale, times, parameters)
    return {
        "format": FORMAT,
        "report_times": len(times),
        "curves": told,
        "worst_rms": max(one["rms"] for one in told.values()),
        "worst_deviation": max(one["worst"] for one in told.values()),
        "agrees": all(one["agrees"] for one in told.values()),
    }


def _measured(
    apart: Any, scale: float, times: Any, parameters: dict[str, Any]
) -> dict[str, Any]:
    shares = apart / scale if scale > 0 else apart
    rms, worst = float(np.sqrt(np.mean(shares**2))), float(shares.max())
    agrees = rms <= parameters["rms"] and worst <= parameters["worst"]
    return {
        "rms": rms,
        "worst": worst,
        "worst_at_days": float(times[int(np.argmax(shares))] / DAY_S),
        "agrees": bool(agrees),
    }


def kind_of(key: str) -> str:
    """Name what a curve measures: its keyword without the letter of whose it is."""
    return key.partition(":")[0][1:]


def _largest(reference: Curves, keys: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key in keys:
        most = float(np.abs(reference.values[key]).max())
        found[kind_of(key)] = max(found.get(kind_of(key), 0.0), most)
    return found


def chosen(curves: Curves, reference: Curves, wanted: list[str] | None) -> list[str]:
    """List curves that both have, or the wanted; a keyword means all of its kind."""
    both = [key for key in curves.values if key in reference.values]
    if not wanted:
        return both
    return [key for key in both if key in wanted or key.partition(":")[0] in wanted]


def read_reference(case: Case, shape: tuple[int, int, int]) -> Curves:
    """Read the one reference that a case names."""
    if "reference" in case.inputs:
        return read_curves(case.inputs["reference"])
    if "results" in case.inputs:
        return read_results(case.inputs["results"])
    return read_table(case.inputs["table"], shape)


def check(case: Case, comm_size: int) -> list[Finding]:
    """Find references that are none or several, and curves that do not meet."""
    given = [name for name in KINDS if name in case.inputs]
    if len(given) != 1:
        text = (
            f"one of {', '.join(KINDS)} is needed; found {', '.join(given) or 'none'}"
        )
        return [case.finding("inputs", text)]
    found = output_faults(case)
    try:
        curves = read_curves(case.inputs["curves"])
        reference = read_reference(case, curves.shape)
    except BadInput as error:
        return [*found, *error.findings]
    wanted = case.parameters["vectors"]
    if not chosen(curves, reference, wanted):
        text = f"no curve is in both; the run has {', '.join(list(curves.values)[:8])}"
        found.append(case.finding(f"inputs.{given[0]}", text))
    known = {key.partition(":")[0] for key in curves.values} | set(curves.values)
    found += [
        case.finding("parameters.vectors", f"the run has no curve {name}")
        for name in wanted or ()
        if name not in known
    ]
    return found


def run(case: Case, context: RunContext) -> None:
    """Compare on rank 0, write the report and the picture."""
    if context.comm.rank != 0:
        return
    if finished(case):
        context.log(f"{case.outputs['report']} is there already")
        return
    curves = read_curves(case.inputs["curves"])
    reference = read_reference(case, curves.shape)
    report = compare(curves, reference, dict(case.parameters))
    report["provenance"] = context.provenance
    picture: Path | None = case.outputs.get("picture")
    if picture is not None:
        from anticline_solvers.reservoir.pictures import compared

        write_bytes(picture, compared(curves, reference, report["curves"]))
    write_report(case.outputs["report"], report)
    verdict = "agree" if report["agrees"] else "do not agree"
    context.log(
        f"{len(report['curves'])} curves {verdict}: rms at most "
        f"{report['worst_rms']:.3%}, worst {report['worst_deviation']:.3%}"
    )
