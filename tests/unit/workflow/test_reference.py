"""The page about workflows shows what works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anticline.component import Registry
from anticline.workflow import read_workflow
from anticline.workflow.check.whole import check_workflow
from anticline.workflow.document.loops import REPEAT_KEYS
from anticline.workflow.document.reading import draft_of
from anticline.workflow.document.steps import STEP_KEYS
from anticline.workflow.tasks.expand import expand

PAGE = Path("docs/reference/workflow.md")


def blocks(language: str) -> list[str]:
    """The indented blocks of the page that begin with a word."""
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE.read_text(), re.MULTILINE)
    texts = [re.sub("^    ", "", block, flags=re.MULTILINE) for block in found]
    return [text for text in texts if text.lstrip().startswith(language)]


def test_its_workflow_has_no_findings() -> None:
    (text,) = blocks("# yaml-language-server")
    draft = draft_of(text, Path("survey.yaml"), Path())
    registry = Registry.discover()
    assert draft.findings == []
    assert check_workflow(draft.document, registry) == []
    assert len(expand(draft.document.workflow, registry)) == 3 + 16 + 16 + 3


def test_its_python_writes_and_changes_a_workflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = blocks("from ")
    monkeypatch.chdir(tmp_path)
    names = {"Path": Path}
    exec(compile(first, "page", "exec"), names)
    before = read_workflow(Path("survey.yaml"))
    exec(compile(second, "page", "exec"), names)
    after = read_workflow(Path("survey.yaml"))
    assert list(before.workflow.steps) == ["model", "shots", "image", "stack"]
    assert after.text == before.text + "    fan_in: 4\n"


@pytest.mark.parametrize("key", [*STEP_KEYS, *REPEAT_KEYS])
def test_it_tells_of_every_key(key: str) -> None:
    rows = [line.split("|")[1] for line in PAGE.read_text().splitlines() if "|" in line]
    assert any(f"`{key}`" in row for row in rows)
