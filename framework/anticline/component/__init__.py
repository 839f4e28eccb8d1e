"""The contract between anticline and the programs it runs.

- declare: Component, Input, Output, Parameter; types: the files that flow;
  resources: what a component asks of the machine; units and values: "10 m" -> 10.0
- case: one run of one component, read from YAML; document, findings, sections,
  paths, fingerprint; sequence: cases that run one after the other
- catalogue: public data sets by name, and where they lie on this machine
- context: what a driver is given; progress; stop
- viewer, probe, command: what else a plugin registers; registry: finding them all

A solver imports this package and `anticline.errors`, nothing else of the framework.
"""

from anticline.component.case import Case, load_case
from anticline.component.catalogue.declare import Archive, DataFile, Dataset
from anticline.component.catalogue.document import read_catalogue
from anticline.component.command import Command
from anticline.component.context import RunContext
from anticline.component.declare import (
    REQUIRED,
    Component,
    DeclarationError,
    Input,
    Output,
    Parameter,
)
from anticline.component.probe import Probe, ProbeResult
from anticline.component.progress import Progress
from anticline.component.registry import Registry
from anticline.component.resources import Resources
from anticline.component.types import (
    CurveTable,
    EclipseDeck,
    EclipseRestart,
    EclipseResults,
    Gradient,
    Image,
    Inversion,
    Picture,
    PortType,
    RawArray,
    Report,
    Reservoir,
    ReservoirCurves,
    ReservoirStates,
    ShotGathers,
    Survey,
    VelocityModel,
)
from anticline.component.viewer import Viewer
from anticline.errors import Finding

__all__ = [
    "REQUIRED",
    "Archive",
    "Case",
    "Command",
    "Component",
    "CurveTable",
    "DataFile",
    "Dataset",
    "DeclarationError",
    "EclipseDeck",
    "EclipseRestart",
    "EclipseResults",
    "Finding",
    "Gradient",
    "Image",
    "Input",
    "Inversion",
    "Output",
    "Parameter",
    "Picture",
    "PortType",
    "Probe",
    "ProbeResult",
    "Progress",
    "RawArray",
    "Registry",
    "Report",
    "Reservoir",
    "ReservoirCurves",
    "ReservoirStates",
    "Resources",
    "RunContext",
    "ShotGathers",
    "Survey",
    "VelocityModel",
    "Viewer",
    "load_case",
    "read_catalogue",
]
