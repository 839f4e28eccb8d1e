"""What a shot takes, and what a process may take."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anticline_solvers.acoustic.propagator import AcousticPropagator
from anticline_solvers.backends import free_memory
from anticline_solvers.domain.grid import Grid
from anticline_solvers.seismic import capacity
from anticline_solvers.seismic.modelling import boundary_of

PARAMETERS = {"absorbing_cells": 20, "free_surface": False}


def test_the_estimate_is_below_what_a_run_takes_and_above_half_of_it():
    grid = Grid((200, 150), (10.0, 10.0), (0.0, 0.0))
    velocity = np.full(grid.shape, 1500.0, np.float32)
    propagator = AcousticPropagator(
        grid, velocity, 0.001, boundary=boundary_of(PARAMETERS)
    )
    state = propagator.start()
    arrays = (*state.waves, *state.memories, velocity)
    taken = sum(array.nbytes for array in arrays)
    estimate = capacity.run_bytes(grid.shape, PARAMETERS, imaging=False)
    assert 0.5 * taken < estimate < taken


def group(root: Path, inside: str, limit: str, used: int, cached: int) -> None:
    folder = root / inside
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    stat = f"anon 7\ninactive_file {cached}\nactive_file 0\n"
    (folder / "memory.stat").write_text(stat)


def test_the_tightest_control_group_decides_and_file_pages_count_as_free(
    tmp_path, monkeypatch
):
    member = tmp_path / "cgroup"
    member.write_text("0::/job/step\n")
    group(tmp_path, "job/step", "max", 600, 0)
    group(tmp_path, "job", "1000", 600, 100)
    monkeypatch.setattr(free_memory, "GROUPS", tmp_path)
    monkeypatch.setattr(free_memory, "MEMBERSHIP", member)
    assert free_memory.free_bytes() == 500
    group(tmp_path, "job", "100", 600, 100)
    assert free_memory.free_bytes() == 0
    group(tmp_path, "job", "max", 600, 100)
    assert free_memory.free_bytes() > 1000


def test_the_older_control_groups_are_respected(tmp_path, monkeypatch):
    member = tmp_path / "cgroup"
    member.write_text("5:cpu,cpuacct:/other\n4:memory:/job\n0::/\n")
    folder = tmp_path / "memory" / "job"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text("1000")
    (folder / "memory.usage_in_bytes").write_text("900")
    (folder / "memory.stat").write_text("cache 9\ntotal_inactive_file 50\n")
    monkeypatch.setattr(free_memory, "GROUPS", tmp_path)
    monkeypatch.setattr(free_memory, "MEMBERSHIP", member)
    assert free_memory.free_bytes() == 150
