"""A component of the tests, and case files for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anticline.component import (
    Component,
    Image,
    Input,
    Output,
    Parameter,
    Registry,
    Report,
    ShotGathers,
    VelocityModel,
)

MIGRATE = Component(
    name="trial.migrate",
    summary="migrate",
    inputs=(
        Input("model", VelocityModel, "the medium"),
        Input("gathers", ShotGathers, "the data"),
        Input("mute", Report, "a mute", optional=True),
    ),
    outputs=(
        Output("image", Image, "the image"),
        Output("report", Report, "figures", optional=True),
    ),
    parameters=(
        Parameter("peak_frequency_hz", "float", "source", unit="Hz", minimum=0.1),
        Parameter("space_order", "int", "order", default=8, choices=(2, 4, 8, 12, 16)),
        Parameter("free_surface", "bool", "reflecting top", default=False),
        Parameter("interval_s", "float", "imaging", default=None, unit="s"),
        Parameter("memory_bytes", "int", "budget", default="1 GiB", unit="bytes"),
        Parameter("condition", "str", "kind", default="a", choices=("a", "b")),
        Parameter("offsets_m", "list[float]", "used", default=(), unit="m", minimum=0),
    ),
    run="trial:run",
)


@pytest.fixture
def registry() -> Registry:
    return Registry.of([MIGRATE])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the inputs of a case."""
    (tmp_path / "model.h5").write_bytes(b"model")
    (tmp_path / "gathers.h5").write_bytes(b"gathers")
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = folder / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
