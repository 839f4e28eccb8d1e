"""The log of a run: lines are only ever added, and survive whoever writes them.

- An event is handed to the kernel before `append` returns: a driver that is killed
  loses none. The disk has it at most a twentieth of a second later (one fdatasync for
  all that came meanwhile), and once `flush` or `close` returns.
- A line counts once its line end is there. What a killed writer left without one is
  no event for any reader, and the next writer cuts it off.
- A full disk is an error of `append`; what could not be written is kept in memory, in
  its order, and goes out with the next `append` or `flush` that finds room.

One process writes at a time: the one that holds RUN/driver.lock.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from anticline.errors import BadInput, Failed, Finding
from anticline.events.record import BEGUN, FORMAT, Event, from_line, to_line

EVENTS = "events.jsonl"
GROUP_S = 0.05
_BLOCK_BYTES = 1 << 16


class Log:
    """Adds events to a file; any thread may call.

    Raises
    ------
    Failed
        From the constructor and every method but `close` of a closed log: the file
        cannot be opened or written; the text says why and what to do.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._unwritten = b""
        self._unsynced = threading.Event()
        self._closing = threading.Event()
        self._sync_error: OSError | None = None
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            self._file = os.open(self.path, flags, 0o644)
            _cut_torn_line(self._file)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise self._failed(error) from error
        self._syncing = threading.Thread(
            target=self._sync_in_groups, name="events-sync", daemon=True
        )
        self._syncing.start()

    def append(self, *events: Event) -> None:
        """Add events, in one write; cost: some microseconds each."""
        lines = b"".join(map(to_line, events))
        with self._lock:
            self._unwritten += lines
            self._write()
            self._tell_of_sync()

    def flush(self) -> None:
        """Return once the disk has every event."""
        with self._lock:
            self._write()
            self._sync()
            self._tell_of_sync()

    def close(self) -> None:
        """Flush and close; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._unsynced.set()
        self._syncing.join()
        try:
            self.flush()
        finally:
            os.close(self._file)

    def __enter__(self) -> Self:
        """Give the log."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log."""
        self.close()

    def _write(self) -> None:
        try:
            while self._unwritten:
                written = os.write(self._file, self._unwritten)
                self._unwritten = self._unwritten[written:]
                self._unsynced.set()
        except OSError as error:
            raise self._failed(error) from error

    def _tell_of_sync(self) -> None:
        if self._sync_error is not None:
            error, self._sync_error = self._sync_error, None
            raise self._failed(error) from error

    def _sync_in_groups(self) -> None:
        # `close` says that it closes before it wakes this thread, and a sync takes the
        # waking back: it is asked after each.
        while not self._closing.is_set():
            self._unsynced.wait()
            if not self._closing.wait(GROUP_S):
                self._sync()

    def _sync(self) -> None:
        self._unsynced.clear()
        try:
            os.fdatasync(self._file)
        except OSError as error:
            self._sync_error = error  # told to the next caller

    def _failed(self, error: OSError) -> Failed:
        text = f"{self.path}: {error.strerror}; what was written before is kept"
        return Failed(f"{text}; make room or mend it, then: anticline resume")


def read_events(path: Path | str, damaged: list[Finding] | None = None) -> list[Event]:
    """Read all events of a log, also while it is written; cost: some 5 us each.

    A line that is no event is skipped; ``damaged`` gets a finding about each.

    Raises
    ------
    BadInput
        No such file, or one of a format that this version cannot read.
    """
    reader = Reader(path)
    events = reader.read()
    if damaged is not None:
        damaged += reader.damaged
    return events


class Reader:
    """Follows a log: each `read` gives the events that came since the one before.

    damaged : a finding for every line so far that is no event.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.damaged: list[Finding] = []
        self._offset = 0
        self._lines = 0

    def read(self) -> list[Event]:
        """Read the whole lines behind those that were read; BadInput as above."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offset)
                text = stream.read()
        except OSError as error:
            raise BadInput(
                Finding(str(self.path), None, f"{error.strerror}")
            ) from error
        end = text.rfind(b"\n") + 1
        self._offset += end
        return self._events(text[:end].split(b"\n")[:-1])

    def _events(self, lines: list[bytes]) -> list[Event]:
        events: list[Event] = []
        for number, line in enumerate(lines, self._lines + 1):
            try:
                event = from_line(line)
            except ValueError as error:
                self._damage(number, str(error))
                continue
            if event.event == BEGUN:
                self._check_format(number, event)
            events.append(event)
        self._lines += len(lines)
        return events

    def _damage(self, line: int, why: str) -> None:
        text = f"is no event and is skipped: {why}"
        self.damaged.append(Finding(str(self.path), line, text))

    def _check_format(self, line: int, event: Event) -> None:
        form = event.facts.get("format", FORMAT)
        if form != FORMAT:
            text = f"is of format {form!r}, this version reads {FORMAT}"
            raise BadInput(Finding(str(self.path), line, f"{text}; use a newer one"))


def _cut_torn_line(file: int) -> None:
    """Remove what follows the last line end."""
    end = size = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)


def _sync_folder(folder: Path) -> None:
    """Make the file's name as durable as its lines."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
