"""A case file becomes a case, or all of its findings with their lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anticline.component import Case, Registry, load_case
from anticline.errors import CaseError, Finding

Write = Callable[[str], Path]

GOOD = """\
component: trial.migrate
inputs:
  model: model.h5
  gathers: gathers.h5
outputs: {image: image.h5}
parameters:
  peak_frequency_hz: 8 Hz
  interval_s: 4 ms
  memory_bytes: 2 MiB
  offsets_m: [100, 0.5 km]
"""


def findings(path: Path, registry: Registry) -> list[tuple[int | None, str]]:
    with pytest.raises(CaseError) as told:
        load_case(path, registry)
    assert {item.file for item in told.value.findings} == {str(path)}
    return [(item.line, item.text) for item in told.value.findings]


def test_a_case_has_paths_converted_values_and_defaults(
    write: Write, folder: Path, registry: Registry
) -> None:
    case = load_case(write(GOOD), registry)
    assert case.inputs == {
        "model": folder / "model.h5",
        "gathers": folder / "gathers.h5",
    }
    assert case.outputs == {"image": folder / "image.h5"}
    assert case.parameters == {
        "peak_frequency_hz": 8.0,
        "space_order": 8,
        "free_surface": False,
        "interval_s": 0.004,
        "memory_bytes": 2 * 2**20,
        "condition": "a",
        "offsets_m": [100.0, 500.0],
    }
    assert isinstance(case.parameters["memory_bytes"], int)


@pytest.mark.parametrize("given", ["500", "0.5 km", "[500]"])
def test_a_single_value_given_for_a_list_is_a_list_of_one(
    write: Write, registry: Registry, given: str
) -> None:
    case = load_case(write(GOOD.replace("[100, 0.5 km]", given)), registry)
    assert case.parameters["offsets_m"] == [500.0]


def test_ten_mistakes_give_ten_findings_with_their_lines(
    write: Write, folder: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTICLINE_DATA", raising=False)
    text = """\
component: trial.migrate
input:
  model: model.h5
inputs:
  model: absent.h5
  gathers: ${ANTICLINE_DATA}/gathers.h5
  mutes: mute.json
outputs:
  report: model.h5
parameters:
  peak_frequency_hz: 8 m
  space_order: 6
  free_surface: 1
  memory_bytes: true
  offsets_m: [1, -2]
"""
    assert findings(write(text), registry) == [
        (2, "unknown key 'input'; did you mean 'inputs'?"),
        (5, f"input 'model': {folder / 'absent.h5'} is not there"),
        (
            6,
            "input 'gathers': ${ANTICLINE_DATA} (the folder that holds the public "
            "data sets) is not set; set it, as in: export ANTICLINE_DATA=/path",
        ),
        (7, "unknown input 'mutes'; did you mean 'mute'?"),
        (8, "output 'image' is missing: Image, the image"),
        (
            11,
            "parameter 'peak_frequency_hz': '8 m' is a length, "
            "a frequency is needed (such as '1 Hz')",
        ),
        (12, "parameter 'space_order': 6 found, one of 2, 4, 8, 12, 16 is needed"),
        (13, "parameter 'free_surface': 1 found, true or false is needed"),
        (14, "parameter 'memory_bytes': true found, a whole number is needed"),
        (15, "parameter 'offsets_m': item 2: -2 found, at least 0 m is needed"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("trial.migrate", "trial.migrat", 1, "did you mean trial.migrate?"),
        ("component: trial.migrate", "folder: .", 1, "'component' is missing"),
        ("  peak_frequency_hz: 8 Hz\n", "", 6, "'peak_frequency_hz' is missing: float"),
        ("8 Hz", "0.01", 7, "0.01 found, at least 0.1 Hz is needed"),
        ("8 Hz", ".nan", 7, "nan found, a finite number is needed"),
        ("8 Hz", "[8]", 7, "a list found, a number is needed"),
        ("8 Hz", "{a: 1}", 7, "a mapping found, a number is needed"),
        ("2 MiB", "1.5", 9, "1.5 found, a whole number is needed"),
        ("image.h5", "gathers.h5", 5, "is also input 'gathers'"),
        ("image.h5}", "image.h5, report: image.h5}", 5, "is also output 'image'"),
        ("image.h5", ".", 5, "is a folder"),
        ("model: model.h5", "model: /proc/self/mem", 3, "cannot be read: Input/"),
        ("model: model.h5", "model: /dev/zero", 3, "is a device or a pipe"),
        ("model: model.h5", "model: .", 3, "is a folder"),
        ("model: model.h5", "model: 3", 3, "needs the path of a file"),
        ("{image: image.h5}", "image.h5", 5, "'outputs' needs 'key: value' pairs"),
        ("  interval_s: 4 ms", "  peak_frequency_hz: 9", 8, "is here twice"),
        ("4 ms", "2001-99-99", 8, "'interval_s': '2001-99-99': unit "),
        ("8 Hz", "!!python/none 3", 7, "'3' is no text, number, "),
        ("[100, 0.5 km]", "-2", 10, "'offsets_m': -2 found, at least 0 m is needed"),
        ("[100, 0.5 km]", "{a: 1}", 10, "a mapping found, a list is needed: [ ... ]"),
        ("[100, 0.5 km]", "", 10, "nothing found, a list is needed: [ ... ]"),
        ("[100, 0.5 km]", "[100", 11, "no YAML: "),
    ],
)
def test_a_mistake_is_found_at_its_line(
    write: Write, registry: Registry, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    found = findings(write(GOOD.replace(old, new, 1)), registry)
    assert [text for at, text in found if at == line and words in text], found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing found"),
        (b"- a\n", "a list found"),
        (b"\xff\xfe\x00", "no UTF-8 text (byte 0)"),
        (b"a: \x01\n", "no YAML: "),
        (b"[" * 2000, "nested too deeply"),
        (b"a: 1\n---\nb: 2\n", "no YAML: but found another document"),
    ],
)
def test_what_is_no_case_at_all_is_one_finding(
    folder: Path, registry: Registry, content: bytes, words: str
) -> None:
    path = folder / "case.yaml"
    path.write_bytes(content)
    ((_, text),) = findings(path, registry)
    assert words in text


def test_an_absent_case_file_is_a_finding(tmp_path: Path, registry: Registry) -> None:
    assert findings(tmp_path / "no.yaml", registry) == [(None, "is not there")]


def test_outputs_go_to_the_folder_of_the_case_and_inputs_do_not(
    write: Write, folder: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESULTS", "far/away")
    case = load_case(write(GOOD + "folder: ${RESULTS}\n"), registry)
    assert case.outputs["image"] == folder / "far/away" / "image.h5"
    assert case.inputs["model"] == folder / "model.h5"


def test_a_path_expands_variables_and_home(
    write: Write, folder: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(folder))
    monkeypatch.setenv("HOME", str(folder))
    text = GOOD.replace("model.h5", "${DATA}/model.h5").replace(
        ": gathers.h5", ": ~/gathers.h5"
    )
    case = load_case(write(text), registry)
    assert case.inputs["model"] == folder / "model.h5"
    assert case.inputs["gathers"] == folder / "gathers.h5"


def test_a_finding_of_the_component_names_the_line_of_its_key(
    write: Write, registry: Registry
) -> None:
    path = write(GOOD)
    case = load_case(path, registry)
    assert case.finding("parameters.interval_s", "too long") == Finding(
        str(path), 8, "too long"
    )
    assert case.finding("parameters.space_order", "too low").line == 6
    assert case.finding("nothing", "at all").line == 1


def test_a_broken_plugin_is_named_where_a_component_is_unknown(
    write: Write,
) -> None:
    from anticline.component.registry import BrokenPlugin, Found

    plugin = BrokenPlugin("anticline.components", "salt", "salt-body 2.0", "no module")
    path = write(GOOD)
    ((line, text),) = findings(path, Registry(Found({}, {}, (plugin,))))
    assert line == 1
    assert "plugin 'salt' of salt-body 2.0" in text


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["8 Hz", "10 m", "&a x", "*a", "!!float x", "${X}", "2001-13-45"]),
)
_KEYS = st.sampled_from(
    [
        "component: trial.migrate",
        "inputs:",
        "outputs:",
        "parameters:",
        "  model:",
        "  image:",
        "  space_order:",
        "  peak_frequency_hz:",
        "  offsets_m:",
        "folder:",
        "<<:",
        "? [a]\n:",
    ]
)
_LINES = st.lists(
    st.tuples(_KEYS, st.one_of(st.just(""), _SCALARS.map(str))).map(" ".join)
).map("\n".join)


def case_or_findings(path: Path, registry: Registry) -> Case | tuple[Finding, ...]:
    try:
        return load_case(path, registry)
    except CaseError as error:
        return error.findings


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.one_of(st.text(), _LINES))
def test_any_text_is_a_case_or_findings(
    text: str, folder: Path, registry: Registry
) -> None:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    result = case_or_findings(path, registry)
    if not isinstance(result, Case):
        assert result
        assert all(item.file == str(path) and item.text for item in result)


@given(st.floats(min_value=0.1, max_value=1e6))
def test_a_number_in_a_case_is_read_to_the_last_bit(number: float) -> None:
    from anticline.component.document import parse

    top, found = parse(f"a: {number!r}\n", "case")
    assert not found
    assert math.isclose(top["a"].value, number, rel_tol=0)
