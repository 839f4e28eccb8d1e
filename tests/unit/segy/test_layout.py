"""What headers say is held to the size of the file; what lies is named."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.formats.segy.binary import Stated
from anticline_solvers.formats.segy.layout import Layout, read_layout
from anticline_solvers.formats.segy.traces import TraceFile
from fuzz.segy_files import Made, line

TRACE = 240 + 4 * 20


def _layout(tmp_path: Path, raw: bytes, **stated: Any) -> Layout:
    path = tmp_path / "a.sgy"
    path.write_bytes(raw)
    return read_layout(path, Stated(**stated))


def _changed(raw: bytes, byte: int, kind: str, value: Any) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(kind, changed, byte - 1, value)
    return bytes(changed)


def test_a_sound_file_has_no_doubts(tmp_path: Path) -> None:
    layout = _layout(tmp_path, line().bytes())
    assert (layout.n_traces, layout.n_samples, layout.interval) == (6, 20, 4000.0)
    assert (layout.doubts, layout.notes) == ((), ())
    layout.insist()


@pytest.mark.parametrize("missing", [1, 79, 80, 81, TRACE - 1])
def test_a_file_cut_short_names_trace_and_byte(tmp_path: Path, missing: int) -> None:
    layout = _layout(tmp_path, line().bytes()[:-missing])
    first = 3600 + 5 * TRACE + 1
    told = (
        f"cut short at trace 6, which starts at byte {first:,} and takes {TRACE} "
        f"bytes, {TRACE - missing} are there"
    )
    assert told in layout.doubts[0]
    with pytest.raises(BadInput, match="cut short at trace 6"):
        layout.insist()
    assert layout.n_traces == 5


@pytest.mark.parametrize("size", [0, 1, 3599, 3600, 3839])
def test_a_file_without_one_whole_header_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(BadInput, match="cut short or no SEG-Y file"):
        _layout(tmp_path, line().bytes()[:size])


def test_a_file_cut_in_its_first_trace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="trace 1 starts at byte 3,601 and takes 320"):
        _layout(tmp_path, line().bytes()[: 3600 + 300])


def test_a_lying_sample_count_is_told_with_what_fits(tmp_path: Path) -> None:
    raw = _changed(line().bytes(), 3221, ">H", 1500)
    layout = _layout(tmp_path, raw)
    assert "1500 samples a trace says the binary header" in layout.doubts[0]
    assert "20 trace 1 (byte 3,715); the size of the file fits 20" in layout.doubts[0]
    assert layout.n_samples == 20
    assert _layout(tmp_path, raw, n_samples=20).doubts == ()


def test_a_lying_sample_interval_is_told(tmp_path: Path) -> None:
    raw = _changed(line().bytes(), 3217, ">H", 2000)
    layout = _layout(tmp_path, raw)
    assert (
        "sample interval 2000 says the binary header (byte 3217), 4000 trace 1"
        in (layout.doubts[0])
    )
    assert _layout(tmp_path, raw, interval=4000.0).doubts == ()


def test_a_count_of_the_first_trace_stands_in_for_none(tmp_path: Path) -> None:
    layout = _layout(tmp_path, _changed(line().bytes(), 3221, ">H", 0))
    assert (layout.n_samples, layout.doubts) == (20, ())
    nothing = _changed(_changed(line().bytes(), 3221, ">H", 0), 3715, ">H", 0)
    with pytest.raises(BadInput, match="no header says how many samples"):
        _layout(tmp_path, nothing)


@pytest.mark.parametrize(
    ("code", "words"),
    [(4, "fixed point with gain"), (0, "is 0 .0 in the other byte order"), (77, "77")],
)
def test_a_format_that_is_none_is_refused(
    tmp_path: Path, code: int, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        _layout(tmp_path, _changed(line().bytes(), 3225, ">h", code))


def test_an_absent_format_may_be_stated(tmp_path: Path) -> None:
    raw = _changed(line().bytes(), 3225, ">h", 0)
    layout = _layout(tmp_path, raw, byte_order=">", sample_format=5)
    assert (layout.code, layout.n_traces) == (5, 6)
    with pytest.raises(BadInput, match="state byte_order as well"):
        _layout(tmp_path, raw, sample_format=5)


@pytest.mark.parametrize(("order", "other"), [(">", "<"), ("<", ">")])
def test_a_wrong_byte_order_is_refused_with_both_readings(
    tmp_path: Path, order: str, other: str
) -> None:
    raw = line(order=order).bytes()
    assert _layout(tmp_path, raw).order == order
    with pytest.raises(BadInput, match=r"1280 in .* and 5 in .* state the other"):
        _layout(tmp_path, raw, byte_order=other)


def test_bytes_swapped_in_pairs_are_refused(tmp_path: Path) -> None:
    raw = _changed(line(revision=2).bytes(), 3297, ">I", 0x02010403)
    with pytest.raises(BadInput, match="swapped in pairs"):
        _layout(tmp_path, raw)


def test_extended_texts_are_skipped_counted_or_to_their_end(tmp_path: Path) -> None:
    texts = (b"A" * 3200, b"((SEG: EndText))".ljust(3200))
    made = line(extended=texts)
    assert _layout(tmp_path, made.bytes()).first_byte == 3600 + 6400
    made.binary = {3505: ("h", -1)}
    layout = _layout(tmp_path, made.bytes())
    assert (layout.first_byte, layout.n_traces) == (10000, 6)
    made.extended = (b"A" * 3200,)
    with pytest.raises(BadInput, match="none does"):
        _layout(tmp_path, made.bytes())


def test_revision_2_says_more_and_is_held_to_it(tmp_path: Path) -> None:
    more = {3221: ("H", 0), 3269: ("I", 20), 3273: ("d", 1234.5), 3513: ("Q", 6)}
    made = line(revision=2, extra_headers=2, interval=1234, binary=more)
    layout = _layout(tmp_path, made.bytes())
    assert (layout.n_samples, layout.interval, layout.n_traces) == (20, 1234.5, 6)
    assert layout.header_bytes == 720
    assert layout.notes == ("2 further headers a trace (byte 3507) are skipped",)
    with TraceFile(layout) as file:
        np.testing.assert_array_equal(file.samples([4])[0], made.samples[4])
        assert file.headers(4, 5)["line_trace"][0] == 5
    made.binary[3513] = ("Q", 9)
    assert (
        "9 traces says byte 3513, the size of the file fits 6"
        in (_layout(tmp_path, made.bytes()).doubts[-1])
    )
    made.binary[3521] = ("Q", 10**12)
    with pytest.raises(BadInput, match="says byte 3521"):
        _layout(tmp_path, made.bytes())


def test_trailers_of_revision_2_are_no_traces(tmp_path: Path) -> None:
    made = line(revision=2, trailer=bytes(6400), binary={3529: ("i", 2)})
    layout = _layout(tmp_path, made.bytes())
    assert (layout.n_traces, layout.doubts) == (6, ())
    made.binary = {3529: ("i", -1)}
    with pytest.raises(BadInput, match="variable number of trailers"):
        _layout(tmp_path, made.bytes())


def test_a_revision_written_as_an_integer_is_noted(tmp_path: Path) -> None:
    raw = bytearray(line().bytes())
    raw[3500:3502] = b"\0\1"
    layout = _layout(tmp_path, bytes(raw))
    assert layout.revision == 1
    assert "written as the integer 1" in layout.notes[0]


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none.sgy  cannot be read \(No such file"):
        read_layout(tmp_path / "none.sgy")


def test_a_sample_that_is_no_number_is_named_by_trace_and_byte(
    tmp_path: Path,
) -> None:
    made = line()
    made.samples[4, 7] = np.nan
    layout = _layout(tmp_path, made.bytes())
    byte = 3600 + 4 * TRACE + 240 + 7 * 4 + 1
    with TraceFile(layout) as file:
        file.samples([0, 1, 2, 3, 5])
        with pytest.raises(BadInput, match=f"trace 5: sample 8 .byte {byte:,}. is nan"):
            file.samples([5, 4])


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path: Path) -> None:
    layout = _layout(tmp_path, line().bytes())
    with TraceFile(layout) as file:
        with layout.path.open("r+b") as shrinking:
            shrinking.truncate(3600 + 2 * TRACE + 10)
        file.samples([0, 1])
        with pytest.raises(BadInput, match="from trace 3 on; it became shorter"):
            file.samples([2])


def test_a_huge_sample_count_takes_no_memory(tmp_path: Path) -> None:
    made = Made(np.zeros((2, 20)), revision=2, binary={3269: ("I", 2**32 - 1)})
    layout = _layout(tmp_path, made.bytes())
    assert (layout.n_samples, layout.n_traces) == (20, 2)
    assert "the size of the file fits 20" in layout.doubts[0]
    alone = _changed(made.bytes(), 3715, ">H", 0)
    with pytest.raises(BadInput, match="trace 1 starts at byte 3,601 and takes"):
        _layout(tmp_path, alone)
