"""The framework's own probes: Python, cores, memory, launchers, Slurm, disk, ring.

Each function takes nothing and returns a ProbeResult; see `anticline.doctor`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from anticline.component.probe import Probe, ProbeResult
from anticline.execution.node.launch import Family, Launch, launch, recognise

PROBES = (
    Probe(
        "packages",
        "anticline.machine:packages",
        "run  make -B setup  in the checkout, or  pip install '.[solvers]'  there",
        required=True,
    ),
    Probe(
        "mpi.launcher",
        "anticline.machine:launcher",
        "apt-get install openmpi-bin, or load the cluster's MPI module",
        required=True,
    ),
    Probe(
        "mpi.ring",
        "anticline.machine:ring",
        "let mpi4py and mpirun be of the same MPI: load one module, or  make -B setup",
        required=True,
        timeout_s=60.0,
    ),
    Probe("machine", "anticline.machine:machine", "use Linux"),
    Probe(
        "disk",
        "anticline.machine:disk",
        "run in a folder on a parallel or local file system",
        timeout_s=60.0,
    ),
    Probe(
        "slurm",
        "anticline.machine:slurm",
        "apt-get install slurm-wlm munge, or log in to the cluster",
    ),
)
SLURM_COMMANDS = ("sbatch", "srun", "squeue", "sacct", "scancel", "sinfo")
_MEBIBYTE = 2**20
_WRITTEN_BYTES = 128 * _MEBIBYTE
_SLOW_MB_PER_S = 50.0
_COMMAND_TIMEOUT_S = 10.0
_RING_TIMEOUT_S = 50.0
_RING_CASE = """\
component: machine.ring
outputs: {report: ring.json}
"""


def packages() -> ProbeResult:
    """Say which packages of the extra `solvers` are installed."""
    versions = {name: _version(name) for name in _wanted("solvers")}
    lacking = sorted(name for name, found in versions.items() if found is None)
    python = platform.python_version()
    present = [f"{name} {found}" for name, found in versions.items() if found]
    return ProbeResult(
        "packages",
        ok=not lacking,
        found=f"Python {python}"
        + (f"; lacking {', '.join(lacking)}" if lacking else f", {', '.join(present)}"),
        remedy="make -B setup  in the checkout, or  pip install '.[solvers]'  there"
        if lacking
        else "",
        details={"python": python, "packages": versions},
    )


def launcher() -> ProbeResult:
    """Say which program starts ranks here, outside of Slurm."""
    path = shutil.which("mpirun") or shutil.which("mpiexec")
    if path is None:
        return ProbeResult(
            "mpi.launcher",
            False,
            "neither mpirun nor mpiexec",
            "apt-get install openmpi-bin, or load the cluster's MPI module",
        )
    text = _first_line(path, "--version")
    return ProbeResult(
        "mpi.launcher", True, text, details={"path": path, "version": text}
    )


def ring() -> ProbeResult:
    """Launch the component `machine.ring` on ranks and read its report."""
    ranks = max(2, min(4, _cores()))
    with tempfile.TemporaryDirectory(prefix="anticline-ring-") as folder:
        (Path(folder) / "ring.yaml").write_text(_RING_CASE)
        done = _run_ring(_ring_launch(ranks), folder)
        report = Path(folder) / "ring.json"
        if done.returncode or not report.exists():
            words = " ".join(re.sub("-{3,}", " ", done.stderr or done.stdout).split())
            return ProbeResult(
                "mpi.ring",
                False,
                f"{ranks} ranks did not exchange their halos: {words[:300]}",
                "try  mpirun -n 2 hostname ; mpi4py and mpirun must be of the same "
                "MPI: load one module, or  make -B setup",
            )
        figures = json.loads(report.read_text())
    return ProbeResult(
        "mpi.ring",
        True,
        f"{figures['ranks']} ranks exchange halos: {figures['latency_us']:.1f} us, "
        f"{figures['bandwidth_gb_per_s']:.1f} GB/s a rank",
        details=figures,
    )


def _run_ring(launch: Launch, folder: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        launch.command,
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=_RING_TIMEOUT_S,
        env={**os.environ, **launch.environment},
    )


def machine() -> ProbeResult:
    """Say how many cores this process may use, how much memory there is."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = pages * size
    cores, total = _cores(), os.cpu_count() or 1
    share = f"{cores} cores" if cores == total else f"{cores} of {total} cores"
    return ProbeResult(
        "machine",
        True,
        f"{platform.machine()}, {share}, {memory / 2**30:.0f} GiB memory",
        details={
            "architecture": platform.machine(),
            "cores": cores,
            "cores_of_machine": total,
            "memory_bytes": memory,
            "system": platform.platform(),
        },
    )


def disk() -> ProbeResult:
    """Measure how fast the working folder takes 128 MiB, written through to disk."""
    block = os.urandom(_MEBIBYTE)
    folder = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            started = time.perf_counter()
            for _ in range(_WRITTEN_BYTES // _MEBIBYTE):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
            speed = _WRITTEN_BYTES / (time.perf_counter() - started) / 1e6
    except OSError as error:
        return ProbeResult(
            "disk",
            False,
            f"{folder} cannot be written: {error}",
            "run in a folder of your own with free space",
        )
    free = shutil.disk_usage(folder).free
    slow = speed < _SLOW_MB_PER_S
    return ProbeResult(
        "disk",
        not slow,
        f"{speed:.0f} MB/s written, {free / 1e9:.0f} GB free in {folder}",
        "run in a folder on a parallel or local file system" if slow else "",
        {"folder": str(folder), "write_mb_per_s": round(speed), "free_bytes": free},
    )


def slurm() -> ProbeResult:
    """Say whether Slurm's commands are here and a controller answers them."""
    lacking = [name for name in SLURM_COMMANDS if shutil.which(name) is None]
    if lacking:
        return ProbeResult(
            "slurm",
            False,
            f"lacking {', '.join(lacking)}",
            "apt-get install slurm-wlm munge, or log in to the cluster",
        )
    text = _first_line("sbatch", "--version") or "Slurm's commands are here"
    partitions = _first_line("sinfo", "--noheader", "--format=%R")
    if not partitions:
        return ProbeResult(
            "slurm",
            False,
            f"{text}, and no controller answers",
            "start one (systemctl start slurmctld slurmd), or log in to the cluster",
            {"version": text},
        )
    return ProbeResult("slurm", True, text, details={"version": text})


def _ring_launch(ranks: int) -> Launch:
    """Make the command line of the ring for the launcher that is here."""
    mpirun = shutil.which("mpirun") or shutil.which("mpiexec") or "mpirun"
    family = recognise(_output(mpirun, "--version")) or Family.OPEN_MPI
    rank = (sys.executable, "-m", "anticline.rank", "machine.ring", "ring.yaml")
    return launch(
        rank,
        mpirun=mpirun,
        family=family,
        ranks=ranks,
        cores=_cores(),
        threads=1,
        root=os.geteuid() == 0,
    )


def _first_line(*command: str) -> str:
    """Give the first line a command prints, "" where it fails or hangs."""
    return _output(*command).partition("\n")[0].strip()


def _output(*command: str) -> str:
    """Give what a command prints, "" where it cannot be run, fails or hangs."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_COMMAND_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _wanted(extra: str) -> list[str]:
    """Names of the packages that an extra of this distribution asks for."""
    pattern = re.compile(rf"([A-Za-z0-9._-]+).*extra == ['\"]{extra}['\"]")
    try:
        found = [pattern.match(text) for text in requires("anticline") or []]
    except PackageNotFoundError:
        return []
    return [match[1] for match in found if match]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cores() -> int:
    return len(os.sched_getaffinity(0))
