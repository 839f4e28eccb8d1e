"""The JSON Schema of workflow documents, for editors that complete and check YAML.

    # yaml-language-server: $schema=../../docs/reference/workflow.schema.json

`schema()` is the one of every installation, `schema(registry)` knows the components of
this one: their inputs, outputs and parameters are completed and explained.

Source: JSON Schema draft 7, https://json-schema.org/draft-07.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from anticline.component.declare import Component, Parameter
from anticline.component.registry import Registry
from anticline.workflow.document.loops import MOST_KEY
from anticline.workflow.document.steps import FAN_IN_KEY, REQUEST

DRAFT = "http://json-schema.org/draft-07/schema#"
Schema = dict[str, Any]
_NAME = "^(?!previous$)[a-z][a-z0-9_]*$"
_LINK = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_VALUE = {
    "anyOf": [
        _SCALAR,
        {"type": "array", "items": _SCALAR},
        {"type": "object", "additionalProperties": _SCALAR},
    ]
}
_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "str": "string"}


def schema(registry: Registry | None = None) -> Schema:
    """Give the schema; registry : whose components it knows, None: of any."""
    known = [] if registry is None else list(registry.components.values())
    return {
        "$schema": DRAFT,
        "title": "anticline workflow",
        "description": "Steps of components, linked by their files.",
        "type": "object",
        "required": ["workflow", "steps"],
        "additionalProperties": False,
        "properties": {
            "workflow": _text("Its name.", pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"),
            "summary": _text("What it does, in a line."),
            "folder": _text("Of the run, from this file's folder."),
            "steps": _steps({"$ref": "#/definitions/entry"}, "Steps by name."),
        },
        "definitions": {
            "entry": {
                "if": {"required": ["repeat"]},
                "then": {"$ref": "#/definitions/loop"},
                "else": {"$ref": "#/definitions/step"},
            },
            "source": _source(),
            "step": _step(known),
            "loop": _loop(),
        },
    }


def schema_text(registry: Registry | None = None) -> str:
    """Give the schema as JSON text."""
    return json.dumps(schema(registry), indent=1, ensure_ascii=False) + "\n"


def _text(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "string", **more}


def _steps(entry: Schema, description: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": entry,
    }


def _source() -> Schema:
    text = "Another step's output (step.port), or the path of a file."
    return {"description": text, "type": "string", "minLength": 1}


def _many(each: Schema, least: int = 0) -> Schema:
    return {"anyOf": [each, {"type": "array", "items": each, "minItems": least}]}


def _step(known: Iterable[Component]) -> Schema:
    source = {"$ref": "#/definitions/source"}
    component = _text("What it runs; see: anticline components")
    names = sorted(item.name for item in known)
    if names:
        component["enum"] = names
    values = _many({"type": ["string", "number", "boolean"]}, least=1)
    step: Schema = {
        "type": "object",
        "required": ["component"],
        "additionalProperties": False,
        "properties": {
            "component": component,
            "inputs": {
                "description": "Files by input: step.port, or paths.",
                "type": "object",
                "additionalProperties": _many(source),
            },
            "outputs": {
                "description": "Optional outputs that are written though nothing "
                "reads them.",
                **_NAMES,
            },
            "parameters": {
                "description": "Values by name; a text may have a unit: 8 ms",
                "type": "object",
                "additionalProperties": _VALUE,
            },
            "scatter": {
                "description": "One task for each combination of values "
                "({part: 0..15}), or for each element of another step.",
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": values,
                    },
                ],
            },
            "fan_in": _number(FAN_IN_KEY),
            "queues": {"description": "Acceptable ones, the best first.", **_NAMES},
            **{item.name: _number(item) for item in REQUEST},
        },
    }
    if names:
        step["allOf"] = [_of(item) for item in sorted(known, key=lambda c: c.name)]
    return step


def _number(declared: Parameter) -> Schema:
    unit = f" [{declared.unit}]" if declared.unit else ""
    number: Schema = {"type": _TYPES[declared.kind]}
    if declared.minimum is not None:
        number["minimum"] = declared.minimum
    if declared.maximum is not None:
        number["maximum"] = declared.maximum
    text = f"{declared.summary}{unit}."
    if not declared.unit:
        return {"description": text, **number}
    return {"description": text, "anyOf": [number, {"type": "string"}]}


def _loop() -> Schema:
    source, link = {"$ref": "#/definitions/source"}, _text("step.port", pattern=_LINK)
    keys = {
        "steps": _steps({"$ref": "#/definitions/step"}, "Steps of an iteration."),
        "start": {
            "description": "What previous.NAME is in the first iteration.",
            "type": "object",
            "additionalProperties": source,
        },
        "carry": {
            "description": "Which output previous.NAME is in the next iteration.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": link,
        },
        "until": _text("A report of an iteration.", pattern=_LINK),
        "key": _text("The name in it that is true when it is enough."),
        "most": _number(MOST_KEY),
    }
    required = [name for name in keys if name != "start"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "repeat": {
                "description": "Steps that are repeated until it is enough.",
                "type": "object",
                "required": required,
                "additionalProperties": False,
                "properties": keys,
            }
        },
    }


def _of(component: Component) -> Schema:
    """Give what is known of steps that run a component."""
    inputs = {
        item.name: {"description": f"{item.type.name}: {item.summary}"}
        for item in component.inputs
    }
    parameters = {item.name: _value(item) for item in component.parameters}
    then: Schema = {
        "properties": {
            "inputs": {"properties": inputs, "propertyNames": {"enum": list(inputs)}},
            "parameters": {
                "properties": parameters,
                "propertyNames": {"enum": list(parameters)},
            },
        }
    }
    needed = [item.name for item in component.inputs if not item.optional]
    if needed:
        then["required"] = ["inputs"]
        then["properties"]["inputs"]["required"] = needed
    named = {"properties": {"component": {"const": component.name}}}
    return {"if": named, "then": then}


def _value(declared: Parameter) -> Schema:
    unit = f" [{declared.unit}]" if declared.unit else ""
    kind = declared.kind
    made: Schema = {"description": f"{declared.summary}{unit} ({kind})"}
    if declared.choices is not None and kind in _TYPES:
        made["enum"] = list(declared.choices)
        if not declared.required and declared.default is None:
            made["enum"].append(None)
        return made
    types = [_TYPES[kind]] if kind in _TYPES and not declared.unit else []
    if types and not declared.required and declared.default is None:
        types.append("null")
    return made | ({"type": types} if types else {})
