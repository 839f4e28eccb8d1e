"""What the SEG-Y folder offers to a workflow and to the command line."""

from __future__ import annotations

from anticline.component import (
    Command,
    Component,
    Image,
    Input,
    Output,
    Parameter,
    PortType,
    Resources,
    ShotGathers,
    Survey,
    VelocityModel,
    Viewer,
)
from anticline_solvers.formats.segy.fields import FIELDS

_SEGY = "anticline_solvers.segy"
_DIGEST = "anticline_solvers.formats.digest"
_SERIAL = Resources(ranks=(1, None), threads=False)
_FORMATS = (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16)

SegY = PortType(
    "SegY", ".sgy", "segy", "", "traces with headers, SEG-Y revision 0, 1 or 2"
)
Wavelet = PortType(
    "Wavelet", ".txt", "text", "", "two columns, time [s] and amplitude, from time 0"
)


def _length(name: str, summary: str, default: float | None = None) -> Parameter:
    return Parameter(name, "float", summary, default, unit="m")


_STATED = (
    Parameter(
        "byte_order",
        "str",
        "of the file",
        "detect",
        choices=("detect", "big", "little"),
    ),
    Parameter("revision", "int", "left out, as detected", None, choices=(0, 1, 2)),
    Parameter(
        "sample_format",
        "int",
        "code of the samples; left out, as byte 3225 says",
        None,
        choices=_FORMATS,
    ),
    Parameter(
        "n_samples",
        "int",
        "of each trace; left out, as the headers say",
        None,
        minimum=1,
    ),
    Parameter(
        "header_map",
        "map[int]",
        "first bytes of trace header fields that are not at the standard's",
        None,
        minimum=1,
        maximum=240,
        choices=tuple(FIELDS),
    ),
    Parameter(
        "coordinate_units",
        "str",
        "trust byte 89, or take coordinates for lengths",
        "header",
        choices=("header", "length"),
    ),
)
_FRAME = (
    _length("easting_m", "map position of local (0, 0)"),
    _length("northing_m", "map position of local (0, 0)"),
    Parameter(
        "azimuth_deg",
        "float",
        "direction of +x, clockwise from north",
        None,
        unit="deg",
        minimum=-360,
        maximum=360,
    ),
    Parameter("dimensions", "int", "2 for a line, 3", 2, choices=(2, 3)),
    Parameter(
        "line_tolerance_m",
        "float",
        "how far from the line of a 2-D survey traces may lie",
        10.0,
        unit="m",
        minimum=0.0,
    ),
)
_WRITTEN = (
    Parameter(
        "sample_format",
        "str",
        "of the samples",
        "ieee",
        choices=("ieee", "ibm", "int32", "int16", "int8"),
    ),
    Parameter("byte_order", "str", "of the file", "big", choices=("big", "little")),
    Parameter("revision", "int", "of the standard", 1, choices=(0, 1, 2)),
)
_DATUM = _length("datum_m", "elevation of depth 0", 0.0)

IMPORT_GATHERS = Component(
    name="segy.import_gathers",
    summary="read a SEG-Y survey as gathers, copied or left in place",
    inputs=(
        Input("segy", SegY, "the survey"),
        Input("model", VelocityModel, "gives the frame, holds the positions", True),
        Input("survey", Survey, "its wavelet is taken", True),
        Input("wavelet", Wavelet, "the wavelet, in the place of a Ricker", True),
    ),
    outputs=(Output("gathers", ShotGathers, "the gathers, or an index of them"),),
    parameters=(
        Parameter(
            "copy",
            "bool",
            "copy the traces; else they stay in the SEG-Y file and are read from it",
            True,
        ),
        Parameter(
            "shots_by",
            "str",
            "what the traces of a shot share",
            "field_record",
            choices=("field_record", "source_point", "source_position"),
        ),
        Parameter(
            "trace_codes",
            "list[int]",
            "identification codes (byte 29) of the traces to take",
            (0, 1, 11),
        ),
        Parameter(
            "sample_interval_s",
            "float",
            "of the traces; left out, as the headers say",
            None,
            unit="s",
            minimum=1e-6,
        ),
        Parameter(
            "peak_frequency_hz",
            "float",
            "of the wavelet, a Ricker where no input gives one",
            None,
            unit="Hz",
            minimum=0.01,
        ),
        _DATUM,
        Parameter(
            "snap_m",
            "float",
            "local x and y are put on multiples of it; left out, as the headers say",
            None,
            unit="m",
            minimum=1e-4,
        ),
        _length("source_depth_m", "of all sources, in the place of the headers'"),
        _length("receiver_depth_m", "of all receivers, in the place of the headers'"),
        *_STATED,
        *_FRAME,
    ),
    run=f"{_SEGY}.gathers_in:run",
    check=f"{_SEGY}.gathers_in:check",
    finished=f"{_DIGEST}:finished",
    digest=f"{_DIGEST}:digest",
    resources=_SERIAL,
)

EXPORT_GATHERS = Component(
    name="segy.export_gathers",
    summary="write gathers as a SEG-Y file",
    inputs=(
        Input("gathers", ShotGathers, "the gathers"),
        Input("model", VelocityModel, "midpoints are binned onto its columns", True),
    ),
    outputs=(Output("segy", SegY, "one trace a receiver, in shot order"),),
    parameters=(*_WRITTEN, _DATUM),
    run=f"{_SEGY}.gathers_out:run",
    check=f"{_SEGY}.gathers_out:check",
    digest=f"{_DIGEST}:digest",
    resources=_SERIAL,
)


def _grid_in(kind: str, port: PortType, dataset: str) -> Component:
    return Component(
        name=f"segy.import_{kind}",
        summary=f"read stacked SEG-Y traces in depth as a {kind}",
        inputs=(
            Input("segy", SegY, "one trace a column, or several to be averaged"),
            Input("grid", port, "traces are binned onto its columns", True),
        ),
        outputs=(Output(kind, port, f"the {kind}"),),
        parameters=(
            Parameter("dataset", "str", "name of what is read", dataset),
            Parameter("factor", "float", "stored number to SI", 1.0, minimum=1e-12),
            Parameter(
                "depth_step_m",
                "float",
                "distance of samples; left out, thousandths of the headers' number",
                None,
                unit="m",
                minimum=1e-6,
            ),
            Parameter(
                "spacing_m",
                "list[float]",
                "distance of columns along x (and y); left out, fitted",
                None,
                unit="m",
                minimum=1e-3,
            ),
            Parameter(
                "empty",
                "str",
                "columns without a trace are refused, or filled from the nearest",
                "refuse",
                choices=("refuse", "nearest"),
            ),
            *_STATED,
            *_FRAME,
        ),
        run=f"{_SEGY}.grids_in:run_{kind}",
        check=f"{_SEGY}.grids_in:check_{kind}",
        finished=f"{_DIGEST}:finished",
        digest=f"{_DIGEST}:digest",
        resources=_SERIAL,
    )


def _grid_out(kind: str, port: PortType, dataset: str) -> Component:
    return Component(
        name=f"segy.export_{kind}",
        summary=f"write a {kind} as a SEG-Y file in depth",
        inputs=(Input(kind, port, f"the {kind}"),),
        outputs=(Output("segy", SegY, "one trace a column of the grid"),),
        parameters=(
            Parameter("dataset", "str", "name of what is written", dataset),
            *_WRITTEN,
        ),
        run=f"{_SEGY}.grids_out:run_{kind}",
        check=f"{_SEGY}.grids_out:check_{kind}",
        digest=f"{_DIGEST}:digest",
        resources=_SERIAL,
    )


COMPONENTS = (
    IMPORT_GATHERS,
    EXPORT_GATHERS,
    _grid_in("model", VelocityModel, "vp"),
    _grid_in("image", Image, "image"),
    _grid_out("model", VelocityModel, "vp"),
    _grid_out("image", Image, "image"),
)

COMMANDS = (
    Command(
        "survey",
        f"{_SEGY}.command:app",
        "Describe surveys: SEG-Y files, gathers, survey files.",
    ),
)

VIEWERS = (
    Viewer(
        name="gathers_in_segy",
        format="anticline-gathers-index/1",
        recognise="anticline_solvers.formats.hdf5:format_of",
        draw="anticline_solvers.seismic.pictures.figures:draw_gathers",
        summary="traces against time; options shots clip colours",
    ),
)
