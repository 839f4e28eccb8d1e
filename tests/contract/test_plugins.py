"""A third party's package adds components, viewers and commands; ours is not edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VIEWING = """
from anticline.component import Viewer
VIEWER = Viewer(
    name="salt", format="salt/1", recognise="salt_drawing:recognise",
    draw="salt_drawing:draw", summary="draws salt",
)
"""

DRAWING = """
def recognise(path):
    return "salt/1" if path.read_bytes()[:4] == b"SALT" else None

def draw(path, out, *, colour="grey"):
    if colour == "salt":
        raise LookupError("salt is no colour")
    target = out if out.suffix else out / (path.stem + ".png")
    target.write_text(colour)
    return [target]
"""

COMMAND = """
import typer
from anticline.component import Command
COMMAND = (
    Command("salt", "salt_command:app", "Do things with salt."),
    Command("pepper", "pepper_command:app", "Its module is not there."),
    Command("run", "salt_command:app", "Would hide a verb."),
)
app = typer.Typer()

@app.command()
def shake(grains: int) -> None:
    print("grains", grains)
"""


@pytest.fixture
def broken(trial: Any) -> Any:
    """Beside a sound plugin: one that does not import, one of a wrong kind, a twin."""
    trial.install(
        "broken-plugin",
        "[anticline.components]\n"
        "absent = no_such_module:COMPONENTS\n"
        "exits = broken_plugin_exits:X\n"
        "number = broken_plugin:NUMBER\n",
        broken_plugin="NUMBER = 3\n",
        broken_plugin_exits="raise SystemExit(1)\n",
    )
    trial.install("twin", "[anticline.components]\ntwin = trial_plugin:COMPONENTS\n")
    return trial


def test_an_installed_package_adds_its_components(trial: Any, tmp_path: Path) -> None:
    done = trial.anticline("components", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert document["format"] == "anticline-components/1"
    ours = {item["name"]: item for item in document["components"]}
    assert ours["trial.write"]["distribution"] == "trial-plugin 1.0"
    interval = ours["trial.write"]["parameters"][0]
    assert (interval["name"], interval["unit"], interval["default"]) == (
        "interval_s",
        "s",
        0.004,
    )


def test_a_broken_plugin_is_named_and_the_rest_work(
    broken: Any, tmp_path: Path
) -> None:
    done = broken.anticline("components", "--json", cwd=tmp_path)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    told = "\n".join(document["broken"])
    start = "plugin '{}' of {} (anticline.components) is broken: "
    assert (
        start.format("absent", "broken-plugin 1.0")
        + "loading no_such_module:COMPONENTS raised ModuleNotFoundError"
    ) in told
    assert start.format("exits", "broken-plugin 1.0") in told
    assert "broken_plugin:NUMBER gives a int, a Component or a tuple" in told
    assert (
        start.format("twin", "twin 1.0") + "'trial.write' is taken by trial-plugin 1.0"
    ) in told
    names = [item["name"] for item in document["components"]]
    assert names.count("trial.write") == 1


def test_the_table_for_people_names_the_broken_too(broken: Any, tmp_path: Path) -> None:
    done = broken.anticline("components", cwd=tmp_path)
    assert done.returncode == 0
    assert "trial.write" in done.stdout
    assert "plugin 'absent' of broken-plugin 1.0" in done.stdout


def test_one_component_is_shown_whole(trial: Any, tmp_path: Path) -> None:
    done = trial.anticline("components", "trial.write", cwd=tmp_path)
    line = "  interval_s: a time (float [s], default 0.004)"
    assert line in done.stdout.splitlines()
    lost = trial.anticline("components", "trial.wrote", cwd=tmp_path)
    assert lost.returncode == 65
    assert lost.stderr.startswith(
        "unknown component 'trial.wrote'; did you mean trial.write"
    )


def test_a_case_is_checked_without_running(trial: Any, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "component: trial.write\noutputs: {report: r.json}\nparameters: {count: 10}\n"
    )
    done = trial.anticline("check", "case.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        65,
        "case.yaml:3  more than 9 are too many\n",
    )
    case.write_text("component: trial.write\noutputs: {report: r.json}\n")
    assert trial.anticline("check", "case.yaml", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.yaml", "site"]


@pytest.fixture
def salt(site: Any, tmp_path: Path) -> Any:
    site.install(
        "salt",
        "[anticline.viewers]\nsalt = salt_viewing:VIEWER\n"
        "[anticline.commands]\nsalt = salt_command:COMMAND\n",
        salt_viewing=VIEWING,
        salt_drawing=DRAWING,
        salt_command=COMMAND,
    )
    (tmp_path / "dome.salt").write_bytes(b"SALT...")
    return site


@pytest.mark.parametrize(
    ("more", "picture", "content"),
    [
        ([], "dome.png", "grey"),
        (["--option", "colour=red"], "dome.png", "red"),
        (["--out", "pictures"], "pictures/dome.png", "grey"),
        (["--out", "new/mine.png"], "new/mine.png", "grey"),
    ],
)
def test_a_viewer_draws_files_of_its_format(
    salt: Any, tmp_path: Path, more: list[str], picture: str, content: str
) -> None:
    done = salt.anticline("plot", "dome.salt", *more, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{picture}\n", "")
    assert (tmp_path / picture).read_text() == content


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.salt"], "absent.salt  is not there"),
        (["dome.txt"], "dome.txt  has an unknown format; drawn are: "),
        (
            ["dome.salt", "--option", "color=red"],
            "unknown option 'color'; did you mean 'colour'?\n"
            "options of this file: colour\n",
        ),
        (["dome.salt", "--option", "red"], "option 'red' needs the form KEY=VALUE"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    salt: Any, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "dome.txt").write_text("pepper")
    done = salt.anticline("plot", *arguments, cwd=tmp_path)
    assert done.returncode == 65
    assert done.stderr.startswith(words)


def test_a_plugin_adds_a_command(salt: Any, tmp_path: Path) -> None:
    shown = salt.anticline("--help", cwd=tmp_path).stdout
    assert "Do things with salt." in shown
    done = salt.anticline("salt", "3", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "grains 3\n")
    assert salt.anticline("salt", "many", cwd=tmp_path).returncode == 2


def test_a_command_named_like_a_verb_is_told_and_hides_nothing(
    salt: Any, tmp_path: Path
) -> None:
    done = salt.anticline("components", "--json", cwd=tmp_path)
    assert (
        "plugin 'salt' of salt 1.0 (anticline.commands) is broken: 'run' is taken by "
        "a verb of anticline's own; rename it there or here"
    ) in json.loads(done.stdout)["broken"]
    shown = salt.anticline("--help", cwd=tmp_path).stdout
    assert "Would hide a verb." not in shown
    assert "Run cases one after the other" in shown


def test_an_error_of_a_plugin_is_one_plain_message_with_code_70(
    salt: Any, tmp_path: Path
) -> None:
    done = salt.anticline("plot", "dome.salt", "--option", "colour=salt", cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (70, "")
    assert first == "anticline: LookupError: salt is no colour"
    assert second.startswith(f"  at {salt.folder / 'salt_drawing.py'}:")
    lost = salt.anticline("pepper", cwd=tmp_path)
    assert (lost.returncode, lost.stderr) == (
        70,
        "anticline: command 'pepper' cannot be used: pepper_command:app raised "
        "ModuleNotFoundError: No module named 'pepper_command'\n",
    )


def test_the_whole_traceback_of_a_plugin_is_shown_on_request(
    salt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTICLINE_TRACEBACK", "1")
    done = salt.anticline("plot", "dome.salt", "--option", "colour=salt", cwd=tmp_path)
    assert done.returncode == 70
    assert "Traceback (most recent call last)" in done.stderr


def test_a_check_that_raises_is_told_with_its_component(
    trial: Any, tmp_path: Path
) -> None:
    (tmp_path / "case.yaml").write_text(
        "component: trial.write\noutputs: {report: r.json}\nparameters: {count: 0}\n"
    )
    done = trial.anticline("check", "case.yaml", cwd=tmp_path)
    assert done.returncode == 70
    assert done.stderr.startswith(
        "anticline: case.yaml: the check of trial.write raised ZeroDivisionError: "
    )
    assert done.stderr.count("\n") == 1


DATA = """
from pathlib import Path
from anticline.component import DataFile, Dataset, read_catalogue
DATASETS = (
    Dataset("salt", "Salt", "CC0-1.0", "nobody (2026)", (DataFile("vp", "vp.bin"),)),
    *read_catalogue(Path(__file__).with_name("pepper.yaml")),
)
"""
PEPPER = """
format: anticline-catalogue/1
datasets:
  pepper:
    title: Pepper
    license: CC0-1.0
    citation: nobody (2026)
    files: {vp: {path: vp.bin, bytes: unknown, sha256: unknown}}
"""


def test_a_plugin_adds_public_data_and_a_broken_one_is_named(
    site: Any, tmp_path: Path
) -> None:
    site.install(
        "seasoning", "[anticline.datasets]\ns = seasoning:DATASETS\n", seasoning=DATA
    )
    site.install("stale", "[anticline.datasets]\nstale = stale:DATASETS\n", stale="1/0")
    (site.folder / "pepper.yaml").write_text(PEPPER)
    shown = site.anticline("data", "list", "--json", cwd=tmp_path)
    said = json.loads(shown.stdout)
    assert {"marmousi2", "salt", "pepper"} <= {
        item["name"] for item in said["datasets"]
    }
    [broken] = said["broken"]
    assert "ZeroDivisionError" in broken
    shown = site.anticline("components", cwd=tmp_path)
    assert broken in shown.stdout
