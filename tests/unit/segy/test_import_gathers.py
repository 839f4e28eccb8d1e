"""A SEG-Y survey of any arrangement becomes the same gathers."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segyio

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import (
    INDEX_FORMAT,
    GatherReader,
    read_shot,
    trace_faults,
)
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.hdf5 import format_of
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.survey import Survey, read_survey
from fuzz.segy_files import Made, line, shot_headers

CASE = """
component: segy.import_gathers
inputs: {{segy: a.sgy{inputs}}}
outputs: {{gathers: {out}}}
parameters: {{peak_frequency_hz: 8{more}}}
"""


def _case(out: str = "a.h5", inputs: str = "", **more: Any) -> str:
    text = "".join(f", {name}: {value}" for name, value in more.items())
    return CASE.format(out=out, inputs=inputs, more=text)


def _imported(cases: Any, made: Made, **more: Any) -> tuple[Survey, list[np.ndarray]]:
    (cases.folder / "a.sgy").write_bytes(made.bytes())
    path = cases.run(_case(f"{cases._number}.h5", **more))["gathers"]
    with GatherReader(path) as reader:
        return reader.survey, [reader.read(n) for n in reader.shot_ids]


def _traces(made: Made, shots: int) -> list[np.ndarray]:
    return list(np.asarray(made.samples, np.float32).reshape(shots, -1, 20))


def test_positions_depths_and_samples_are_those_of_the_file(cases: Any) -> None:
    made = line(2, 3)
    survey, gathers = _imported(cases, made)
    assert survey.shot_ids == (1, 2)
    assert (survey.sample_interval_s, survey.n_samples) == (0.004, 20)
    np.testing.assert_array_equal(survey.shots[1].source_m, [100.0, 5.0])
    np.testing.assert_array_equal(
        survey.shots[1].receivers_m, [[0.0, 7.0], [10.0, 7.0], [20.0, 7.0]]
    )
    np.testing.assert_array_equal(gathers, _traces(made, 2))


@pytest.mark.parametrize("copy", ["true", "false"])
def test_traces_in_any_order_are_grouped_into_the_same_shots(
    cases: Any, copy: str
) -> None:
    made = line(3, 4)
    survey, gathers = _imported(cases, made)
    order = np.random.default_rng(5).permutation(12)
    made.samples, made.headers = made.samples[order], [made.headers[k] for k in order]
    mixed, found = _imported(cases, made, copy=copy)
    assert mixed.shot_ids == survey.shot_ids
    for shot, other, mine, theirs in zip(
        survey.shots, mixed.shots, gathers, found, strict=True
    ):
        np.testing.assert_array_equal(shot.source_m, other.source_m)
        place = np.argsort(other.receivers_m[:, 0])
        np.testing.assert_array_equal(shot.receivers_m, other.receivers_m[place])
        np.testing.assert_array_equal(mine, theirs[place])


@pytest.mark.parametrize("scalar", [1, 10, 100])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_scalar_multiplies_or_divides_and_0_does_nothing(
    cases: Any, scalar: int, sign: int
) -> None:
    headers = shot_headers(1, 2, scalar=scalar)
    expected = 10.0
    if sign > 0:
        for k, header in enumerate(headers):
            header[81] = ("i", k)
            header[71] = ("h", scalar if scalar > 1 else 0)
        expected = float(scalar)
    survey, _ = _imported(cases, line(1, 2, headers=headers))
    assert survey.shots[0].receivers_m[1, 0] == expected


def test_elevations_and_depths_count_from_the_datum(cases: Any) -> None:
    headers = shot_headers(1, 2)
    for header in headers:
        header |= {41: ("i", 130), 45: ("i", 120), 49: ("i", 15)}
    survey, _ = _imported(cases, line(1, 2, headers=headers), datum_m=200)
    assert survey.shots[0].source_m[1] == 200 - 120 + 15
    assert survey.shots[0].receivers_m[0, 1] == 200 - 130
    stated, _ = _imported(
        cases, line(1, 2, headers=headers), source_depth_m=3, receiver_depth_m=4
    )
    assert (stated.shots[0].source_m[1], stated.shots[0].receivers_m[1, 1]) == (3, 4)


def test_feet_become_metres(cases: Any) -> None:
    survey, _ = _imported(cases, line(binary={3255: ("h", 2)}))
    np.testing.assert_allclose(survey.shots[1].source_m, [30.48, 1.524], rtol=1e-15)


def test_moved_header_fields_are_read_where_the_case_says(cases: Any) -> None:
    headers = shot_headers(2, 3)
    for header in headers:
        header[201] = header.pop(81)
        header[17], header[9] = header[9], ("i", 99)
    made = line(2, 3, headers=headers)
    survey, gathers = _imported(
        cases, made, header_map="{field_record: 17, receiver_x: 201}"
    )
    assert survey.shot_ids == (1, 2)
    assert survey.shots[0].receivers_m[2, 0] == 20.0
    np.testing.assert_array_equal(gathers, _traces(made, 2))


@pytest.mark.parametrize(
    ("by", "ids"),
    [("source_point", (100, 101)), ("source_position", (1, 2))],
)
def test_shots_may_be_told_by_other_numbers(
    cases: Any, by: str, ids: tuple[int, ...]
) -> None:
    headers = shot_headers(2, 3)
    for header in headers:
        header[9] = ("i", 7)
    made = line(2, 3, headers=headers)
    survey, gathers = _imported(cases, made, shots_by=by)
    assert survey.shot_ids == ids
    np.testing.assert_array_equal(gathers, _traces(made, 2))


def test_a_delay_by_whole_samples_moves_traces_in_time(cases: Any) -> None:
    headers = shot_headers(1, 3)
    for header, delay in zip(headers, (0, 12, -8), strict=True):
        header[109] = ("h", delay)
    made = line(1, 3, headers=headers)
    survey, gathers = _imported(cases, made)
    assert survey.n_samples == 23
    now, late, early = gathers[0]
    np.testing.assert_array_equal(now[:20], made.samples[0])
    np.testing.assert_array_equal(late, np.append(np.zeros(3), made.samples[1]))
    np.testing.assert_array_equal(early[:18], made.samples[2][2:])
    assert not now[20:].any()
    assert not early[18:].any()


def test_a_delay_by_part_of_a_sample_moves_a_wavelet_by_that(cases: Any) -> None:
    time = 0.004 * np.arange(100)

    def wavelet(start: float) -> np.ndarray:
        a = (np.pi * 20 * (time - start)) ** 2
        return (1 - 2 * a) * np.exp(-a)

    headers = [h | {109: ("h", 15), 215: ("h", -10)} for h in shot_headers(1, 1)]
    _, gathers = _imported(cases, Made(wavelet(0.2)[None], headers=headers))
    np.testing.assert_allclose(gathers[0][0, :100], wavelet(0.2015), atol=1e-4)


def test_the_weighting_of_integers_is_applied(cases: Any) -> None:
    headers = [h | {169: ("h", k)} for k, h in enumerate(shot_headers(1, 3))]
    values = np.full((3, 20), 4.0)
    _, gathers = _imported(cases, Made(values, code=3, headers=headers))
    np.testing.assert_array_equal(gathers[0][:, 0], [4.0, 2.0, 1.0])


def test_traces_that_are_no_data_are_left_out(cases: Any) -> None:
    headers = shot_headers(1, 4)
    headers[2][29] = ("h", 2)
    made = line(1, 4, headers=headers)
    survey, gathers = _imported(cases, made)
    np.testing.assert_array_equal(survey.shots[0].receivers_m[:, 0], [0, 10, 30])
    np.testing.assert_array_equal(gathers[0], made.samples[[0, 1, 3]])


def _rotated(frame: Frame, scalar: int) -> list[dict[int, Any]]:
    headers = shot_headers(2, 5)
    for header in headers:
        for x, y in ((73, 77), (81, 85)):
            local = np.array([[header.get(x, ("i", 0))[1], 0.0]])
            east, north = np.rint(frame.to_map(local)[0] * scalar).astype(int)
            header |= {x: ("i", int(east)), y: ("i", int(north)), 71: ("h", -scalar)}
    return headers


def test_map_positions_are_turned_into_the_frame_of_the_model(cases: Any) -> None:
    frame = Frame(431_000.0, 6_780_000.0, 37.0)
    grid = Grid((41, 11), (10.0, 10.0), (0.0, 0.0))
    write_model(cases.folder / "m.h5", grid, {"vp": np.ones(grid.shape)}, frame)
    made = line(2, 5, headers=_rotated(frame, 100))
    survey, _ = _imported(cases, made, inputs=", model: m.h5")
    assert survey.frame == frame
    assert survey.shots[1].source_m[0] == pytest.approx(100.0, abs=0.01)
    snapped, _ = _imported(cases, made, inputs=", model: m.h5", snap_m=0.5)
    np.testing.assert_array_equal(
        snapped.shots[1].receivers_m[:, 0], [0, 10, 20, 30, 40]
    )
    space, _ = _imported(
        cases, made, easting_m=431000, northing_m=6780000, dimensions=3
    )
    assert space.ndim == 3
    assert space.frame == Frame(431_000.0, 6_780_000.0, 90.0)


def test_a_real_survey_is_imported_once_the_case_says_what_is_right(
    cases: Any, needs: Any
) -> None:
    path = needs.data("seismic/segy/viking_small.segy")
    told = cases.findings(_case(inputs="").replace("a.sgy", str(path)))
    assert "600 samples a trace says the binary header" in told
    right = _case(n_samples=600, coordinate_units="length", copy="false")
    with pytest.raises(BadInput, match=r"a\.sgy is not there"):
        cases.findings(right)
    made = cases.run(right.replace("a.sgy", str(path)))["gathers"]
    with GatherReader(made) as reader:
        survey = reader.survey
        assert survey.shot_ids == (3, 4, 5, 6)
        np.testing.assert_array_equal(survey.shots[0].source_m, [3237.0, 6.0])
        np.testing.assert_array_equal(survey.shots[0].receivers_m[0], [0.0, 10.0])
        with segyio.open(path, ignore_geometry=True) as truth:
            np.testing.assert_array_equal(reader.read(4), truth.trace.raw[120:240])


def test_gathers_left_in_place_are_the_same_as_copies(cases: Any) -> None:
    made = line(3, 4)
    survey, gathers = _imported(cases, made)
    path = cases.run(_case("linked.h5", copy="false"))["gathers"]
    assert format_of(path) == INDEX_FORMAT
    assert read_survey(path).shot_ids == survey.shot_ids
    for number, traces in zip(survey.shot_ids, gathers, strict=True):
        np.testing.assert_array_equal(read_shot(path, number), traces)
    assert trace_faults(path, survey) == []
    with pytest.raises(BadInput, match=r"has no shot 9; it holds \(1, 2, 3\)"):
        read_shot(path, 9)


def test_a_file_that_changed_after_it_was_indexed_is_refused(cases: Any) -> None:
    made = line(2, 3)
    (cases.folder / "a.sgy").write_bytes(made.bytes())
    path = cases.run(_case("linked.h5", copy="false"))["gathers"]
    raw = bytearray((cases.folder / "a.sgy").read_bytes())
    struct.pack_into(">i", raw, 3600 + 80, 777)
    (cases.folder / "a.sgy").write_bytes(raw)
    with pytest.raises(BadInput, match="has changed since it was indexed"):
        GatherReader(path)
    (cases.folder / "a.sgy").unlink()
    with pytest.raises(BadInput, match=r"a.sgy  cannot be read"):
        GatherReader(path)


def test_a_sample_that_is_no_number_left_in_place_is_found(cases: Any) -> None:
    made = line(2, 3)
    made.samples[4, 2] = np.inf
    (cases.folder / "a.sgy").write_bytes(made.bytes())
    path = cases.run(_case("linked.h5", copy="false"))["gathers"]
    findings = trace_faults(path, read_survey(path))
    assert len(findings) == 1
    assert "trace 5: sample 3 (byte " in findings[0].text


def test_everything_wrong_is_told_at_once(cases: Any) -> None:
    headers = shot_headers(2, 3)
    headers[4] |= {115: ("H", 33), 89: ("h", 3)}
    made = line(2, 3, headers=headers)
    (cases.folder / "a.sgy").write_bytes(made.bytes())
    found = cases.findings(
        "component: segy.import_gathers\n"
        "inputs: {segy: a.sgy}\noutputs: {gathers: a.h5}\n"
    )
    byte = 3600 + 4 * 320
    assert "1 of 6 traces state another samples than the file's 20" in found
    assert f"trace 5 with 33 (byte 115 of its header, {byte + 115:,} of" in found
    assert "1 traces have coordinates in unit 3 (decimal degrees)" in found
    assert "SEG-Y holds no wavelet" in found


@pytest.mark.parametrize(
    ("byte", "change", "more", "words"),
    [
        (77, ("i", 50), {}, "traces lie more than 10 m beside the line along +x"),
        (73, ("i", 55), {}, "1 shots have more than one source position, the first"),
        (169, ("h", 32767), {"sample_format": 2}, "trace 3 with 32767 (byte 169 of"),
        (109, ("h", 30000), {}, "trace 3 is delayed by 7500 samples (byte 4,349)"),
        (29, ("h", 1), {"trace_codes": "[7]"}, "none of 6 traces has a code"),
        (9, ("i", 1), {"header_map": "{source_x: 239}"}, "lie in 1 to 240"),
    ],
)
def test_a_geometry_that_cannot_be_is_refused_with_its_trace(
    cases: Any, byte: int, change: Any, more: dict[str, Any], words: str
) -> None:
    headers = shot_headers(2, 3)
    headers[2][byte] = change
    (cases.folder / "a.sgy").write_bytes(line(2, 3, headers=headers).bytes())
    assert words in cases.findings(_case(**more))


def test_positions_outside_the_model_are_refused(cases: Any, tmp_path: Path) -> None:
    grid = Grid((9, 9), (10.0, 10.0), (0.0, 0.0))
    write_model(tmp_path / "m.h5", grid, {"vp": np.ones(grid.shape)})
    (tmp_path / "a.sgy").write_bytes(line(2, 3).bytes())
    found = cases.findings(_case(inputs=", model: m.h5"))
    assert "the sources of shot 2 lie outside the model" in found
    assert "state dimensions: 2" in cases.findings(
        _case(inputs=", model: m.h5", dimensions=3)
    )


def test_an_unknown_header_field_is_refused_with_the_known(cases: Any) -> None:
    (cases.folder / "a.sgy").write_bytes(line().bytes())
    with pytest.raises(BadInput, match="'sauce_x' found, one of line_trace"):
        cases.findings(_case(header_map="{sauce_x: 73}"))
