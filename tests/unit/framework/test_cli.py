"""The command line: every verb has help, nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import anticline
from anticline import operations
from anticline.cli import build
from anticline.component.context import code_version
from anticline.component.registry import Found

HEAVY = ("numpy", "numba", "h5py", "mpi4py", "ruamel.yaml", "rich", "matplotlib")


@pytest.mark.parametrize("verb", operations.VERBS)
def test_every_verb_has_help(verb: str) -> None:
    shown = CliRunner().invoke(build(), [verb, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: anticline {verb}" in shown.output
    whole = CliRunner().invoke(build(), ["--help"])
    assert f"\n  {verb} " in whole.output


def test_the_verbs_that_no_plugin_may_take_are_those_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operations, "commands", Found)
    commands = build().registered_commands
    names = {command.name or command.callback.__name__ for command in commands}
    names |= {group.name for group in build().registered_groups}
    assert names == set(operations.VERBS)


def test_the_version_is_that_of_the_installed_package() -> None:
    shown = CliRunner().invoke(build(), ["--version"])
    assert shown.output == f"anticline {code_version()}\n"
    assert anticline.__version__ == code_version()


def test_a_wrong_verb_or_option_is_a_usage_error() -> None:
    assert CliRunner().invoke(build(), ["migrate"]).exit_code == 2
    assert CliRunner().invoke(build(), ["run", "--ranks", "0", "x"]).exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; "
        "from anticline.cli import build; "
        "CliRunner().invoke(build(), ['--help']); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    assert "anticline.operations" in modules
    assert not set(modules) & set(HEAVY)


def test_errors_are_plain_lines_on_the_error_stream(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "anticline.cli", "check", "absent.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (65, "")
    assert done.stderr == "absent.yaml  is not there\n"


def test_the_public_verbs_are_importable_from_the_package() -> None:
    for name in anticline.__all__:
        assert getattr(anticline, name)
    with pytest.raises(AttributeError, match="no attribute 'migrate'"):
        anticline.migrate  # noqa: B018
