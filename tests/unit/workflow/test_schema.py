"""The schema that editors check workflow documents by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from anticline.component import Registry
from anticline.workflow.document.plain import tree_of, with_texts
from anticline.workflow.document.schema import schema, schema_text
from anticline.workflow.document.steps import STEP_KEYS
from anticline.workflow.graph import Workflow
from unit.workflow.conftest import COMPONENTS, INVERSION, SURVEY
from unit.workflow.test_writing import workflows

PUBLISHED = Path("docs/reference/workflow.schema.json")
Check = Callable[[Any], Any]


@pytest.fixture(scope="module")
def check(needs: Any) -> Check:
    return needs.module("fastjsonschema").compile(schema())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def known(needs: Any) -> Check:
    made = schema(Registry.of(COMPONENTS))
    return needs.module("fastjsonschema").compile(made)  # type: ignore[no-any-return]


def plain(text: str) -> Any:
    from ruamel.yaml import YAML

    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def test_the_published_schema_is_this_one() -> None:
    """Write it anew with: anticline schema --plain > docs/reference/..."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_it_has_every_key_of_a_step() -> None:
    step = schema()["definitions"]["step"]
    assert sorted(step["properties"]) == sorted(STEP_KEYS)
    assert all(item["description"] for item in step["properties"].values())


@pytest.mark.parametrize("text", [SURVEY, INVERSION])
def test_sound_workflows_satisfy_it(check: Check, known: Check, text: str) -> None:
    check(plain(text))
    known(plain(text))


@settings(max_examples=25)
@given(workflow=workflows())
def test_any_workflow_that_is_written_satisfies_it(
    check: Check, workflow: Workflow
) -> None:
    entries = [step for step in workflow.steps.values() if hasattr(step, "carry")]
    if all(loop.carry for loop in entries):
        check(json.loads(json.dumps(with_texts(tree_of(workflow), Path("/nowhere")))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("workflow: survey", "worklow: survey"),
        ("component: trial.image", "componnt: trial.image"),
        ("scatter: shots", "scatter: 3"),
        ("fan_in: 4", "fan_in: 1"),
        ("fan_in: 4", "ranks: many"),
        ("  stack:", "  Stack:"),
    ],
)
def test_what_the_reader_refuses_fails_it(check: Check, old: str, new: str) -> None:
    assert old in SURVEY
    with pytest.raises(ValueError, match="data"):
        check(plain(SURVEY.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("trial.image", "trial.imago"),
        ("{length_m: 100 m}", "{lenth_m: 100 m}"),
        ("{model: smooth.model,", "{modl: smooth.model,"),
        ("{images: image.image}", "{}"),
    ],
)
def test_one_that_knows_components_finds_their_names(
    check: Check, known: Check, old: str, new: str
) -> None:
    assert old in SURVEY
    text = SURVEY.replace(old, new)
    check(plain(text))
    with pytest.raises(ValueError, match="data"):
        known(plain(text))
