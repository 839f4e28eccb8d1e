"""What a failing rank says: one message, however many ranks fail.

The first rank to make the report file speaks; the file holds the whole traceback.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from fnmatch import fnmatch
from pathlib import Path

from anticline.errors import AnticlineError, BadInput, ExitCode

TRACEBACK = "ANTICLINE_TRACEBACK"


def exit_code(error: BaseException) -> int:
    """Give the exit code an error ends a run with."""
    if isinstance(error, AnticlineError):
        return error.exit_code
    return 130 if isinstance(error, KeyboardInterrupt) else ExitCode.FAILED


def message(error: BaseException, where: str, report: Path | None) -> str:
    """Say what went wrong: findings as they are, else where and what.

    An error that this project raises on purpose is its text alone; any other
    comes with its class and the line that raised it.
    """
    if isinstance(error, BadInput):
        return str(error)
    if os.environ.get(TRACEBACK) == "1":
        return f"{where}:\n{whole_traceback(error)}"
    if isinstance(error, AnticlineError):
        lines = [f"{where}: {error}"]
    else:
        text = traceback.format_exception_only(error)[-1].strip()
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"{where}: {text}"]
        lines += [f"  at {f.filename}:{f.lineno} in {f.name}" for f in frames[-1:]]
    if report is not None:
        lines.append(f"  traceback: {report}")
    return "\n".join(lines)


def whole_traceback(error: BaseException) -> str:
    """Format the traceback with its causes."""
    return "".join(traceback.format_exception(error))


def claim_report(path: Path, error: BaseException, where: str) -> tuple[bool, bool]:
    """Write the report unless another rank did.

    Returns whether this rank speaks, and whether the file was written: a folder
    that cannot be written silences nobody.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(f"{where}\n{whole_traceback(error)}")
    except FileExistsError:
        return False, True
    except OSError:
        return True, False
    return True, True


def remove_reports(folder: Path) -> None:
    """Remove the reports of earlier runs."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if fnmatch(entry.name, "failed-*.txt"):
                Path(entry).unlink(missing_ok=True)
