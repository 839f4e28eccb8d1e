"""The log of a run: nothing that was written is lost, and nothing else is read."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput, Failed, Finding
from anticline.events.log import Log, Reader, read_events
from anticline.events.record import FORMAT, KINDS, Event, from_line, to_line

TEXT = st.text(max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(TEXT, part, max_size=3),
    max_leaves=5,
)  # fmt: skip
FACTS = st.dictionaries(
    TEXT.filter(lambda name: name not in ("utc", "event", "task", "format")),
    VALUES,
    max_size=4,
)
EVENTS = st.builds(
    Event,
    utc=st.datetimes().map(lambda moment: moment.isoformat() + "+00:00"),
    event=st.sampled_from([kind for kind in KINDS if kind != "begun"]),
    task=st.none() | TEXT,
    facts=FACTS,
)


def ended(number: int) -> Event:
    return Event.now("ended", f"image[{number}]", code=0, seconds=21.4, queue="x86")


@given(EVENTS)
def test_an_event_is_read_as_it_was_written(event: Event) -> None:
    line = to_line(event)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert from_line(line) == event


@settings(max_examples=40)
@given(events=st.lists(EVENTS, max_size=5), data=st.data())
def test_a_log_cut_at_any_byte_reads_as_its_first_events(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    text = b"".join(map(to_line, events))
    cut = data.draw(st.integers(0, len(text)))
    path.write_bytes(text[:cut])
    whole = text[:cut].count(b"\n")
    damaged: list[Finding] = []
    assert read_events(path, damaged) == events[:whole]
    assert not damaged
    with Log(path) as log:  # the next driver takes it up
        log.append(ended(0))
    assert read_events(path)[:-1] == events[:whole]
    assert read_events(path)[-1].task == "image[0]"


@settings(max_examples=40)
@given(
    events=st.lists(EVENTS, min_size=3, max_size=6),
    rubbish=st.binary(min_size=1, max_size=30).filter(lambda text: b"\n" not in text),
    data=st.data(),
)
def test_a_damaged_line_is_told_and_the_others_are_read(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    rubbish: bytes,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    at = data.draw(st.integers(0, len(events) - 1))
    lines = [to_line(event) for event in events]
    lines[at] = b"!" + rubbish + b"\n"
    path.write_bytes(b"".join(lines))
    damaged: list[Finding] = []
    assert read_events(path, damaged) == events[:at] + events[at + 1 :]
    assert [(finding.file, finding.line) for finding in damaged] == [
        (str(path), at + 1)
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b'{"event":"ended"}',
        b'{"utc":"2026","event":3}',
        b'{"utc":"2026","event":"ended","task":7}',
        b"\0\0\0\0",
        b"\xff\xfe",
    ],
)
def test_what_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_line(line)


@pytest.mark.parametrize(
    "facts", [{"utc": "now"}, {"share": float("nan")}, {"at": {1}}]
)
def test_a_fact_that_no_line_can_hold_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"utc|JSON"):
        to_line(Event("2026", "ended", None, facts))


def test_the_first_line_of_a_run_names_the_format(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with Log(path) as log:
        log.append(Event.now("begun", pid=1))
    assert read_events(path)[0].facts == {"format": FORMAT, "pid": 1}


def test_a_log_of_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(to_line(Event("2026", "begun")).replace(b"events/1", b"events/9"))
    with pytest.raises(BadInput, match=r"events.jsonl:1 .*anticline-events/9"):
        read_events(path)


def test_a_log_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_events(tmp_path / "events.jsonl")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="No such file"):
        Log(tmp_path / "absent" / "events.jsonl")


def test_a_reader_gives_each_event_once_while_the_log_grows(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.touch()
    reader = Reader(path)
    line = to_line(ended(1))
    with path.open("ab", buffering=0) as stream:
        stream.write(to_line(ended(0)) + line[:10])
        assert [event.task for event in reader.read()] == ["image[0]"]
        assert reader.read() == []
        stream.write(line[10:])
        assert [event.task for event in reader.read()] == ["image[1]"]


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with Log(path) as log:

        def write(first: int) -> None:
            for number in range(first, first + 200):
                log.append(ended(number))

        threads = [threading.Thread(target=write, args=(200 * k,)) for k in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    damaged: list[Finding] = []
    tasks = [event.task for event in read_events(path, damaged)]
    assert not damaged
    assert sorted(tasks, key=str) == sorted(
        (f"image[{k}]" for k in range(1000)), key=str
    )


WRITER = """
import sys
from anticline.events.log import Log
from anticline.events.record import Event
log = Log(sys.argv[1])
number = 0
while True:
    log.append(*(Event.now("ended", str(number + k), code=0) for k in range(3)))
    number += 3
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_was_told_is_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 300:
            pass
        writer.send_signal(signal.SIGKILL)
        said = [int(line) for line in writer.stdout.read().splitlines() if line]
    damaged: list[Finding] = []
    tasks = [int(event.task or -1) for event in read_events(path, damaged)]
    assert not damaged
    assert tasks == list(range(len(tasks)))
    assert len(tasks) >= max(said, default=300)


FULL = """
import resource, signal, sys
from anticline.errors import Failed
from anticline.events.log import Log
from anticline.events.record import Event
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = Log(sys.argv[1])
log.append(Event("2026", "ended", "0"))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
for number in range(1, 6):
    try:
        log.append(Event("2026", "ended", str(number)))
    except Failed as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
log.close()
"""


def test_what_finds_no_room_is_told_and_written_once_there_is_some(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.jsonl"
    command = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 4  # a line has 42 bytes: the third is torn at first
    assert os.strerror(errno.EFBIG) in said[0]
    assert "events.jsonl" in said[0]
    assert [event.task for event in read_events(path)] == list("012345")


def test_reading_costs_microseconds_an_event(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(to_line(ended(k)) for k in range(20_000)))
    begun = time.process_time()
    assert len(read_events(path)) == 20_000
    assert time.process_time() - begun < 20_000 * 50e-6


def test_writing_costs_microseconds_an_event(tmp_path: Path) -> None:
    with Log(tmp_path / "events.jsonl") as log:
        begun = time.process_time()
        for number in range(2_000):
            log.append(ended(number))
        assert time.process_time() - begun < 2_000 * 200e-6


def test_a_log_that_is_closed_while_it_is_synced_comes_to_its_end(tmp_path):
    began, closing = threading.Event(), threading.Event()

    class Late(Log):
        """Begins a sync, and takes its waking back only once the log is closed."""

        def _sync(self) -> None:
            if threading.current_thread() is self._syncing:
                began.set()
                closing.wait(10)
                time.sleep(0.05)
            super()._sync()

    log = Late(tmp_path / "events.jsonl")
    log.append(Event(utc="2026-01-01T00:00:00+00:00", event="ended", task="a"))
    assert began.wait(10)
    closer = threading.Thread(target=log.close, daemon=True)
    closer.start()
    closing.set()
    closer.join(5)
    assert not closer.is_alive()
