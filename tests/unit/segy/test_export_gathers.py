"""Gathers go to SEG-Y and come back; segyio reads every header that is written."""

from __future__ import annotations

import resource
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segyio

from anticline.errors import BadInput, Failed
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.gathers import GatherReader, write_gathers
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.model import write_model
from anticline_solvers.formats.segy.layout import read_layout
from anticline_solvers.formats.segy.writer import NewFile, write_segy
from anticline_solvers.formats.survey import Shot, Survey, write_survey
from anticline_solvers.seismic.acquisition.wavelets import ricker

EXPORT = """
component: segy.export_gathers
inputs: {{gathers: g.h5{inputs}}}
outputs: {{segy: {out}}}
parameters: {{revision: {revision}{more}}}
"""
BACK = """
component: segy.import_gathers
inputs: {{segy: {segy}, survey: s.h5{inputs}}}
outputs: {{gathers: back.h5}}
parameters: {{dimensions: {dimensions}{more}}}
"""
N = 50


def _export(
    out: str = "a.sgy", inputs: str = "", revision: int = 1, **more: Any
) -> str:
    text = "".join(f", {name}: {value}" for name, value in more.items())
    return EXPORT.format(out=out, inputs=inputs, revision=revision, more=text)


def _survey(ndim: int, frame: Frame, interval_s: float = 0.004) -> Survey:
    rng = np.random.default_rng(7)
    shots = tuple(
        Shot(
            number,
            np.round(rng.uniform(0, 900, ndim), 2),
            np.round(rng.uniform(0, 900, (4, ndim)), 2),
        )
        for number in (3, 12)
    )
    return Survey(shots, ricker(8, 0.004), 0.004, interval_s, N, 8.0, 22.0, frame)


def _gathers(folder: Path, survey: Survey) -> list[np.ndarray]:
    rng = np.random.default_rng(8)
    traces = [rng.standard_normal((4, N)).astype(np.float32) for _ in survey.shots]
    write_gathers(folder / "g.h5", survey, zip(survey.shot_ids, traces, strict=True))
    write_survey(folder / "s.h5", survey)
    return traces


def _back(cases: Any, segy: str = "a.sgy", ndim: int = 2, **more: Any) -> GatherReader:
    text = "".join(f", {name}: {value}" for name, value in more.items())
    case = BACK.format(segy=segy, inputs="", dimensions=ndim, more=text)
    (cases.folder / "back.h5").unlink(missing_ok=True)
    return GatherReader(cases.run(case)["gathers"])


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("revision", [0, 1, 2])
@pytest.mark.parametrize(
    ("sample_format", "error"),
    [("ieee", 0.0), ("ibm", 2e-6), ("int32", 4e-9), ("int16", 3e-4), ("int8", 0.07)],
)
def test_gathers_come_back_in_every_format_order_and_revision(
    cases: Any, order: str, revision: int, sample_format: str, error: float
) -> None:
    survey = _survey(2, Frame())
    traces = _gathers(cases.folder, survey)
    settings = {"byte_order": order, "sample_format": sample_format}
    cases.run(_export(revision=revision, **settings))
    layout = read_layout(cases.folder / "a.sgy")
    assert (layout.revision, layout.doubts, layout.notes) == (revision, (), ())
    with _back(cases) as reader:
        assert reader.survey.shot_ids == (3, 12)
        np.testing.assert_array_equal(reader.survey.wavelet, survey.wavelet)
        for shot, found, kept in zip(
            survey.shots, reader.survey.shots, traces, strict=True
        ):
            np.testing.assert_array_equal(found.source_m, shot.source_m)
            np.testing.assert_array_equal(found.receivers_m, shot.receivers_m)
            np.testing.assert_allclose(reader.read(shot.id), kept, atol=error)


@pytest.mark.parametrize("ndim", [2, 3])
def test_rotated_positions_come_back_to_what_the_scalar_holds(
    cases: Any, ndim: int
) -> None:
    survey = _survey(ndim, Frame(431_000.0, 6_780_000.0, 217.3))
    traces = _gathers(cases.folder, survey)
    cases.run(_export(datum_m=12.5))
    frame = {"easting_m": 431000, "northing_m": 6780000, "azimuth_deg": 217.3}
    with _back(cases, ndim=ndim, datum_m=12.5, **frame) as reader:
        for shot, found, kept in zip(
            survey.shots, reader.survey.shots, traces, strict=True
        ):
            np.testing.assert_allclose(found.source_m, shot.source_m, atol=0.0075)
            np.testing.assert_allclose(found.receivers_m, shot.receivers_m, atol=0.0075)
            np.testing.assert_array_equal(reader.read(shot.id), kept)


@pytest.mark.parametrize("order", ["big", "little"])
def test_segyio_reads_every_header_that_is_written(cases: Any, order: str) -> None:
    survey = _survey(3, Frame(1000.0, 2000.0, 0.0))
    grid = Grid((91, 91, 9), (10.0, 10.0, 10.0), (0.0, 0.0, 0.0))
    write_model(cases.folder / "m.h5", grid, {"vp": np.ones(grid.shape)}, survey.frame)
    traces = _gathers(cases.folder, survey)
    cases.run(_export(inputs=", model: m.h5", byte_order=order))
    shot, receiver = survey.shots[1], survey.shots[1].receivers_m[2]
    source = shot.source_m
    middle = np.rint((source + receiver)[:2] / 20.0).astype(int)
    with segyio.open(
        cases.folder / "a.sgy", ignore_geometry=True, endian=order
    ) as file:
        np.testing.assert_array_equal(file.trace.raw[4:], traces[1])
        assert file.bin[segyio.BinField.Interval] == 4000
        assert file.bin[segyio.BinField.Samples] == N
        assert file.bin[segyio.BinField.SortingCode] == 5
        header = {int(byte): value for byte, value in file.header[6].items()}
    wanted = {
        1: 7,
        9: 12,
        13: 3,
        17: 12,
        21: middle[0] * 91 + middle[1] + 1,
        29: 1,
        37: round(float(np.hypot(*(receiver - source)[:2]))),
        41: round(-receiver[2] * 10000),
        45: 0,
        49: round(source[2] * 10000),
        69: -10000,
        71: -10000,
        73: round((1000 + source[1]) * 10000),  # +x points north, +y east
        77: round((2000 + source[0]) * 10000),
        81: round((1000 + receiver[1]) * 10000),
        85: round((2000 + receiver[0]) * 10000),
        89: 1,
        109: 0,
        115: N,
        117: 4000,
        181: (1000 + 10 * middle[1]) * 10000,
        185: (2000 + 10 * middle[0]) * 10000,
        189: middle[0] + 1,
        193: middle[1] + 1,
    }
    assert {byte: header[byte] for byte in wanted} == wanted


def test_the_scalar_is_the_finest_that_4_bytes_hold(cases: Any) -> None:
    for northing, scalar in ((0.0, -10000), (1e6, -1000), (6.78e6, -100)):
        _gathers(cases.folder, _survey(2, Frame(0.0, northing)))
        cases.run(_export(f"{scalar}.sgy"))
        with segyio.open(cases.folder / f"{scalar}.sgy", ignore_geometry=True) as file:
            assert file.header[0][segyio.TraceField.SourceGroupScalar] == scalar


def test_a_coordinate_beyond_4_bytes_is_refused(cases: Any) -> None:
    _gathers(cases.folder, _survey(2, Frame(0.0, 1e10)))
    assert "does not fit the 4 bytes" in cases.findings(_export())


def test_an_interval_of_no_whole_microseconds_needs_revision_2(cases: Any) -> None:
    survey = _survey(2, Frame(), 1.0 / 300.0)
    traces = _gathers(cases.folder, survey)
    assert "write revision 2" in cases.findings(_export(revision=1))
    cases.run(_export(revision=2))
    with _back(cases) as reader:
        assert reader.survey.sample_interval_s == pytest.approx(1 / 300, rel=1e-12)
        np.testing.assert_array_equal(reader.read(3), traces[0])


def test_a_file_of_another_case_is_left_alone_and_its_own_kept(cases: Any) -> None:
    _gathers(cases.folder, _survey(2, Frame()))
    path = cases.run(_export())["segy"]
    before = path.stat().st_mtime_ns
    cases.run(_export())
    assert path.stat().st_mtime_ns == before
    assert "exists from another case" in cases.findings(_export(sample_format="ibm"))


def test_bins_of_a_model_elsewhere_are_refused(cases: Any) -> None:
    _gathers(cases.folder, _survey(2, Frame()))
    grid = Grid((9, 9), (10.0, 10.0), (0.0, 0.0))
    write_model(
        cases.folder / "m.h5", grid, {"vp": np.ones(grid.shape)}, Frame(5.0, 0.0)
    )
    assert "bins need the same" in cases.findings(_export(inputs=", model: m.h5"))


def test_a_disk_that_is_full_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    new = NewFile(">", 1, 5, N, 400, 4000.0)
    path = tmp_path / "a.sgy"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with (
            pytest.raises(Failed, match=r"a.sgy cannot be written"),
            write_segy(path, new) as writer,
        ):
            writer.put({}, np.ones((400, N), np.float32))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_fails_while_it_is_written_leaves_nothing(tmp_path: Path) -> None:
    new = NewFile(">", 1, 5, N, 4, 4000.0)
    path = tmp_path / "a.sgy"

    def write() -> None:
        with write_segy(path, new) as writer:
            writer.put({"field_record": np.arange(2)}, np.zeros((2, N), np.float32))
            msg = "no more"
            raise BadInput(msg)

    with pytest.raises(BadInput, match="no more"):
        write()
    assert list(tmp_path.iterdir()) == []
