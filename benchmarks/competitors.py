"""The Python of each competitor: ours runs this; others have one of their own.

An environment is made from its lock once, under `.envs`, and made anew when the lock
changes. Where that fails the competitor is left out and the reason is said.

Locks hold hashes, but for Deepwave's: its PyTorch may be the package index's, which
brings the CUDA libraries along, or a build for cores alone where pip is told of one,
whose version is the same with a suffix that sorts higher. No hash serves both, and
what the first brings besides is not in the lock.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LOCKS = {
    name: FOLDER / "peers" / f"{name}.lock" for name in ("devito", "dask", "deepwave")
}
COMPILED = ("devito",)  # its loops are compiled where it runs
SEES_OURS = ("dask",)  # runs our solvers
UNHASHED = ("deepwave",)


class Missing(Exception):
    """A competitor cannot be had on this machine; the text says why."""


def python(competitor: str) -> Path:
    """Name the interpreter of a competitor; it is there after `prepare`."""
    if competitor not in LOCKS:
        return Path(sys.executable)
    return FOLDER / ".envs" / competitor / "bin" / "python"


def prepare(competitor: str) -> None:
    """Make a competitor's environment where it is not there as its lock wants it.

    Raises Missing with the reason where it cannot be made.
    """
    if competitor not in LOCKS:
        return
    lock, home = LOCKS[competitor], FOLDER / ".envs" / competitor
    digest, stamp = hashlib.sha256(lock.read_bytes()).hexdigest(), home / "lock.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    if competitor in COMPILED and shutil.which("gcc") is None:
        msg = "gcc is lacking, which compiles its loops"
        raise Missing(msg)
    print(f"{competitor}: environment from {lock.name}", flush=True)
    venv.create(home, clear=True, with_pip=True)
    hashes = () if competitor in UNHASHED else ("--require-hashes",)
    install = ("-m", "pip", "install", "--quiet", *hashes, "-r", str(lock))
    done = subprocess.run(
        [str(python(competitor)), *install], capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"pip cannot install {lock.name}: {done.stderr.strip()[-300:]}"
        raise Missing(msg)
    if competitor in SEES_OURS:
        _show_ours(home)
    stamp.write_text(digest)


def _show_ours(home: Path) -> None:
    """Let a competitor import what this Python has, after what is its own."""
    folder = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    ours = [path for path in sys.path if path.startswith(str(FOLDER.parent))]
    installed = [path for path in ours if Path(path) != FOLDER]
    (folder / "ours.pth").write_text("\n".join(installed) + "\n")
