"""A folder of installed packages with real entry points, for plugins of tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DECLARATIONS = """
from anticline.component import Component, Input, Output, Parameter, Report, RawArray

def component(name, **more):
    return Component(
        name=f"trial.{name}",
        summary="a component of the tests",
        inputs=(Input("data", RawArray, "any file", optional=True),),
        outputs=(Output("report", Report, "figures"),),
        parameters=(
            Parameter("interval_s", "float", "a time", default=0.004, unit="s"),
            Parameter("count", "int", "a number", default=1, minimum=0),
        ),
        run=f"trial_drivers:{name}",
        **more,
    )

COMPONENTS = (
    component("write", check="trial_drivers:check"),
    component("keep", finished="trial_drivers:finished"),
    component("puzzle", finished="trial_drivers:puzzled"),
    component("fail_on_one"),
    component("fail_everywhere"),
    component("refuse"),
    component("wait"),
    component("die"),
    component("ranks"),
)
"""

DRIVERS = """
import json, os, time
from anticline.errors import BadInput, Interrupted
from anticline.component import Finding

def check(case, comm_size):
    if case.parameters["count"] > 9:
        return [case.finding("parameters.count", "more than 9 are too many")]
    return [] if case.parameters["count"] else 1 / 0

def write(case, context):
    context.comm.Barrier()
    if context.comm.rank == 0:
        case.outputs["report"].write_text(json.dumps(context.provenance))

def keep(case, context):
    context.log("keeping")
    write(case, context)

def finished(case):
    made_by = json.loads(case.outputs["report"].read_text())["fingerprint"]
    return made_by == case.fingerprint()

def puzzled(case):
    raise LookupError("which one?")

def ranks(case, context):
    names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
    mine = [os.environ[name] for name in names]
    everyone = context.comm.allgather(mine)
    if context.comm.rank == 0:
        case.outputs["report"].write_text(json.dumps(everyone))

def fail_on_one(case, context):
    if context.comm.rank == context.comm.size - 1:
        raise ValueError("the salt is upside down")
    context.comm.Barrier()

def fail_everywhere(case, context):
    raise ValueError("the salt is upside down")

def refuse(case, context):
    raise BadInput(Finding("gathers.h5", None, "do not fit the geometry"))

def die(case, context):
    if context.comm.rank == context.comm.size - 1:
        os.kill(os.getpid(), case.parameters["count"])
    context.comm.Barrier()

def wait(case, context):
    (context.folder / f"begun-{context.comm.rank}").touch()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.02)
        if context.comm.allreduce(int(context.stop_requested())):
            raise Interrupted("1 of 2 shots is kept")
    raise TimeoutError("nobody asked to stop")
"""


class Site:
    """A folder on the path of programs, in which distributions are installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, entry_points: str, **modules: str) -> None:
        information = self.folder / f"{name}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        (information / "entry_points.txt").write_text(entry_points)
        for module, source in modules.items():
            (self.folder / f"{module}.py").write_text(source)

    def environment(self) -> dict[str, str]:
        """Give the environment of a program that sees this folder.

        Variables of the MPI that this test process has begun are left out: a
        launcher would take itself for one of its ranks.
        """
        launched = ("OMPI_", "PMIX_", "PMI_", "ORTE_", "PRTE_", "OPAL_", "NUMBA_NUM")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(launched) and name != "OMP_NUM_THREADS"
        }
        path = [str(self.folder), os.environ.get("PYTHONPATH", "")]
        return kept | {"PYTHONPATH": os.pathsep.join(filter(None, path))}

    def begin(self, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
        """Start `anticline ARGUMENTS`."""
        return subprocess.Popen(
            [sys.executable, "-m", "anticline.cli", *arguments],
            cwd=cwd,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def anticline(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run `anticline ARGUMENTS` to its end."""
        process = self.begin(*arguments, cwd=cwd)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(folder)


@pytest.fixture
def trial(site: Site) -> Site:
    """A site with the components `trial.*` installed."""
    site.install(
        "trial-plugin",
        "[anticline.components]\ntrial = trial_plugin:COMPONENTS\n",
        trial_plugin=DECLARATIONS,
        trial_drivers=DRIVERS,
    )
    return site
