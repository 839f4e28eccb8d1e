"""Data sets that are not part of the project, found below one folder of the user's.

The environment variable ANTICLINE_DATA names the folder; a data set is a path below
it, "seismic/marmousi2/vp.bin". Nothing is downloaded.
"""

from __future__ import annotations

import os
from pathlib import Path

from anticline.errors import BadInput

VARIABLE = "ANTICLINE_DATA"


def find(name: str) -> Path | None:
    """Give the path of a data set, None where it is not on this machine."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return None
    path = Path(folder).expanduser() / name
    return path if path.exists() else None


def require(name: str) -> Path:
    """Give the path of a data set; BadInput says what to do where it is not here."""
    path = find(name)
    if path is None:
        raise BadInput(_lack(name))
    return path


def _lack(name: str) -> str:
    folder = os.environ.get(VARIABLE)
    if not folder:
        return (
            f"the data set '{name}' is looked for below the folder that {VARIABLE} "
            f"names, and {VARIABLE} is not set;  export {VARIABLE}=/path/to/data"
        )
    if not Path(folder).expanduser().is_dir():
        return f"{VARIABLE} is '{folder}', which is no folder; name the one with data"
    return (
        f"the data set '{name}' is not below '{folder}', the folder that {VARIABLE} "
        f"names; put it there, or name another folder"
    )
