"""Files of FSx for Lustre that have their content in the bucket so far.

What is linked with a bucket has its name from the start and its content at the first
read, which then waits. `lfs hsm_restore` fetches it before. Where the file system is
another one, or there is no `lfs`, the content is here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from anticline.errors import BadInput, Failed

AWAY = "released"  # as `lfs hsm_state` says it
WAIT_S, POLL_S = 3600.0, 1.0


def bring(source: Path, file: Path, wait_s: float = WAIT_S) -> None:
    """Give a file of the file system a second name, its content here.

    A hard link, where both are on one file system; else a copy, beside first, then
    renamed.

    Raises
    ------
    BadInput
        There is no such file.
    Failed
        Its content does not come in time.
    """
    if not source.is_file():
        msg = f"{source} is no file; one of the linked folder, or s3://... is needed"
        raise BadInput(msg)
    restore(source, wait_s)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:
        shutil.copyfile(source, part)
    part.replace(file)


def restore(file: Path, wait_s: float = WAIT_S) -> None:
    """Wait until a file's content is here; Failed where it does not come."""
    if shutil.which("lfs") is None or not _away(file):
        return
    _lfs("hsm_restore", file)
    until = time.monotonic() + wait_s
    while _away(file):
        if time.monotonic() > until:
            msg = f"the content of {file} did not come from the bucket in {wait_s:g} s"
            raise Failed(msg)
        time.sleep(POLL_S)


def _away(file: Path) -> bool:
    """Tell whether the content is in the bucket alone; not Lustre: it is here."""
    done = subprocess.run(
        ["lfs", "hsm_state", file], capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and AWAY in done.stdout.partition("(")[2]


def _lfs(verb: str, file: Path) -> None:
    done = subprocess.run(
        ["lfs", verb, file], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        msg = f"lfs {verb} {file}: {done.stderr.strip()}"
        raise Failed(msg)
