"""A state on disk is whole or told as broken, and gives back what was put in."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline.errors import BadInput
from anticline_solvers.reservoir.snapshot import Snapshot
from anticline_solvers.reservoir.state_files import fingerprint, load, newest, save
from reservoirs import box, reservoir

CASE, HERE = "a" * 64, "b" * 64


def some_state(report=3):
    random = np.random.default_rng(report)
    return Snapshot(
        report=report,
        time_s=86400.0 * report,
        next_s=3600.0,
        pressure=random.random(12) * 1e7,
        sw=random.random(12),
        sg=random.random(12),
        rs=random.random(12) * 100,
        free=random.random(12) < 0.5,
        names=("P/1", "I"),
        rates=random.random((2, 5)),
        produced=random.random((2, 3)),
        injected=random.random((2, 3)),
        bores={"P/1": random.random(6)},
    )


def test_a_state_is_read_as_it_was_written(tmp_path):
    state = some_state()
    found = load(save(tmp_path, state, CASE, HERE), HERE)
    for field in fields(Snapshot):
        put, got = getattr(state, field.name), getattr(found, field.name)
        if field.name == "bores":
            assert set(put) == set(got)
            put, got = put["P/1"], got["P/1"]
        assert np.array_equal(put, got), field.name


@settings(max_examples=25)
@given(st.floats(0.0, 1.0, exclude_max=True), st.booleans())
def test_a_torn_or_changed_state_is_never_read_as_whole(tmp_path_factory, place, torn):
    folder = tmp_path_factory.mktemp("states")
    path = save(folder, some_state(), CASE, HERE)
    content = bytearray(path.read_bytes())
    at = int(place * len(content))
    if torn:
        path.write_bytes(content[:at])
    else:
        content[at] ^= 0x5A
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"needed|another"):
        load(path, HERE)


def test_the_newest_whole_state_of_the_same_reservoir_is_taken(tmp_path):
    for report in (1, 2):
        save(tmp_path, some_state(report), CASE, HERE)
    save(tmp_path, some_state(3), CASE, "c" * 64)
    torn = save(tmp_path, some_state(4), CASE, HERE)
    torn.write_bytes(torn.read_bytes()[:-1])
    found = newest(tmp_path, HERE)
    assert found is not None
    assert found.report == 2
    assert newest(tmp_path / "none", HERE) is None


def test_a_state_of_another_reservoir_is_refused_by_name(tmp_path):
    path = save(tmp_path, some_state(), CASE, HERE)
    with pytest.raises(BadInput, match="another reservoir"):
        load(path, "c" * 64)


def test_a_reservoirs_digest_is_of_its_rock_not_of_its_schedule():
    one = reservoir(box((2, 2, 1)))
    other = replace(one, grid=replace(one.grid, depth=one.grid.depth + 1.0))
    assert fingerprint(one) == fingerprint(replace(one, title="again"))
    assert fingerprint(one) != fingerprint(other)
