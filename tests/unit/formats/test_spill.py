"""Snapshots that memory has no room for lie in a file, and come back the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.formats.spill import OverflowingSnapshots, SpilledSnapshots
from anticline_solvers.numerics.storage import EncodedSnapshots

TOLERANCE = 1e-4
SHAPE = (24, 30)


def snapshots(n):
    draw = np.random.default_rng(n)
    smooth = np.cumsum(draw.standard_normal((n, *SHAPE)), axis=-1)
    return smooth.astype(np.float32)


def filled(store, fields):
    for k, field in enumerate(fields):
        store.put(k, field)
    return store


def handed_out(store):
    out = []
    for k in reversed(store.held()):
        out.append(store.take(k).copy())
        store.drop(k)
    return out


@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 12), share=st.floats(0.0, 1.2))
def test_where_a_snapshot_lies_does_not_change_it(tmp_path_factory, n, share):
    fields = snapshots(n)
    whole = filled(EncodedSnapshots(TOLERANCE), fields)
    room = int(share * whole.held_bytes)
    folder = tmp_path_factory.mktemp("spilled")
    store = filled(OverflowingSnapshots(folder, TOLERANCE, room), fields)
    assert store.held() == list(range(n))
    largest = max(filled(EncodedSnapshots(TOLERANCE), [f]).held_bytes for f in fields)
    assert store.held_bytes <= room + largest
    for there, here in zip(handed_out(store), handed_out(whole), strict=True):
        np.testing.assert_array_equal(there, here)
    assert store.held() == []
    store.close()


def test_no_file_is_made_where_memory_has_room(tmp_path):
    folder = tmp_path / "not needed"
    store = filled(OverflowingSnapshots(folder, TOLERANCE, 10**9), snapshots(3))
    assert store.file_bytes == 0
    assert not folder.exists()
    store.close()


def test_a_file_of_snapshots_leaves_no_trace_in_its_folder(tmp_path):
    store = filled(OverflowingSnapshots(tmp_path, TOLERANCE, 0), snapshots(4))
    assert store.file_bytes > 0
    assert not list(tmp_path.iterdir())
    store.close()


@pytest.mark.parametrize("tolerance", [0.0, TOLERANCE])
def test_a_place_given_back_is_written_again(tmp_path, tolerance):
    first, second = snapshots(2)
    store = filled(SpilledSnapshots(tmp_path, tolerance), [first])
    used = store.file_bytes
    store.drop(0)
    store.put(0, first)
    assert store.file_bytes == used
    store.put(1, second)
    error = np.abs(store.take(1) - second).max() / np.abs(second).max()
    assert error <= 10 * tolerance
    store.close()
