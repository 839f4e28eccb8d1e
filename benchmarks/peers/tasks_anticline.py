"""The tasks as a workflow of anticline, on this machine through Parsl."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from tasks import PATH, Clock, Wanted, tell

from anticline.component.context import code_version
from anticline.component.registry import Registry
from anticline.events.log import read_events
from anticline.events.progress import seconds_of
from anticline.execution.driver.display import Silent
from anticline.execution.driver.run import run_workflow


def workflow(wanted: Wanted) -> dict[str, Any]:
    """One scattered step."""
    numbers = f"0..{wanted.count - 1}"
    trivial = {"component": "chore.number", "scatter": {"value": numbers}}
    shots = {
        "component": "seismic.forward",
        "inputs": {"model": "model.h5", "survey": "survey.h5"},
        "parameters": {"parts": wanted.count},
        "scatter": {"part": numbers},
    }
    step = trivial if wanted.kind == "trivial" else shots
    return {"workflow": wanted.kind, "steps": {"tasks": step}}


def main() -> None:
    """Run all; the ends are those of the log."""
    wanted, clock = Wanted.of_command_line(), Clock()
    os.environ["PYTHONPATH"] = PATH
    file = wanted.folder / f"{wanted.kind}.yaml"
    file.write_text(json.dumps(workflow(wanted)))
    run = wanted.folder / "run"
    outcome = run_workflow(file, Registry.discover(), Silent(), folder=run)
    if outcome.code:
        raise SystemExit("\n".join(outcome.lines()))
    shift = time.monotonic() - time.time()
    ended = (event for event in read_events(run / "events.jsonl"))
    clock.ends = [seconds_of(e.utc) + shift for e in ended if e.event == "ended"]
    tell(clock.record(version=code_version()))


if __name__ == "__main__":
    main()
