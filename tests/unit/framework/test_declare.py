"""A declaration that contradicts itself is refused when it is made."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from anticline.component import (
    REQUIRED,
    Component,
    DeclarationError,
    Input,
    Output,
    Parameter,
    PortType,
    Report,
    Resources,
    VelocityModel,
)

GIVES = (Output("report", Report, "figures"),)


def declared(**changes: Any) -> Component:
    whole: dict[str, Any] = {
        "name": "trial.one",
        "summary": "does it",
        "inputs": (),
        "outputs": GIVES,
        "parameters": (),
        "run": "trial:run",
    }
    return Component(**(whole | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "double"}, "kind 'double' is not one of bool, int"),
        ({"name": "Space Order"}, "lower-case letters"),
        ({"default": 20, "maximum": 16}, "default 20 found, at most 16 is needed"),
        ({"default": 3, "choices": (2, 4)}, "one of 2, 4 is needed"),
        ({"default": "eight"}, "'eight' is no number"),
        ({"default": True}, "true found, a whole number is needed"),
        ({"unit": "parsec"}, "unit 'parsec' is not one of"),
        ({"minimum": 3, "maximum": 2}, "minimum 3 is above maximum 2"),
        ({"kind": "str", "unit": "m"}, "a str has no unit and no bounds"),
        ({"choices": [1, 2]}, "choices must be a tuple"),
        ({"kind": "list[int]", "default": [1, 2.5]}, "item 2: 2.5 found"),
        ({"kind": "map[int]", "default": [1]}, "'name: value' pairs are needed"),
        ({"kind": "map[int]", "default": {"x": 1.5}}, "x: 1.5 found"),
        ({"kind": "map[int]", "default": {"x": 9}, "maximum": 8}, "9 found, at most"),
        ({"kind": "map[int]", "default": {"x": 9}, "choices": ("y",)}, "one of y"),
    ],
)
def test_a_parameter_that_contradicts_itself_is_refused(
    changes: dict[str, Any], words: str
) -> None:
    whole: dict[str, Any] = {"name": "order", "kind": "int", "summary": "order"}
    with pytest.raises(DeclarationError) as told:
        Parameter(**(whole | changes))
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "RTM"}, "lower-case words and dots"),
        ({"outputs": ()}, "at least one output"),
        ({"outputs": GIVES + GIVES}, "outputs name 'report' twice"),
        ({"inputs": [1]}, "inputs must be a tuple"),
        ({"inputs": GIVES}, "is no Input"),
        ({"run": "trial.run"}, "'trial.run' is not 'package.module:function'"),
        ({"check": "check"}, "'check' is not 'package.module:function'"),
    ],
)
def test_a_component_that_contradicts_itself_is_refused(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(DeclarationError) as told:
        declared(**changes)
    assert words in str(told.value)


def test_a_port_needs_a_port_type() -> None:
    with pytest.raises(DeclarationError, match="is no PortType"):
        Input("model", "VelocityModel", "a medium")  # type: ignore[arg-type]


def test_port_types_are_equal_by_value() -> None:
    other = PortType(**vars(VelocityModel))
    assert other == VelocityModel
    with pytest.raises(ValueError, match=r"needs a \."):
        PortType("Model", "h5", "x/1", "m/s", "a model")


@pytest.mark.parametrize(
    "wrong",
    [{"ranks": (0, 1)}, {"ranks": (4, 2)}, {"gpu": "yes"}, {"bytes_per_cell": -1}],
)
def test_impossible_resources_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"ranks|gpu|bytes_per_cell"):
        Resources(**wrong)


def test_required_survives_being_sent_between_ranks() -> None:
    component = declared(parameters=(Parameter("count", "int", "how many"),))
    sent = pickle.loads(pickle.dumps(component))
    assert sent == component
    assert sent.parameters[0].default is REQUIRED
