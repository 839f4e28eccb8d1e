"""The verbs of runs on the command line: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anticline import operations
from anticline.cli import build
from anticline.errors import BadInput


def call(*arguments: object) -> tuple[int, str]:
    shown = CliRunner().invoke(build(), [str(one) for one in arguments])
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception
    return shown.exit_code, shown.stdout


def test_status_tells_and_ends_well_however_the_run_is(failed_run: Path) -> None:
    code, told = call("status", failed_run)
    assert code == 0
    assert told.startswith("survey on trial: failed")
    code, told = call("status", failed_run, "--json")
    assert code == 0
    assert json.loads(told)["state"] == "failed"


def test_watch_ends_with_the_outcome_of_the_run(run: Path, failed_run: Path) -> None:
    assert call("watch", run)[0] == 0
    assert call("watch", failed_run)[0] == 70


def test_ctrl_c_ends_the_watching_and_says_that_the_run_goes_on(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(operations, "watch", interrupted)
    shown = CliRunner().invoke(build(), ["watch", str(run)])
    assert shown.exit_code == 0
    assert f"the run goes on; to see it again: anticline watch {run}" in shown.output


def test_clean_tells_how_much_it_freed(run: Path) -> None:
    code, told = call("clean", run, "--dry-run")
    assert code == 0
    assert told.splitlines()[-1] == "160 KiB would be freed"
    assert call("clean", run, "--all")[1].splitlines()[-1] == "160 KiB freed"


@pytest.mark.parametrize("verb", ["status", "watch", "report", "clean"])
def test_a_folder_without_a_run_is_bad_input(verb: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no run"):
        call(verb, tmp_path)
    assert list(tmp_path.iterdir()) == []
