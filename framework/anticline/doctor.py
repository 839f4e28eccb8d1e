"""What this machine offers: every registered probe is asked, each lack has a remedy.

A probe runs in a process of its own with a time limit, so that a library that
crashes, hangs or prints is a finding and stops nothing. The framework's own probes
are in `anticline.machine`; solvers register theirs in the group `anticline.probes`.

JSON (`anticline doctor --json`):

    {"format": "anticline-doctor/1", "ok": true,
     "probes": [{"name": ..., "ok": ..., "required": ..., "found": ..., "remedy": ...,
                 "details": {...}}]}

`ok` is True where nothing required is lacking.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from anticline.component.probe import Probe, ProbeResult
from anticline.component.registry import PROBES as GROUP
from anticline.component.registry import BrokenPlugin, discover, resolve
from anticline.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

FORMAT = "anticline-doctor/1"
_LAST_WORDS = 300  # characters of a crashed probe's output that are shown


def examine(begin: Callable[[str], None] = lambda name: None) -> list[ProbeResult]:
    """Ask every registered probe, one after the other: timings need a quiet machine.

    begin : called with the name of each probe before it runs.
    """
    found = discover(GROUP, Probe)
    results = [_broken(plugin) for plugin in found.broken]
    for probe in sorted(found.items.values(), key=_importance):
        begin(probe.name)
        results.append(ask(probe))
    return results


def ask(probe: Probe) -> ProbeResult:
    """Run one probe in its own process; whatever goes wrong there is the answer."""
    command = [sys.executable, "-m", "anticline.doctor", probe.name, probe.run]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=probe.timeout_s,
            env=dict(os.environ),
        )
    except subprocess.TimeoutExpired:
        return _failed(probe, f"no answer within {probe.timeout_s:g} s")
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
        result = ProbeResult(**answer)
    except (IndexError, TypeError, ValueError):
        return _failed(probe, _last_words(done))
    return replace(result, name=probe.name, required=probe.required)


def exit_code(results: Sequence[ProbeResult]) -> ExitCode:
    """Give FAILED where something required is lacking, DONE otherwise."""
    lacking = any(result.required and not result.ok for result in results)
    return ExitCode.FAILED if lacking else ExitCode.DONE


def as_json(results: Sequence[ProbeResult]) -> str:
    """Write the results as one JSON document, format anticline-doctor/1."""
    probes = [
        {
            "name": result.name,
            "ok": result.ok,
            "required": result.required,
            "found": result.found,
            "remedy": result.remedy,
            "details": dict(result.details),
        }
        for result in results
    ]
    sound = exit_code(results) is ExitCode.DONE
    return json.dumps({"format": FORMAT, "ok": sound, "probes": probes}, indent=2)


def show(results: Sequence[ProbeResult], console: Console | None = None) -> None:
    """Print the results as a table, and below it the remedy for each lack."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = console or Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "part", "found"):
        table.add_column(title, overflow="fold")
    for result in results:
        table.add_row(_sign(result), result.name, escape(result.found))
    console.print(table)
    lacks = [result for result in results if not result.ok]
    for result in lacks:
        console.print(f"\n[bold]{escape(result.name)}[/]: {escape(result.remedy)}")
    missing = sum(result.required for result in lacks)
    console.print(
        f"\n{len(results) - len(lacks)} of {len(results)} parts are here; "
        f"{missing} required and {len(lacks) - missing} optional are lacking"
    )


def _sign(result: ProbeResult) -> str:
    if result.ok:
        return "[green]ok[/]"
    return "[red]lacking[/]" if result.required else "[yellow]optional[/]"


def _importance(probe: Probe) -> tuple[bool, str]:
    return not probe.required, probe.name


def _failed(probe: Probe, found: str) -> ProbeResult:
    return ProbeResult(
        probe.name, False, found, remedy=probe.remedy, required=probe.required
    )


def _broken(plugin: BrokenPlugin) -> ProbeResult:
    remedy = f"reinstall or remove {plugin.distribution}"
    return ProbeResult(f"plugin {plugin.name}", False, str(plugin), remedy)


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    """Tell how a probe's process ended: its signal or status, its last line."""
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
    end = f"status {done.returncode}"
    if done.returncode < 0:
        end = f"signal {signal.Signals(-done.returncode).name}"
    return f"{lines[-1][:_LAST_WORDS]} ({end})"


def _answer(name: str, reference: str) -> dict[str, Any]:
    """Run a probe's function here; what it lacks by import is part of the answer."""
    result = resolve(reference)()
    if not isinstance(result, ProbeResult):
        msg = f"{reference} gives a {type(result).__name__}, a ProbeResult is needed"
        raise TypeError(msg)
    return {
        "name": name,
        "ok": result.ok,
        "found": result.found,
        "remedy": result.remedy,
        "details": dict(result.details),
    }


def main() -> None:
    """Answer one probe as the last line of standard output (the process of `ask`)."""
    name, reference = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to the error stream
    try:
        answer = _answer(name, reference)
    except ImportError as error:
        sys.exit(f"cannot be imported: {error}")
    answers.write(json.dumps(answer) + "\n")
    answers.close()


if __name__ == "__main__":
    main()
