"""Generated modules as files: written once, imported, cached by Numba.

A module's file name carries the hash of its text, so that any process of any
user version finds exactly its own text, and Numba's disk cache (which needs a
real file) serves every later process. Files are written beside and renamed,
hence safe for many processes on a shared filesystem.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType


def cache_folder() -> Path:
    """Where generated kernels live: ANTICLINE_CACHE, or the user's cache folder."""
    home = os.environ.get("ANTICLINE_CACHE")
    if home:
        return Path(home) / "kernels"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "anticline" / "kernels"


def load(name: str, text: str) -> ModuleType:
    """Import generated text as a module; the same text is imported once."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    full = f"anticline_kernel_{name}_{digest}"
    if full in sys.modules:
        return sys.modules[full]
    path = _write(f"{full}.py", text)
    spec = importlib.util.spec_from_file_location(full, path)
    if spec is None or spec.loader is None:
        msg = f"cannot import the generated kernel {path}"
        raise ImportError(msg)
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


def _write(name: str, text: str) -> Path:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        folder = Path(tempfile.mkdtemp(prefix="anticline-kernels-"))
    path = folder / name
    if not path.exists():
        with tempfile.NamedTemporaryFile(
            "w", dir=folder, suffix=".part", delete=False
        ) as part:
            part.write(text)
            Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
    return path
