"""Workflows are written and read again without loss, comments and all."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline.workflow import (
    Follow,
    Grid,
    Link,
    Loop,
    Request,
    Step,
    Workflow,
    previous,
    read_workflow,
    write_workflow,
)
from anticline.workflow.document.reading import draft_of
from anticline.workflow.document.writing import text_of_workflow
from unit.workflow.conftest import INVERSION, SURVEY

HERE = Path("/nowhere/w.yaml")
COMMENTED = """\
# A survey of one line.
workflow:   survey          # its name
summary: 'two "quotes"'
folder: ../output/survey

steps:
  # what the wave goes through
  model: { component: trial.model }         # made here
  smooth:
    component:  trial.smooth
    inputs:     {model: model.model}
    parameters: {length_m: 100 m,   keep: [1,2]}   # not too much

  # one task a part
  shots:
    component: trial.shots
    inputs:
      model: model.model
      survey: ${HOME}/survey.h5   # from elsewhere
    scatter: {part: [0..3, 8]}
    queues:
      - x86     # the cheap one
      - gpu

  # nothing follows
"""

name = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda text: text != "previous"
)
scalar = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(("8 ms", "true", "null", "1e3", "~", "a: b", "- x", "#", "0x1"))
)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=9)
value = (
    scalar
    | st.none()
    | st.lists(scalar, max_size=3)
    | st.dictionaries(words, scalar, max_size=2)
)
source: st.SearchStrategy[Any] = st.builds(Link, name, name) | st.builds(
    lambda parts: Path("/", *parts), st.lists(name, min_size=1, max_size=3)
)
grid_value = scalar.filter(lambda given: not (isinstance(given, str) and ".." in given))
scatter = (
    st.none()
    | st.builds(Follow, name)
    | st.builds(
        Grid,
        st.dictionaries(
            name,
            st.lists(grid_value, min_size=1, max_size=4).map(tuple)
            | st.integers(-3, 3).map(lambda a: tuple(range(a, a + 7))),
            min_size=1,
            max_size=2,
        ),
    )
)
request = st.builds(
    Request,
    ranks=st.none() | st.integers(1, 100),
    memory_gib=st.none() | st.floats(0, 1e6),
    walltime_h=st.none() | st.integers(0, 99).map(float),
    queues=st.lists(name, max_size=2).map(tuple),
)


@st.composite
def steps(draw: Any, called: str) -> Step:
    return Step(
        name=called,
        component=draw(name),
        inputs=draw(
            st.dictionaries(
                name, source | st.lists(source, max_size=3).map(tuple), max_size=2
            )
        ),
        parameters=draw(st.dictionaries(name, value, max_size=3)),
        outputs=draw(st.lists(name, max_size=2).map(tuple)),
        scatter=draw(scatter),
        request=draw(request),
        fan_in=draw(st.integers(2, 9)),
    )


@st.composite
def workflows(draw: Any) -> Workflow:
    names = draw(st.lists(name, min_size=1, max_size=4, unique=True))
    made: dict[str, Step | Loop] = {called: draw(steps(called)) for called in names}
    if draw(st.booleans()):
        inner = draw(st.lists(name, min_size=1, max_size=2, unique=True))
        made["loop"] = Loop(
            name="loop",
            steps={called: draw(steps(called)) for called in inner},
            start=draw(st.dictionaries(name, source, max_size=2)),
            carry=draw(st.dictionaries(name, st.builds(Link, name, name), max_size=2)),
            until=draw(st.builds(Link, name, name)),
            key=draw(words.filter(bool)),
            most=draw(st.integers(1, 100)),
        )
    return Workflow("w", made, draw(words))


def readable(workflow: Workflow) -> bool:
    """Tell whether nothing in it is a file to the reader: `step.h5` of no step."""
    from anticline.workflow.document.sources import FILE_SUFFIXES
    from anticline.workflow.order import links

    ports = {link.port for step in workflow.steps.values() for link in links(step)}
    return ports.isdisjoint(FILE_SUFFIXES)


@settings(max_examples=25)
@given(workflow=workflows().filter(readable), json_too=st.booleans())
def test_any_workflow_is_read_as_it_was_written(
    workflow: Workflow, json_too: bool
) -> None:
    path = HERE.with_suffix(".json") if json_too else HERE
    text = text_of_workflow(workflow, path)
    draft = draft_of(text, path, path.parent)
    assert draft.findings == [], text
    found = draft.document.workflow
    assert found == workflow, text
    assert list(found.steps) == list(workflow.steps)
    assert text_of_workflow(draft.document, path) == text


def lines_changed(before: str, after: str) -> list[str]:
    changes = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in changes if line[0] in "+-"]


def change(text: str, path: Path = HERE, **parts: Any) -> str:
    """Change a step of a document; gives its text."""
    document = draft_of(text, HERE, HERE.parent).document
    called = parts.pop("step")
    step = replace(document.workflow.steps[called], **parts)
    workflow = replace(
        document.workflow, steps={**document.workflow.steps, called: step}
    )
    return text_of_workflow(document.changed(workflow), path)


def test_what_has_not_changed_keeps_every_byte() -> None:
    document = draft_of(COMMENTED, HERE, HERE.parent).document
    assert text_of_workflow(document, HERE) == COMMENTED


@pytest.mark.parametrize(
    ("parts", "changes"),
    [
        (
            {"step": "smooth", "parameters": {"length_m": "50 m", "keep": [1, 2]}},
            [
                "-     parameters: {length_m: 100 m,   keep: [1,2]}   # not too much",
                "+     parameters: {length_m: 50 m,   keep: [1,2]}   # not too much",
            ],
        ),
        (
            {"step": "smooth", "parameters": {"length_m": "100 m", "new": True}},
            [
                "-     parameters: {length_m: 100 m,   keep: [1,2]}   # not too much",
                "+     parameters: {length_m: 100 m, new: true}   # not too much",
            ],
        ),
        (
            {"step": "smooth", "request": Request(ranks=2)},
            ["+     ranks: 2"],
        ),
        (
            {"step": "shots", "scatter": Grid({"part": tuple(range(16))})},
            ["-     scatter: {part: [0..3, 8]}", "+     scatter: {part: 0..15}"],
        ),
        (
            {"step": "shots", "request": Request()},
            ["-     queues:", "-       - x86     # the cheap one", "-       - gpu"],
        ),
        (
            {"step": "model", "parameters": {"seed": 7}},
            [
                "-   model: { component: trial.model }         # made here",
                "+   model: {component: trial.model, parameters: {seed: 7}}"
                "         # made here",
            ],
        ),
    ],
)
def test_a_change_changes_its_own_lines_alone(
    parts: dict[str, Any], changes: list[str]
) -> None:
    assert lines_changed(COMMENTED, change(COMMENTED, **parts)) == changes


def test_line_ends_and_letters_of_any_kind_are_kept() -> None:
    text = COMMENTED.replace("\n", "\r\n").replace("made here", "naïve \U0001f30b")
    changed = change(text, step="smooth", request=Request(ranks=2))
    first = text.index("  # one task a part") - 2
    assert changed == text[:first] + "    ranks: 2\r\n" + text[first:]


def test_steps_come_and_go_and_the_others_keep_their_comments() -> None:
    document = draft_of(COMMENTED, HERE, HERE.parent).document
    known = dict(document.workflow.steps)
    del known["smooth"]
    more = Step("more", "trial.stack", inputs={"images": (Link("shots", "image"),)})
    workflow = replace(document.workflow, steps={**known, "more": more}, name="other")
    text = text_of_workflow(document.changed(workflow), HERE)
    assert lines_changed(COMMENTED, text) == [
        "- workflow:   survey          # its name",
        "+ workflow:   other          # its name",
        "-   smooth:",
        "-     component:  trial.smooth",
        "-     inputs:     {model: model.model}",
        "-     parameters: {length_m: 100 m,   keep: [1,2]}   # not too much",
        "+   more:",
        "+     component: trial.stack",
        "+     inputs: {images: [shots.image]}",
    ]


@settings(max_examples=25)
@given(old=st.sampled_from((SURVEY, INVERSION, COMMENTED)), new=workflows())
def test_any_change_of_a_document_reads_as_the_new_workflow(
    old: str, new: Workflow
) -> None:
    """Steps of another workflow take the place of some, with all that they hold."""
    document = draft_of(old, HERE, HERE.parent).document
    names = list(document.workflow.steps)
    mixed = dict(document.workflow.steps)
    for called, step in zip(names, new.steps.values(), strict=False):
        if isinstance(step, Step):
            mixed[called] = replace(step, name=called)
    workflow = Workflow(new.name, {**mixed, **new.steps}, new.summary)
    if not readable(workflow):
        return
    text = text_of_workflow(document.changed(workflow), HERE)
    draft = draft_of(text, HERE, HERE.parent)
    assert (draft.findings, draft.document.workflow) == ([], workflow), text
    if "folder" in document.lines:
        assert draft.document.folder == document.folder


def test_a_document_may_move_with_its_paths(tmp_path: Path) -> None:
    before, after = tmp_path / "a/w.yaml", tmp_path / "b/c/w.yaml"
    for path in (before, after):
        path.parent.mkdir(parents=True)
    before.write_text(
        "workflow: w\nfolder: run\nsteps:\n  a:\n    component: x\n    inputs:\n"
        "      one: sub/one.h5 # beside\n"
        "      two: ../two.h5\n      three: /x/three.h5\n"
    )
    document = read_workflow(before)
    write_workflow(document, after)
    moved = read_workflow(after)
    assert moved.workflow == document.workflow
    assert moved.folder == document.folder
    assert "sub/one.h5 # beside" in after.read_text()
    assert "three: /x/three.h5\n" in after.read_text()


def test_a_workflow_made_in_python_is_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = Step("model", "models.anticline", parameters={"seed": 3})
    shots = Step(
        "shots",
        "seismic.forward",
        inputs={"model": model["model"], "survey": Path("data/survey.h5")},
        scatter=Grid({"part": tuple(range(16))}),
        request=Request(queues=("x86",), memory_gib=4.0),
    )
    update = Step("update", "x.update", inputs={"model": previous("model")})
    loop = Loop(
        name="invert",
        steps={"update": update},
        start={"model": model["model"]},
        carry={"model": update["model"]},
        until=update["report"],
        key="converged",
        most=20,
    )
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows/w.yaml"
    write_workflow(Workflow.of("made", model, shots, loop, summary="in Python"), path)
    assert path.read_text() == (
        "workflow: made\n"
        "summary: in Python\n"
        "steps:\n"
        "  model:\n"
        "    component: models.anticline\n"
        "    parameters: {seed: 3}\n"
        "  shots:\n"
        "    component: seismic.forward\n"
        "    inputs: {model: model.model, survey: ../data/survey.h5}\n"
        "    scatter: {part: 0..15}\n"
        "    queues: [x86]\n"
        "    memory_gib: 4\n"
        "  invert:\n"
        "    repeat:\n"
        "      steps:\n"
        "        update:\n"
        "          component: x.update\n"
        "          inputs: {model: previous.model}\n"
        "      start: {model: model.model}\n"
        "      carry: {model: update.model}\n"
        "      until: update.report\n"
        "      key: converged\n"
        "      most: 20\n"
    )
    assert read_workflow(path).workflow.steps["invert"] == loop


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two steps are named 'a'"):
        Workflow.of("w", Step("a", "x"), Step("a", "y"))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            Step("a", "x", parameters={"p": {1, 2}}),
            "step 'a': parameter 'p': {1, 2} is",
        ),
        (
            Step("a", "x", scatter=Grid({"p": ("0..3",)})),
            "step 'a': scatter 'p': '0..3'",
        ),
        (Step("a", "x", scatter=Grid({"p": ([1],)})), "scatter 'p': [1] cannot be"),
        (Step("a", "x", inputs={"i": Path("${X}/y")}), "would be taken for a variable"),
    ],
)
def test_what_no_document_can_hold_is_refused(
    tmp_path: Path, step: Step, words: str
) -> None:
    with pytest.raises(BadInput) as told:
        write_workflow(Workflow.of("w", step), tmp_path / "w.yaml")
    assert words in str(told.value)
    assert not list(tmp_path.iterdir())


def test_a_document_in_json_is_changed_in_place() -> None:
    text = json.dumps(
        {"workflow": "w", "steps": {"model": {"component": "trial.model"}}}, indent=3
    )
    path = HERE.with_suffix(".json")
    document = draft_of(text, path, path.parent).document
    step = replace(document.workflow.steps["model"], parameters={"seed": 3})
    changed = text_of_workflow(document.changed(Workflow("w", {"model": step})), path)
    assert json.loads(changed)["steps"]["model"]["parameters"] == {"seed": 3}
    assert changed.startswith('{\n   "workflow": "w",\n   "steps": {')


@pytest.mark.parametrize(
    "text", ["\u00cc\x85", "a\u2028b", "\u2029", "x\ufeff", "\x1f\x7f"]
)
def test_what_yaml_takes_for_an_end_of_line_is_kept(text: str) -> None:
    step = Step(name="a", component="trial.model", parameters={"of": text})
    workflow = Workflow("w", {"a": step}, text)
    written = text_of_workflow(workflow, HERE)
    assert draft_of(written, HERE, HERE.parent).document.workflow == workflow
