"""CuPy and a CUDA device: found, and able to compile and run a kernel."""

from __future__ import annotations

import shutil
import subprocess

from anticline.component.probe import ProbeResult

ELEMENTS = 1024


def gpu() -> ProbeResult:
    """Compile a kernel for the first device and check what it computes."""
    driver = driver_devices()
    try:
        import cupy
    except ImportError:
        return _without_cupy(driver)
    try:
        devices = [
            _describe(cupy, i) for i in range(cupy.cuda.runtime.getDeviceCount())
        ]
        right = bool((cupy.arange(ELEMENTS) * 2).sum() == ELEMENTS * (ELEMENTS - 1))
    except Exception as error:  # CuPy's own tree of errors, one class a CUDA library
        return ProbeResult(
            "gpu",
            False,
            f"CuPy {cupy.__version__} finds no usable device: {error}",
            "install the NVIDIA driver; without a GPU, runs on cores need none",
        )
    names = ", ".join(str(device["name"]) for device in devices)
    return ProbeResult(
        "gpu",
        right,
        f"{names}, CuPy {cupy.__version__}",
        "" if right else "a kernel gives wrong numbers: reinstall cupy and the driver",
        {"devices": devices, "cupy": cupy.__version__},
    )


def driver_devices() -> list[str]:
    """List the devices that the NVIDIA driver names; empty without a driver."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return []
    try:
        done = subprocess.run(
            [command, "-L"], capture_output=True, text=True, check=False, timeout=20
        )
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def _without_cupy(driver: list[str]) -> ProbeResult:
    if driver:
        remedy = "make -B setup, or  pip install '.[gpu]', in the checkout"
        return ProbeResult("gpu", False, f"{driver[0]}; CuPy is lacking", remedy)
    return ProbeResult(
        "gpu",
        False,
        "no NVIDIA driver answers, no CuPy",
        "a machine with an NVIDIA GPU and  pip install '.[gpu]'  in the checkout; "
        "runs on cores need none",
    )


def _describe(cupy: object, index: int) -> dict[str, object]:
    runtime = cupy.cuda.runtime  # type: ignore[attr-defined]
    properties = runtime.getDeviceProperties(index)
    return {
        "name": properties["name"].decode(),
        "memory_bytes": int(properties["totalGlobalMem"]),
        "capability": f"{properties['major']}.{properties['minor']}",
    }
