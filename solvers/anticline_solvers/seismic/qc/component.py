"""Component seismic.qc: numbers and figures of a survey, its gathers and its image.

docs/howto/quality_control.md reads them.
"""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from anticline.component import Case, RunContext
from anticline.errors import Finding
from anticline_solvers.formats.gathers import GatherReader, trace_faults
from anticline_solvers.formats.image_gathers import read_axes
from anticline_solvers.formats.report import (
    finished,
    other_cases,
    write_bytes,
    write_report,
)
from anticline_solvers.formats.survey import Survey
from anticline_solvers.seismic import checks
from anticline_solvers.seismic.fitness import differences
from anticline_solvers.seismic.pictures.drawing import png
from anticline_solvers.seismic.qc import pictures
from anticline_solvers.seismic.qc.lighting import lights_of
from anticline_solvers.seismic.qc.page import page
from anticline_solvers.seismic.qc.report import (
    FORMAT,
    Focused,
    Lit,
    Recordings,
    focused_of,
    lit_of,
    recordings_of,
)

FIGURES = {
    "fold": "traces with their midpoint in each bin",
    "spectra": "amplitude spectra of the gathers and of the wavelet",
    "residuals": "modelled gathers against observed ones",
    "illumination": "energy of the wavefields that made the image",
    "image_spectrum": "wavenumbers of the image",
    "gather_panels": "image gathers; focused at no offset with the right velocity",
    "focus": "how far the energy of the image gathers lies from no offset",
}

NEEDS = {
    "residuals": "modelled",
    "illumination": "image",
    "image_spectrum": "image",
    "gather_panels": "image_gathers",
    "focus": "image_gathers",
}
"""Input that a figure is drawn from, beside the gathers."""


def check(case: Case, comm_size: int) -> list[Finding]:
    """Say everything that keeps the numbers from being made."""
    findings: list[Finding] = other_cases(case)
    if not findings and finished(case):
        return findings
    findings += [
        case.finding(
            f"outputs.{name}", f"needs the input '{port}'; name it, or drop it"
        )
        for name, port in NEEDS.items()
        if name in case.outputs and port not in case.inputs
    ]
    surveys = {
        port: _survey(case, port, findings)
        for port in ("gathers", "modelled")
        if port in case.inputs
    }
    observed, modelled = surveys["gathers"], surveys.get("modelled")
    if observed is not None and modelled is not None:
        findings += [
            case.finding("inputs.modelled", text)
            for text in differences(observed, modelled)
        ]
    bins = case.parameters["bin_m"]
    if observed is not None and bins and len(bins) != observed.ndim - 1:
        text = f"a {observed.ndim}-D survey needs {observed.ndim - 1} width(s) of bins"
        findings.append(case.finding("parameters.bin_m", text))
    if "image" in case.inputs:
        lights = checks.attempt(lambda: lights_of(case.inputs["image"]), findings)
        if lights == () and "illumination" in case.outputs:
            text = "the image holds no illumination to draw; drop this output"
            findings.append(case.finding("outputs.illumination", text))
    if "image_gathers" in case.inputs:
        checks.attempt(lambda: read_axes(case.inputs["image_gathers"]), findings)
    return findings


def _survey(case: Case, port: str, findings: list[Finding]) -> Survey | None:
    def read() -> Survey:
        with GatherReader(case.inputs[port]) as reader:
            return reader.survey

    survey = checks.attempt(read, findings)
    if survey is not None:
        findings += trace_faults(case.inputs[port], survey)
    return survey


def run(case: Case, context: RunContext) -> None:
    """Write report, pictures and page, from rank 0."""
    if context.comm.rank == 0 and not finished(case):
        _write(case, context)
    context.comm.Barrier()


def _write(case: Case, context: RunContext) -> None:
    p, inputs = case.parameters, case.inputs
    bins = tuple(p["bin_m"]) if p["bin_m"] else None
    recorded = recordings_of(
        inputs["gathers"], inputs.get("modelled"), bins, p["max_shift_s"]
    )
    lit = lit_of(inputs["image"]) if "image" in inputs else None
    focused = focused_of(inputs["image_gathers"]) if "image_gathers" in inputs else None
    report: dict[str, Any] = {"format": FORMAT, **recorded.numbers()}
    if lit is not None:
        report["image"] = lit.numbers
    if focused is not None:
        report["image_gathers"] = focused.numbers()
    drawn = {
        name: png(figure) for name, figure in figures(recorded, lit, focused).items()
    }
    report["provenance"] = context.provenance
    for name, picture in drawn.items():
        if name in case.outputs:
            write_bytes(case.outputs[name], picture)
    if "page" in case.outputs:
        captioned = {name: (FIGURES[name], picture) for name, picture in drawn.items()}
        title = f"quality control of {inputs['gathers'].name}"
        write_bytes(case.outputs["page"], page(title, report, captioned).encode())
    write_report(case.outputs["report"], report)
    context.log(f"{', '.join(drawn)}: {case.outputs['report']}")


def figures(
    recorded: Recordings, lit: Lit | None, focused: Focused | None
) -> dict[str, Figure]:
    """Draw all that there is something to draw of, named as in FIGURES."""
    made = {
        "fold": pictures.fold_figure(recorded.fold),
        "spectra": pictures.spectra_figure(recorded),
    }
    if recorded.residuals:
        made["residuals"] = pictures.residuals_figure(recorded)
    if lit is not None and lit.lights:
        made["illumination"] = pictures.illumination_figure(lit)
    if lit is not None:
        made["image_spectrum"] = pictures.image_spectrum_figure(lit)
    if focused is not None:
        made["gather_panels"] = pictures.gathers_figure(focused)
        made["focus"] = pictures.focus_figure(focused)
    return made
