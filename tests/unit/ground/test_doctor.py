"""Doctor asks every probe, survives each, and names a remedy for each lack."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from rich.console import Console

from anticline import doctor
from anticline.component.probe import Probe, ProbeResult
from anticline.errors import ExitCode

PROBES_SOURCE = """
import os, time
from anticline.component.probe import Probe, ProbeResult

def sound():
    return ProbeResult("sound", True, "all there", details={"figure_s": 1.5})

def chatty():
    print("a library says hello")
    os.write(1, b"and so does its C part\\n")
    return ProbeResult("chatty", True, "all there")

def lacking():
    return ProbeResult("lacking", False, "nothing", "buy one")

def raising():
    raise RuntimeError("the driver is upside down")

def importing():
    import no_such_package_of_anyone

def aborting():
    os.abort()

def hanging():
    time.sleep(60)

def confused():
    return "fine"

PROBES = (Probe("sound", "probes_of_a_test:sound", "-"),
          Probe("raising", "probes_of_a_test:raising", "turn it round"))
"""


@pytest.fixture
def probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "probes_of_a_test.py").write_text(PROBES_SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def probe(name: str, **options: float) -> Probe:
    return Probe(name, f"probes_of_a_test:{name}", "mend it", **options)


@pytest.mark.usefixtures("probes")
def test_what_a_probe_finds_is_what_doctor_reports() -> None:
    result = doctor.ask(probe("sound", required=True))
    assert (result.ok, result.found) == (True, "all there")
    assert result.details == {"figure_s": 1.5}
    assert result.required


@pytest.mark.usefixtures("probes")
def test_what_a_library_prints_does_not_reach_the_answer() -> None:
    assert doctor.ask(probe("chatty")).found == "all there"


@pytest.mark.usefixtures("probes")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raising", "the driver is upside down"),
        ("importing", "no_such_package_of_anyone"),
        ("aborting", "SIGABRT"),
        ("confused", "a ProbeResult is needed"),
        ("absent", "has no absent"),
    ],
)
def test_a_probe_that_fails_is_a_lack_with_its_last_words(
    name: str, words: str
) -> None:
    result = doctor.ask(probe(name))
    assert not result.ok
    assert words in result.found
    assert result.remedy == "mend it"


@pytest.mark.usefixtures("probes")
def test_a_probe_that_hangs_is_ended_at_its_time_limit() -> None:
    started = time.monotonic()
    result = doctor.ask(probe("hanging", timeout_s=1.0))
    assert time.monotonic() - started < 20
    assert "1 s" in result.found


def test_a_lack_without_a_remedy_is_refused() -> None:
    with pytest.raises(ValueError, match="names no remedy"):
        ProbeResult("part", False, "absent")


@pytest.mark.usefixtures("probes")
def test_a_broken_plugin_is_named_and_the_other_probes_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "broken", "gone = no_such_module_of_anyone:PROBES")
    install(tmp_path, "working", "two = probes_of_a_test:PROBES")
    ours = Probe("ours", "probes_of_a_test:sound", "-")
    monkeypatch.setattr("anticline.machine.PROBES", (ours,))
    monkeypatch.setattr("anticline_solvers.probes.PROBES", ())
    asked: list[str] = []
    results = {result.name: result for result in doctor.examine(asked.append)}
    assert asked == ["ours", "raising", "sound"]
    assert "broken" in results["plugin gone"].found
    assert "broken" in results["plugin gone"].remedy
    assert results["sound"].ok
    assert not results["raising"].ok


def install(folder: Path, name: str, entry: str) -> None:
    """Put a distribution with one entry point on the path, as pip would."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(f"[anticline.probes]\n{entry}\n")


def results_of(*, required_ok: bool) -> list[ProbeResult]:
    remedy = "" if required_ok else "install it"
    return [
        ProbeResult("must", required_ok, "found", remedy, required=True),
        ProbeResult("may", False, "none [here]", "buy one"),
    ]


def test_only_a_required_lack_makes_the_exit_status_a_failure() -> None:
    assert doctor.exit_code(results_of(required_ok=True)) is ExitCode.DONE
    assert doctor.exit_code(results_of(required_ok=False)) is ExitCode.FAILED


def test_the_json_document_holds_every_result() -> None:
    document = json.loads(doctor.as_json(results_of(required_ok=False)))
    assert document["format"] == "anticline-doctor/1"
    assert document["ok"] is False
    assert [item["name"] for item in document["probes"]] == ["must", "may"]
    assert document["probes"][1]["remedy"] == "buy one"


def test_the_table_shows_each_part_and_each_remedy() -> None:
    console = Console(file=io.StringIO(), width=100)
    doctor.show(results_of(required_ok=False), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("must", "may", "none [here]", "install it", "buy one", "0 of 2"):
        assert words in text
