"""A component's own check speaks before anything runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anticline.component import Case, Component, Output, Report, Resources
from anticline.component.checking import check_case
from anticline.component.registry import resolve
from anticline.errors import BadInput, Failed, Finding

ONE = Component(
    name="trial.one",
    summary="runs on two to four ranks",
    inputs=(),
    outputs=(Output("report", Report, "figures"),),
    parameters=(),
    run="json:dumps",
    resources=Resources(ranks=(2, 4)),
)


def case(component: Component) -> Case:
    outputs = {"report": Path("report.json")}
    return Case(component, {}, outputs, {}, Path("case.yaml"), {"component": 1})


@pytest.mark.parametrize(
    ("ranks", "words"), [(1, ["at least 2"]), (2, []), (4, []), (5, ["at most 4"])]
)
def test_the_number_of_ranks_is_held_to_what_the_component_takes(
    ranks: int, words: list[str]
) -> None:
    assert check_case(case(ONE), ranks) == [
        Finding(
            "case.yaml",
            1,
            f"trial.one runs on {word} ranks, {ranks} are asked for",
        )
        for word in words
    ]


def test_findings_raised_and_returned_are_added_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def check(case: Case, comm_size: int) -> list[Finding]:
        raise BadInput([Finding("model.h5", None, "holds a NaN"), "and more"])

    monkeypatch.setattr("json.check", check, raising=False)
    found = check_case(case(replace(ONE, check="json:check")), 1)
    assert [item.text for item in found[1:]] == ["holds a NaN", "and more"]


def test_a_check_that_raises_is_named_with_its_component_and_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def check(case: Case, comm_size: int) -> list[Finding]:
        msg = "no salt"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("json.check", check, raising=False)
    with pytest.raises(Failed) as told:
        check_case(case(replace(ONE, check="json:check")), 2)
    assert re.fullmatch(
        r"case\.yaml: the check of trial\.one raised ZeroDivisionError: no salt, "
        rf"at {re.escape(__file__)}:\d+",
        str(told.value),
    )


def test_a_check_waits_while_an_input_is_still_to_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def check(case: Case, comm_size: int) -> list[Finding]:
        return [Finding(None, None, case.inputs["data"].read_text())]

    monkeypatch.setattr("json.check", check, raising=False)
    waiting = replace(
        case(replace(ONE, check="json:check")), inputs={"data": tmp_path / "data"}
    )
    assert waiting.awaited() == ["data"]
    assert check_case(waiting, 2) == []
    assert "at least 2" in check_case(waiting, 1)[0].text
    (tmp_path / "data").write_text("too salty")
    assert [item.text for item in check_case(waiting, 2)] == ["too salty"]


@pytest.mark.parametrize("reference", ["no_such_module:run", "json:no_such_function"])
def test_a_driver_that_is_not_there_is_an_import_error(reference: Any) -> None:
    with pytest.raises(ImportError, match="no_such"):
        resolve(reference)
