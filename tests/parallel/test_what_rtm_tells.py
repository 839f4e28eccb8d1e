"""The log of a migration: short, and with a warning where one is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from surveys import GRID, WORLD, Line, drive, made_line

RANKS = pytest.mark.parallel([1, 2])


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    yield made_line(tmp_path_factory, GRID, 90.0)
    WORLD.Barrier()


def told(line: Line, capfd: Any, name: str, gathers: str = "g.h5", **given: Any) -> str:
    made = line.rtm(name, **given)
    made = replace(made, inputs=made.inputs | {"gathers": line.folder / gathers})
    capfd.readouterr()
    drive(made, WORLD)
    return "".join(WORLD.allgather(capfd.readouterr().err))


@RANKS
def test_storage_is_told_once_however_many_windows_there_are(line, capfd):
    rolling = {"aperture_m": 0.0, "ranks_per_shot": 1, "storage": "memory"}
    text = told(line, capfd, "once.h5", **rolling)
    assert text.count("source wavefield: memory") == 1


@RANKS
def test_gathers_of_another_surface_are_migrated_with_a_warning(line, capfd):
    assert "warning" not in told(line, capfd, "same.h5")
    drive(line.forward("wet.h5", free_surface=True), WORLD)
    text = told(line, capfd, "dry.h5", "wet.h5")
    assert text.count("warning: seismic.forward modelled these gathers with") == 1
    assert "free_surface: true, and they are migrated with free_surface: false" in text
    assert "warning" not in told(line, capfd, "both.h5", "wet.h5", free_surface=True)
