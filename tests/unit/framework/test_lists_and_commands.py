"""Inputs of many files, reductions, executables: declared, and read from cases."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.component import (
    Component,
    DeclarationError,
    Image,
    Input,
    Output,
    Parameter,
    Registry,
    Report,
    load_case,
)
from anticline.component.checking import judge
from anticline.component.document import parse
from anticline.component.executable import command_line, texts_of
from anticline.component.sequence import read_cases
from anticline.errors import CaseError

IMAGES = Input("images", Image, "the terms", many=True)
IMAGE = Output("image", Image, "the sum")
REPORT = Output("report", Report, "figures", optional=True)
SCALE = Parameter("scale", "float", "of all", default=1.0)
LABEL = Parameter("label", "str", "shown", default=None)


def stack(**more: Any) -> Component:
    given: dict[str, Any] = {
        "name": "trial.stack",
        "summary": "add images",
        "inputs": (IMAGES, Input("mask", Image, "where", optional=True)),
        "outputs": (IMAGE,),
        "parameters": (SCALE, LABEL),
        "run": "nowhere:run",
        "reduces": "images",
    }
    return Component(**given | more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.h5").write_bytes(name.encode())
    return tmp_path


def write(folder: Path, images: Any, suffix: str = ".yaml", **more: Any) -> Path:
    path = folder / f"case{suffix}"
    document = {
        "component": "trial.stack",
        "inputs": {"images": images},
        "outputs": {"image": "sum.h5"},
    }
    path.write_text(json.dumps(document | more, indent=1))
    return path


REGISTRY = Registry.of([stack()])


def test_a_case_gives_a_list_of_files_in_their_order(folder: Path) -> None:
    case = load_case(write(folder, ["b.h5", "a.h5"]), REGISTRY)
    assert case.lists == {"images": (folder / "b.h5", folder / "a.h5")}
    assert case.inputs == {}
    assert case.sources == [("images", folder / "b.h5"), ("images", folder / "a.h5")]
    one = load_case(write(folder, "c.h5"), REGISTRY)
    assert one.lists == {"images": (folder / "c.h5",)}


def test_the_order_and_content_of_a_list_are_part_of_a_result(folder: Path) -> None:
    def fingerprint(*images: str) -> str:
        return load_case(write(folder, list(images)), REGISTRY).fingerprint()

    first = fingerprint("a.h5", "b.h5")
    assert first == fingerprint("a.h5", "b.h5")
    assert len({first, fingerprint("b.h5", "a.h5"), fingerprint("a.h5")}) == 3
    (folder / "b.h5").write_bytes(b"another")
    assert fingerprint("a.h5", "b.h5") != first
    case = load_case(write(folder, ["a.h5", "c.h5"]), REGISTRY)
    hashes = "\n".join(hashlib.sha256(text).hexdigest() for text in (b"a", b"c"))
    expected = hashlib.sha256(hashes.encode()).hexdigest()
    assert case.input_hashes() == {"images": expected}


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
@pytest.mark.parametrize(
    ("images", "texts"),
    [
        (["a.h5", "no.h5", "nor.h5"], ["no.h5 is not there", "nor.h5 is not there"]),
        (["a.h5", "."], [" is a folder"]),
        (["a.h5", "/dev/null"], ["/dev/null is a device or a pipe"]),
        ([], ["'images' is missing: a list of Image, the terms"]),
        (None, ["'images' is missing: a list of Image, the terms"]),
        (["a.h5", 3], ["'images' needs the path of a file"]),
        (["a.h5", ["b.h5"]], ["'images' needs the path of a file"]),
        ({"a": "b.h5"}, ["'images' needs the path of a file"]),
        (["a.h5", "sum.h5"], ["sum.h5 is not there", "is also input 'images'"]),
    ],
)
def test_each_file_of_a_list_has_its_findings(
    folder: Path, images: Any, texts: list[str], suffix: str
) -> None:
    with pytest.raises(CaseError) as told:
        load_case(write(folder, images, suffix), REGISTRY)
    found = told.value.findings
    assert len(found) == len(texts)
    for finding, text in zip(found, texts, strict=True):
        assert text in finding.text
        assert finding.line == (10 if "also" in text else 4)


def test_a_list_that_earlier_cases_write_is_awaited(folder: Path) -> None:
    first = write(folder, ["a.h5", "b.h5"])
    second = folder / "second.yaml"
    second.write_text(
        "component: trial.stack\ninputs: {images: [c.h5, sum.h5]}\n"
        "outputs: {image: all.h5}\n"
    )
    one, two = judge(read_cases([first, second], REGISTRY), None)
    assert (one.findings, two.findings) == ([], [])
    assert two.case is not None
    assert two.case.awaited() == ["images"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reduces": "image"}, "reduces 'image', which is no input of many files"),
        ({"reduces": "mask"}, "reduces 'mask', which is no input of many files"),
        ({"outputs": (IMAGE, REPORT)}, "its one output is of that type: Image"),
        ({"outputs": (REPORT,)}, "its one output is of that type: Image"),
        ({"run": ""}, "either run or command is needed, neither is given"),
        ({"command": ("a", "{outputs.image}")}, "is needed, both is given"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    more: dict[str, Any], words: str
) -> None:
    with pytest.raises(DeclarationError, match=f"component 'trial.stack': .*{words}"):
        stack(**more)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), "must be a tuple of words"),
        (("a", 3, "{outputs.image}"), "must be words, and tuples of words"),
        (("{inputs.images}",), "must begin with the name of a program"),
        (("a", "{outputs.imago}"), r"names \{outputs.imago\}; known are inputs.images"),
        (("a", "{0}", "{outputs.image}"), r"names \{0\}"),
        (("a", "{outputs.image"), "has a word that is no pattern"),
        (("a", "{outputs.image:3}"), "has a word that is no pattern"),
        (("a", "{inputs.images}"), r"does not say where \{outputs.image\} is to be"),
        (
            ("a", "{inputs.mask}", "{outputs.image}"),
            r"needs \{inputs.mask\} in a group",
        ),
        (("a", "{parameters.label}", "{outputs.image}"), r"needs \{parameters.l"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(command: Any, words: str) -> None:
    with pytest.raises(DeclarationError, match=f"command {words}"):
        stack(run="", command=command)


def test_a_command_line_has_the_values_of_a_case(folder: Path) -> None:
    component = stack(
        run="",
        command=(
            *("add", "-n", "{ranks}", "--scale={parameters.scale}", "{{x}}"),
            ("--mask", "{inputs.mask}"),
            ("--label={parameters.label}",),
            *("--all={inputs.images}", "{inputs.images}", "{outputs.image}"),
        ),
    )
    case = load_case(
        write(folder, ["a.h5", "b.h5"], parameters={"label": "two words"}),
        Registry.of([component]),
    )
    line = command_line(
        component.command or (), texts_of(case, {"image": folder / "new.h5"}, 3)
    )
    a, b = f"{folder}/a.h5", f"{folder}/b.h5"
    assert line == (
        *("add", "-n", "3", "--scale=1.0", "{x}", "--label=two words"),
        *(f"--all={a},{b}", a, b, f"{folder}/new.h5"),
    )


TEXT = st.text(  # YAML reads the two escapes of a later character as two
    st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=9
)
PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT
LINES = st.dictionaries(
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1),
    st.lists(PLAIN, max_size=3) | PLAIN,
    max_size=4,
)


@given(top=st.dictionaries(st.sampled_from(("inputs", "x", "y")), LINES | PLAIN))
def test_json_is_read_as_the_yaml_that_it_is_too(top: dict[str, Any]) -> None:
    text = json.dumps(top, indent=1, ensure_ascii=True)
    if not top:
        return
    assert parse(text, "a.json") == parse(text, "a.yaml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "nothing found"),
        ("[]", 1, "a single value or a list found"),
        ('{\n"a": 1,\n"b" 2}', 3, "no JSON: ':' is needed after a key"),
        ('{\n"a": 1\n"b": 2}', 3, "no JSON: ',' or '}' is needed"),
        ('{"a": 1,}', 1, "no JSON: a key is needed after ','"),
        ("{a: 1}", 1, 'no JSON: a key in "quotes" is needed'),
        ('{"a":\n\n nope}', 3, "no JSON: Expecting value"),
        ('{"a": 1} x', 1, "no JSON: more follows after the end"),
        ('{"a": ' + "9" * 5000 + "}", None, "a whole number of thousands of digits"),
        ('{"a": ' + "[" * 100, 1, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(
    text: str, line: int | None, words: str
) -> None:
    with pytest.raises(CaseError) as told:
        parse(text, "case.json")
    (finding,) = told.value.findings
    assert (finding.file, finding.line) == ("case.json", line)
    assert words in finding.text


def test_finding_the_components_loads_no_array_library() -> None:
    program = (
        "import sys; from anticline.component import Registry; Registry.discover(); "
        "print([name for name in ('numpy', 'h5py', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_case_in_json_loads_no_yaml(folder: Path) -> None:
    path = write(folder, ["a.h5"], ".json", component="machine.ring", inputs={})
    path.write_text('{"component": "machine.ring", "outputs": {"report": "r.json"}}')
    program = (
        "import sys, pathlib; from anticline.component import Registry, load_case; "
        "load_case(pathlib.Path(sys.argv[1]), Registry.discover()); "
        "print([name for name in sys.modules if name.startswith('ruamel.yaml.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
