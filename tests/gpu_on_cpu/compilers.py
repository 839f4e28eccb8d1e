"""CUDA texts compiled for devices that are not here: by NVRTC as CuPy does, or nvcc."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from anticline_solvers.backends.cuda import OPTIONS

REPORT = re.compile(
    r"entry function '(\w+)'.*?(\d+) bytes spill stores.*?Used (\d+) registers",
    re.DOTALL,
)


class Kernel(NamedTuple):
    """What the assembler says of a kernel: spilled bytes and registers of a thread."""

    name: str
    spilled_bytes: int
    registers: int


def compiler() -> str | None:
    """Where NVRTC's library or the command nvcc is; None without either."""
    found = importlib.util.find_spec("nvidia")
    folders = found.submodule_search_locations if found else None
    for folder in folders or []:
        for library in sorted(Path(folder).glob("*/lib/libnvrtc.so.*")):
            return str(library)
    return shutil.which("nvcc")


def kernels_of(text: str, architecture: str) -> list[Kernel]:
    """Compile to machine code, e.g. for "sm_90"; raises AssertionError with the log."""
    tool = compiler()
    assert tool is not None
    build = _nvcc if tool.endswith("nvcc") else _nvrtc
    report = build(tool, text, architecture)
    return [Kernel(name, int(s), int(r)) for name, s, r in REPORT.findall(report)]


def _nvcc(tool: str, text: str, architecture: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "text.cu"
        source.write_text(text)
        command = [tool, "-cubin", f"-arch={architecture}", "-Xptxas", "-v", *OPTIONS]
        done = subprocess.run(
            [*command, "-o", f"{folder}/out", source],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stderr


def _nvrtc(tool: str, text: str, architecture: str) -> str:
    library, program = ctypes.CDLL(tool), ctypes.c_void_p()
    code = text.encode()
    made = library.nvrtcCreateProgram(
        ctypes.byref(program), code, b"text.cu", 0, None, None
    )
    assert made == 0
    asked = (f"--gpu-architecture={architecture}", "--ptxas-options=-v", *OPTIONS)
    options = [option.encode() for option in asked]
    failed = library.nvrtcCompileProgram(
        program, len(options), (ctypes.c_char_p * len(options))(*options)
    )
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    library.nvrtcDestroyProgram(ctypes.byref(program))
    assert failed == 0, log.value.decode()
    return log.value.decode()
