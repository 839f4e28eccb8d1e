"""What keeps a case from running, found before any time step.

Each function looks at one side of a case and returns findings; a driver's
``check`` adds them up, so that all are shown at once. A file that cannot be read
gives its own finding here and ends only the checks that need it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from anticline.component import Case
from anticline.component.context import work_folder
from anticline.errors import BadInput, Finding
from anticline_solvers.domain.decomposition import choose_process_grid
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.hdf5 import finished, require_space
from anticline_solvers.formats.model import read_grid, summary, velocity_fault
from anticline_solvers.formats.survey import Survey, read_survey
from anticline_solvers.numerics.stability import check_sampling, choose_time_step
from anticline_solvers.numerics.storage import plan_storage
from anticline_solvers.seismic import acquisition
from anticline_solvers.seismic.aperture import Box, window, windowed
from anticline_solvers.seismic.modelling import boundary_of
from anticline_solvers.seismic.shots import ranks_for_a_shot

T = TypeVar("T")
Sizes = tuple[int, int]


def attempt(make: Callable[[], T], findings: list[Finding]) -> T | None:
    """Call ``make``; on BadInput keep its findings and give None."""
    try:
        return make()
    except BadInput as error:
        findings += error.findings
        return None


def is_finished(case: Case, port: str) -> bool:
    """Tell whether an output is there as this case's result."""
    path = case.outputs[port]
    try:
        return path.exists() and finished(path, case.fingerprint())
    except BadInput:
        return False


def output(case: Case, port: str) -> list[Finding]:
    """Find an output, or finished shots, that exist from another case."""
    findings: list[Finding] = []
    path = case.outputs[port]
    kept = sorted((work_folder(case) / "shots").glob("*.h5"))[:1]
    for there in (path, *kept):
        if there.exists():
            attempt(lambda there=there: finished(there, case.fingerprint()), findings)  # type: ignore[misc]
    return findings


def space(case: Case, port: str, n_bytes: int) -> list[Finding]:
    """Find a disk too full for what a run still writes, finished shots apart."""
    output = case.outputs[port]
    work = output.with_name(output.name + ".work")
    there = sum(file.stat().st_size for file in work.glob("shots/*.h5"))
    finding = require_space(output, max(0, n_bytes - there))
    return [finding] if finding else []


def survey_of(case: Case, port: str = "survey") -> tuple[Survey | None, list[Finding]]:
    """Read the survey, with the findings that keep it from being read."""
    findings: list[Finding] = []
    return attempt(lambda: read_survey(case.inputs[port]), findings), findings


def modelling(case: Case, survey: Survey | None, comm_size: int) -> list[Finding]:
    """Find what keeps waves from being modelled: medium, positions, steps, ranks."""
    findings: list[Finding] = []
    path = case.inputs["model"]
    grid = attempt(lambda: read_grid(path), findings)
    if grid is None:
        return findings
    fault = attempt(lambda: velocity_fault(path), findings)
    if fault:
        findings.append(Finding(str(path), None, fault))
    if survey is None:
        return findings
    if survey.ndim != grid.ndim:
        text = f"the model has {grid.ndim} axes and the survey {survey.ndim}"
        return [*findings, case.finding("inputs.model", text)]
    place = "inputs.survey" if "survey" in case.inputs else "inputs.gathers"
    wrong = acquisition.outside(grid, survey.shots)
    wrong += acquisition.empty_spreads(survey.shots)
    if case.parameters["free_surface"]:
        wrong += acquisition.on_free_surface(grid, survey.shots)
    findings += [case.finding(place, text) for text in wrong]
    if not fault:
        findings += _sampling(case, grid, survey)
    findings += _ranks(case, grid, survey, comm_size)
    return findings


def _sampling(case: Case, grid: Grid, survey: Survey) -> list[Finding]:
    """Find a time step, a grid or a sample interval that the band rules out."""
    p, found = case.parameters, summary(case.inputs["model"])
    step = p["time_step_s"]
    if step is None:
        step = choose_time_step(found["max"], grid.spacing_m, p["space_order"])
    top = survey.maximum_frequency_hz
    texts = check_sampling(
        found["min"], found["max"], grid.spacing_m, p["space_order"], top, step
    )
    if survey.sample_interval_s > 0.5 / top:
        texts.append(
            f"sample interval {survey.sample_interval_s:g} s; the wavelet holds "
            f"{top:.4g} Hz and needs at most {0.5 / top:.4g} s; sample finer"
        )
    key = "parameters.time_step_s" if p["time_step_s"] else "inputs.model"
    return [case.finding(key, text) for text in texts]


def _ranks(case: Case, grid: Grid, survey: Survey, comm_size: int) -> list[Finding]:
    """Find a window with fewer cells than the ranks or the stencil need."""
    p = case.parameters
    ranks = ranks_for_a_shot(
        p["ranks_per_shot"], grid.ndim, len(survey.shots), comm_size
    )
    boxes = {
        str(box): box
        for box in (window(grid, shot, p["aperture_m"]) for shot in survey.shots)
    }
    least = p["space_order"]
    for box in boxes.values():
        cells = windowed(grid, box).shape
        if min(cells) < least:
            text = (
                f"a shot has {_times(cells)} cells, space order {least} needs {least} "
                "along each axis; widen aperture_m, refine the model or lower the order"
            )
            return [case.finding("parameters.aperture_m", text)]
        try:
            choose_process_grid(_padded(p, cells), ranks)
        except ValueError as error:
            text = f"ranks_per_shot: {error}"
            return [case.finding("parameters.ranks_per_shot", text)]
    return []


def _padded(parameters: Mapping[str, Any], cells: tuple[int, ...]) -> tuple[int, ...]:
    margins = boundary_of(parameters).margins(len(cells))
    return tuple(n + low + high for n, (low, high) in zip(cells, margins, strict=True))


def _times(cells: tuple[int, ...]) -> str:
    return " x ".join(map(str, cells))


def imaging(case: Case, survey: Survey, comm_size: int) -> list[Finding]:
    """Find an imaging interval, a memory budget or a disk that does not suffice."""
    p, findings = case.parameters, []
    longest, asked = 0.5 / survey.maximum_frequency_hz, p["imaging_interval_s"]
    if asked is not None and asked > longest * (1.0 + 1e-9):
        text = (
            f"imaging interval {asked:g} s; the band reaches "
            f"{survey.maximum_frequency_hz:.4g} Hz and needs at most {longest:.4g} s"
        )
        findings.append(case.finding("parameters.imaging_interval_s", text))
    grid = attempt(lambda: read_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return findings
    boxes = [window(grid, shot, p["aperture_m"]) for shot in survey.shots]
    cells = [math.prod(windowed(grid, box).shape) for box in boxes]
    stacked = math.prod(grid.shape)
    findings += space(case, "image", 2 * 4 * (sum(cells) + stacked))
    findings += _memory(case, grid, survey, boxes[int(np.argmax(cells))], comm_size)
    return findings


def _memory(
    case: Case, grid: Grid, survey: Survey, box: Box, comm_size: int
) -> list[Finding]:
    """Find a budget that cannot hold one state and one snapshot of a rank."""
    p = case.parameters
    if p["memory_budget"] is None:
        return []
    ranks = ranks_for_a_shot(
        p["ranks_per_shot"], grid.ndim, len(survey.shots), comm_size
    )
    snapshot, state = bytes_held(windowed(grid, box).shape, p)
    try:
        plan_storage(
            survey.n_samples,
            snapshot // ranks,
            state // ranks,
            int(p["memory_budget"]),
        )
    except ValueError as error:
        return [case.finding("parameters.memory_budget", str(error))]
    return []


def bytes_held(cells: tuple[int, ...], parameters: Mapping[str, Any]) -> Sizes:
    """Bytes of a snapshot and of a saved state, of all ranks together, halos apart.

    A state is two wavefields and two memories in every layer.
    """
    margins = boundary_of(parameters).margins(len(cells))
    padded = _padded(parameters, cells)
    volume = math.prod(padded)
    layers = sum(
        (low + high) * volume // n
        for n, (low, high) in zip(padded, margins, strict=True)
    )
    return 4 * math.prod(cells), 4 * (2 * volume + 2 * layers)
