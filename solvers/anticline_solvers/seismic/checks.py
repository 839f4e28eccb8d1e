"""What keeps a case from running, found before any time step.

Each function looks at one side of a case and returns findings; a driver's
``check`` adds them up, so that all are shown at once. Ranks, memory and disk are
`seismic.capacity`'s. A file that cannot be read
gives its own finding here and ends only the checks that need it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import h5py

from anticline.component import Case
from anticline.component.context import work_folder
from anticline.errors import BadInput, Finding
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.hdf5 import finished
from anticline_solvers.formats.model import (
    fields_of,
    read_grid,
    summary,
    velocity_fault,
)
from anticline_solvers.formats.provenance import read_provenance
from anticline_solvers.formats.sums import Heading, read_heading
from anticline_solvers.formats.survey import Survey, read_survey
from anticline_solvers.numerics.stability import check_sampling, choose_time_step
from anticline_solvers.seismic import capacity
from anticline_solvers.seismic.acquisition import spreads as acquisition
from anticline_solvers.seismic.acquisition import wavelets
from anticline_solvers.seismic.shots import identity, parts
from anticline_solvers.seismic.shots.files import ShotFiles

T = TypeVar("T")


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
    """Find an output that exists from another case."""
    findings: list[Finding] = []
    path = case.outputs[port]
    if path.exists():
        attempt(lambda: finished(path, case.fingerprint()), findings)
    return [
        case.finding(f"outputs.{port}", f"{found.file}: {found.text}")
        for found in findings
    ]


def kept_shots(case: Case, survey: Survey) -> list[Finding]:
    """Find finished shots, or checkpoints, of another case in the work folder."""
    folder, port = work_folder(case) / "shots", next(iter(case.outputs))
    if not folder.is_dir():
        return []
    files = ShotFiles(folder, identity.common(case, survey))
    return [
        case.finding(f"outputs.{port}", f"{found.file}: {found.text}")
        for found in files.findings()
    ]


def survey_of(
    case: Case,
    port: str = "survey",
    taken: Callable[[Survey], Survey] = lambda survey: survey,
) -> tuple[Survey | None, list[Finding]]:
    """Read the part of the survey that a case does, with what is wrong with it.

    taken : gives those of a survey's shots that are divided into parts.

    Where there is no such part, it is the whole survey.
    """
    findings: list[Finding] = []
    survey = attempt(lambda: taken(read_survey(case.inputs[port])), findings)
    if survey is None:
        return None, findings
    wrong = parts.faults(case.parameters, len(survey.shots))
    findings += [case.finding(f"parameters.{k}", text) for k, text in wrong.items()]
    return survey if wrong else parts.of(survey, case.parameters), findings


def heading_of(path: Path, findings: list[Finding]) -> Heading | None:
    """Read what an image says of its sums; with findings, None."""
    return attempt(lambda: read_heading(path), findings)


def surface_warning(case: Case) -> str:
    """Say that gathers were modelled with another surface than they are migrated with.

    Empty where they agree, or the gathers do not say that they were modelled.
    """
    with h5py.File(case.inputs["gathers"], "r") as file:
        story = read_provenance(file)
    made_with = story.get("parameters")
    if not isinstance(made_with, dict) or "free_surface" not in made_with:
        return ""
    modelled, here = bool(made_with["free_surface"]), case.parameters["free_surface"]
    if modelled == here:
        return ""
    return (
        f"warning: {story.get('component', 'a case')} modelled these gathers with "
        f"free_surface: {str(modelled).lower()}, and they are migrated with "
        f"free_surface: {str(here).lower()}; what the surface reflects is imaged "
        "where nothing is"
    )


def velocity_grid(path: Path) -> Grid:
    """Read the grid of a velocity model; BadInput for an image and all else."""
    fields_of(path)
    return read_grid(path)


def modelling(case: Case, survey: Survey | None, comm_size: int) -> list[Finding]:
    """Find what keeps waves from being modelled: medium, positions, steps, ranks."""
    findings: list[Finding] = []
    path = case.inputs["model"]
    if survey is not None:
        findings += [case.finding(_place(case), text) for text in recorded(survey)]
    sound = survey is not None and not findings
    grid = attempt(lambda: velocity_grid(path), findings)
    if grid is None:
        return findings
    unreadable: list[Finding] = []
    fault = attempt(lambda: velocity_fault(path), unreadable)
    findings += unreadable
    if fault:
        findings.append(Finding(str(path), None, fault))
    if survey is None:
        return findings
    if survey.ndim != grid.ndim:
        text = f"the model has {grid.ndim} axes and the survey {survey.ndim}"
        return [*findings, case.finding("inputs.model", text)]
    findings += _positions(case, grid, survey)
    if sound and not unreadable:
        findings += _sampling(case, grid, survey)
    return findings + capacity.ranks(case, grid, survey, comm_size)


def _place(case: Case) -> str:
    """Name the input that brings the survey."""
    return "inputs.survey" if "survey" in case.inputs else "inputs.gathers"


def recorded(survey: Survey) -> list[str]:
    """Say what is wrong with a survey's wavelet, and with its traces' sampling."""
    texts = wavelets.check_wavelet(survey.wavelet, survey.wavelet_interval_s)
    numbers = {
        "sample_interval_s": survey.sample_interval_s,
        "n_samples": survey.n_samples,
        "peak_frequency_hz": survey.peak_frequency_hz,
        "maximum_frequency_hz": survey.maximum_frequency_hz,
    }
    texts += [
        f"the survey's {name} is {value:g}; it must be positive and finite"
        for name, value in numbers.items()
        if not 0.0 < value < math.inf
    ]
    return texts


def _positions(case: Case, grid: Grid, survey: Survey) -> list[Finding]:
    """Find sources and receivers outside the model, or where nothing is heard."""
    texts = acquisition.outside(grid, survey.shots)
    texts += acquisition.empty_spreads(survey.shots)
    if case.parameters["free_surface"]:
        texts += acquisition.on_free_surface(grid, survey.shots)
    return [case.finding(_place(case), text) for text in texts]


def _sampling(case: Case, grid: Grid, survey: Survey) -> list[Finding]:
    """Find a time step, a grid or a sample interval that the band rules out.

    A model with values that are no velocities is judged by those that are.
    """
    p, found = case.parameters, summary(case.inputs["model"])
    fastest, order = found["max"], p["space_order"]
    if not fastest > 0:
        return []
    slowest = found["min"] if found["min"] > 0 else fastest
    top, spacing_m = survey.maximum_frequency_hz, grid.spacing_m

    def texts(step_s: float) -> list[str]:
        return check_sampling(slowest, fastest, spacing_m, order, top, step_s)

    coarse = texts(choose_time_step(fastest, spacing_m, order))
    findings = [case.finding("inputs.model", text) for text in coarse]
    if p["time_step_s"] is not None:
        findings += [
            case.finding("parameters.time_step_s", text)
            for text in texts(p["time_step_s"])
            if text not in coarse
        ]
    if fault := interval_fault(survey.sample_interval_s, top):
        findings.append(case.finding(_place(case), fault))
    return findings


def interval_fault(interval_s: float, top_hz: float) -> str | None:
    """Say that a sample interval [s] does not carry frequencies up to top_hz."""
    if interval_s <= 0.5 / top_hz:
        return None
    return (
        f"sample interval {interval_s:g} s; the wavelet holds {top_hz:.4g} Hz and "
        f"needs at most {0.5 / top_hz:.4g} s; sample finer"
    )


def gathering(case: Case, survey: Survey, comm_size: int) -> list[Finding]:
    """Find a memory or a disk that does not suffice for the gathers."""
    traces = sum(len(shot.receivers_m) for shot in survey.shots)
    findings = capacity.space(case, "gathers", 2 * 4 * traces * survey.n_samples)
    grid = attempt(lambda: velocity_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return findings
    return findings + capacity.memory(case, grid, survey, comm_size, imaging=False)


def imaging(
    case: Case, survey: Survey, comm_size: int, kept: capacity.Kept
) -> list[Finding]:
    """Find an imaging interval or a memory that does not suffice."""
    findings: list[Finding] = []
    longest, asked = (
        0.5 / survey.maximum_frequency_hz,
        case.parameters["imaging_interval_s"],
    )
    if asked is not None and asked > longest * (1.0 + 1e-9):
        text = (
            f"imaging interval {asked:g} s; the band reaches "
            f"{survey.maximum_frequency_hz:.4g} Hz and needs at most {longest:.4g} s"
        )
        findings.append(case.finding("parameters.imaging_interval_s", text))
    grid = attempt(lambda: velocity_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return findings
    findings += capacity.memory(case, grid, survey, comm_size, imaging=True)
    return findings + capacity.storage(case, grid, survey, comm_size, kept)


def image_space(case: Case, survey: Survey, port: str = "image") -> list[Finding]:
    """Find a disk that has no room for an image and the files of its shots."""
    grid = attempt(lambda: velocity_grid(case.inputs["model"]), [])
    if grid is None or grid.ndim != survey.ndim:
        return []
    cells = sum(map(math.prod, capacity.windows(case, grid, survey)))
    stacked = capacity.STACKED * math.prod(grid.shape)
    return capacity.space(case, port, 2 * capacity.FLOAT32 * cells + stacked)
