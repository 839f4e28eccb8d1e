"""Files of others: read as segyio reads them, and what they lie about is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import segyio

from anticline_solvers.formats.segy.fields import FIELDS
from anticline_solvers.formats.segy.layout import read_layout
from anticline_solvers.formats.segy.traces import TraceFile
from anticline_solvers.segy.description import describe
from fuzz.segy_files import line

FILES = {
    "Format1msb.sgy": (">", 1, 1, 414, 75),
    "Format5msb.sgy": (">", 5, 1, 414, 75),
    "Format5lsb.sgy": ("<", 5, 1, 414, 75),
    "f3.sgy": (">", 3, 1, 414, 75),
    "viking_small.segy": (">", 1, 0, 480, 600),
}


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_read_as_segyio_reads_it(needs: Any, name: str) -> None:
    path = needs.data(f"seismic/segy/{name}")
    layout = read_layout(path)
    found = (layout.order, layout.code, layout.revision, layout.n_traces)
    assert (*found, layout.n_samples) == FILES[name]
    endian = "big" if layout.order == ">" else "little"
    with (
        TraceFile(layout) as file,
        segyio.open(path, ignore_geometry=True, endian=endian) as truth,
    ):
        np.testing.assert_array_equal(
            file.samples(range(layout.n_traces)), truth.trace.raw[:]
        )
        headers = file.headers(0, layout.n_traces)
        for field, (byte, _) in FIELDS.items():
            if field in ("samples", "sample_interval"):
                continue
            np.testing.assert_array_equal(headers[field], truth.attributes(byte)[:])


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_described_with_what_it_lies_about(
    needs: Any, name: str
) -> None:
    facts = describe(needs.data(f"seismic/segy/{name}")).facts
    said = 1500 if name.startswith("viking") else 462
    assert f"{said} trace 1 (byte 3,715)" in facts["findings"][0]
    geometry = facts["geometry"]
    if name.startswith("viking"):
        assert (geometry["shots"], geometry["receivers"]) == (4, 123)
        assert geometry["offset_m"] == [262.0, 3237.0]
        assert "480 traces have coordinates in unit 3" in facts["findings"][1]
    else:
        assert geometry["inline"] == [111, 133]
        assert geometry["spacing_m"] == [25.0, 25.0]
        assert geometry["azimuth_deg"] == pytest.approx(358.4, abs=0.01)


def test_the_field_table_is_the_standards() -> None:
    known = {int(byte) for byte in segyio.tracefield.keys.values()}
    assert {byte for byte, _ in FIELDS.values()} <= known
    byte_of = segyio.tracefield.keys
    for name, key in {
        "field_record": "FieldRecord",
        "receiver_elevation": "ReceiverGroupElevation",
        "source_elevation": "SourceSurfaceElevation",
        "source_depth": "SourceDepth",
        "elevation_scalar": "ElevationScalar",
        "coordinate_scalar": "SourceGroupScalar",
        "receiver_y": "GroupY",
        "delay_time": "DelayRecordingTime",
        "time_scalar": "ScalarTraceHeader",
        "weighting": "TraceWeightingFactor",
        "cdp_x": "CDP_X",
        "crossline": "CROSSLINE_3D",
    }.items():
        assert FIELDS[name][0] == byte_of[key]


def test_a_file_made_by_hand_is_read_by_segyio_too(tmp_path: Any) -> None:
    path, made = tmp_path / "a.sgy", line(2, 3, order="<")
    path.write_bytes(made.bytes())
    with segyio.open(path, ignore_geometry=True, endian="little") as truth:
        np.testing.assert_array_equal(truth.trace.raw[:], made.samples)
