"""Components whose declarations are all that workflows need to know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    Registry,
    Report,
    Resources,
    ShotGathers,
    VelocityModel,
)
from anticline.workflow.document.reading import Document, draft_of


def component(name: str, *ports: Input | Output, **more: Any) -> Component:
    return Component(
        name=name,
        summary="of the tests",
        inputs=tuple(port for port in ports if isinstance(port, Input)),
        outputs=tuple(port for port in ports if isinstance(port, Output)),
        parameters=more.pop("parameters", ()),
        run="nowhere:run",
        **more,
    )


MODEL_IN, MODEL_OUT = (
    Input("model", VelocityModel, "the medium"),
    Output("model", VelocityModel, "the medium"),
)
GATHERS = Output("gathers", ShotGathers, "of its shots")
COMPONENTS = (
    component(
        "trial.model",
        MODEL_OUT,
        parameters=(Parameter("seed", "int", "of it", default=1, minimum=0),),
    ),
    component(
        "trial.smooth",
        MODEL_IN,
        MODEL_OUT,
        Output("report", Report, "how smooth", optional=True),
        parameters=(
            Parameter("length_m", "float", "of smoothing", unit="m", maximum=1000),
        ),
        resources=Resources(ranks=(1, 1)),
    ),
    component(
        "trial.shots",
        MODEL_IN,
        GATHERS,
        parameters=(
            Parameter("part", "int", "of parts", default=0, minimum=0),
            Parameter("frequency_hz", "float", "peak", default=8.0, unit="Hz"),
        ),
        resources=Resources(ranks=(1, 8)),
    ),
    component(
        "trial.image",
        MODEL_IN,
        Input("gathers", ShotGathers, "of shots"),
        Output("image", Image, "of shots"),
        architectures=("x86_64",),
    ),
    component(
        "trial.stack",
        Input("images", Image, "the terms", many=True),
        Output("image", Image, "the sum"),
        reduces="images",
    ),
    component(
        "trial.list",
        Input("images", Image, "any", many=True),
        Output("report", Report, "of them"),
    ),
    component(
        "trial.update",
        MODEL_IN,
        Input("gathers", ShotGathers, "of all shots", many=True, optional=True),
        MODEL_OUT,
        Output("report", Report, "whether it is enough"),
    ),
)


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.of(COMPONENTS)


def document(text: str, folder: Path = Path("/nowhere")) -> Document:
    """Read a text that has no findings of its own."""
    draft = draft_of(text, folder / "w.yaml", folder)
    assert draft.findings == []
    return draft.document


SURVEY = """\
workflow: survey
steps:
  model: {component: trial.model}
  smooth:
    component: trial.smooth
    inputs: {model: model.model}
    parameters: {length_m: 100 m}
  shots:
    component: trial.shots
    inputs: {model: model.model}
    scatter: {part: 0..9}
  image:
    component: trial.image
    inputs: {model: smooth.model, gathers: shots.gathers}
    scatter: shots
  stack:
    component: trial.stack
    inputs: {images: image.image}
    fan_in: 4
"""
INVERSION = """\
workflow: inversion
steps:
  model: {component: trial.model}
  observed:
    component: trial.shots
    inputs: {model: model.model}
    scatter: {part: 0..2}
  invert:
    repeat:
      steps:
        shots:
          component: trial.shots
          inputs: {model: previous.model}
          scatter: observed
        update:
          component: trial.update
          inputs: {model: previous.model, gathers: [observed.gathers, shots.gathers]}
      start: {model: model.model}
      carry: {model: update.model}
      until: update.report
      key: converged
      most: 5
  smooth:
    component: trial.smooth
    inputs: {model: invert.model}
    parameters: {length_m: 10}
"""
