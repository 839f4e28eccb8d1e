"""The pages name every keyword, component and parameter, with its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anticline_solvers.reservoir.components import COMPONENTS
from anticline_solvers.reservoir.deck import curves
from anticline_solvers.reservoir.deck.keywords import SECTIONS
from anticline_solvers.reservoir.deck.supported import DONE, HARMLESS

PAGES = Path(__file__).parents[3] / "docs/reference"
DECKS = (PAGES / "reservoir_decks.md").read_text("utf-8")
RESERVOIR = (PAGES / "reservoir.md").read_text("utf-8")
FILES = (PAGES / "files.md").read_text("utf-8")


def named(heading: str) -> set[str]:
    """Keywords in the tables below a heading of the page on decks."""
    part = DECKS.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [row for row in part.splitlines() if row.startswith("|")]
    return set(re.findall(r"`([A-Z0-9-]+)`", " ".join(rows)))


@pytest.mark.parametrize(
    ("heading", "keywords"),
    [
        ("Done", DONE - set(SECTIONS)),
        ("Change nothing", set(HARMLESS)),
        ("Curves", curves.FIELD | curves.WELL | set(curves.BLOCK)),
    ],
)
def test_the_page_names_the_keywords_that_the_reader_knows_and_no_others(
    heading, keywords
):
    assert named(heading) == set(keywords)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda one: one.name)
def test_every_port_and_parameter_has_a_row_with_its_default(component):
    part = RESERVOIR.partition(f"\n## {component.name}\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (?:`?)(\w+)(?:`?) \|(.*)\|$", part, re.MULTILINE))
    ports = {one.name for one in (*component.inputs, *component.outputs)}
    assert ports | {one.name for one in component.parameters} <= set(rows)
    for parameter in component.parameters:
        told = rows[parameter.name].rsplit("|", 1)[1]
        default = parameter.default
        if isinstance(default, float | int | str):
            assert (f"{default:g}" if isinstance(default, float) else default) == (
                type(default)(told) if isinstance(default, int) else told.strip()
            )


def test_the_page_of_files_names_every_format_of_the_reservoir():
    for name in (
        "anticline-reservoir/1",
        "anticline-curves/1",
        "anticline-reservoir-states/1",
        "anticline-reservoir-state/1",
    ):
        assert f"## `{name}`" in FILES
