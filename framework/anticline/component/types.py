"""Port types: what flows between components, each a named file format.

A workflow may link an output to an input when both carry the same port type. A
third party adds a type by making its own `PortType`; types are equal by value.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PortType:
    """A kind of file.

    ``suffix`` starts with a dot, ``format`` is the name and version written
    inside the file, ``unit`` that of its main quantity ("" where several).
    """

    name: str
    suffix: str
    format: str
    unit: str
    summary: str

    def __post_init__(self) -> None:
        """Refuse a name that is no identifier and a suffix without its dot."""
        if not self.name.isidentifier():
            msg = f"port type {self.name!r}: the name is no identifier"
            raise ValueError(msg)
        if not self.suffix.startswith("."):
            msg = f"port type {self.name}: suffix {self.suffix!r} needs a ."
            raise ValueError(msg)


VelocityModel = PortType(
    "VelocityModel",
    ".h5",
    "anticline-model/1",
    "m/s",
    "medium parameters on a grid (vp, and rho where known)",
)
Survey = PortType(
    "Survey",
    ".h5",
    "anticline-survey/1",
    "m",
    "sources, receivers, wavelet and recording interval",
)
ShotGathers = PortType(
    "ShotGathers",
    ".h5",
    "anticline-gathers/1",
    "Pa",
    "one gather of traces per shot, with the survey that made it",
)
Image = PortType(
    "Image",
    ".h5",
    "anticline-image/1",
    "",
    "a migrated image on a grid, with its illumination",
)
Gradient = PortType(
    "Gradient",
    ".h5",
    "anticline-gradient/1",
    "",
    "a misfit and its gradient by a medium parameter, with the illumination",
)
Inversion = PortType(
    "Inversion",
    ".h5",
    "anticline-inversion/1",
    "",
    "the state of an inversion: all that its next step needs",
)
EclipseDeck = PortType(
    "EclipseDeck",
    ".DATA",
    "eclipse-deck",
    "",
    "a reservoir and its schedule as an Eclipse deck",
)
Reservoir = PortType(
    "Reservoir",
    ".h5",
    "anticline-reservoir/1",
    "",
    "a reservoir and its schedule, all that the simulator is told",
)
ReservoirCurves = PortType(
    "ReservoirCurves",
    ".h5",
    "anticline-curves/1",
    "",
    "rates, totals and pressures of a run at its report times",
)
ReservoirStates = PortType(
    "ReservoirStates",
    ".h5",
    "anticline-reservoir-states/1",
    "",
    "pressures and saturations of a run at report steps",
)
EclipseResults = PortType(
    "EclipseResults",
    ".UNSMRY",
    "eclipse-results",
    "",
    "result files: UNSMRY and SMSPEC; EGRID, INIT and UNRST where they are made",
)
EclipseRestart = PortType(
    "EclipseRestart",
    ".UNRST",
    "eclipse-restart",
    "",
    "states of a run at report steps as a unified restart file",
)
CurveTable = PortType(
    "CurveTable",
    ".csv",
    "curve-table",
    "",
    "curves as a table: TIME[DAYS], then KEYWORD:WELL[UNIT]",
)
RawArray = PortType(
    "RawArray",
    ".bin",
    "raw",
    "",
    "a headerless binary array; parameters say its shape and number type",
)
Report = PortType(
    "Report",
    ".json",
    "json",
    "",
    "figures of a run as a JSON object",
)
Picture = PortType("Picture", ".png", "png", "", "a picture")
