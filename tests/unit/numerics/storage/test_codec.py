"""Fields in few bits: within their tolerance, the same on any number of threads."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.numerics.storage.codec import EDGE, tables
from anticline_solvers.numerics.storage.encoded import Coder, EncodedSnapshots

SHAPES = [(64, 48), (37, 50), (1, 1), (16, 3), (24, 16, 8), (9, 17, 11), (1, 2, 3)]


def wavefield(shape, cells_a_wavelength=10.0):
    """Waves from a point: what a snapshot looks like."""
    axes = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    r = np.sqrt(sum((x - 0.4 * n) ** 2 for x, n in zip(axes, shape, strict=True)))
    wave = np.sin(2 * np.pi * r / cells_a_wavelength) / (1 + r)
    return wave.astype(np.float32)


def decoded(field, tolerance):
    coder = Coder(tolerance)
    encoded = coder.encode(field)
    return coder.decode(encoded, field.shape).copy(), encoded


def blocks_of(values):
    """Largest root mean square over the blocks that lie wholly within a field."""
    edge = EDGE[values.ndim]
    whole = tuple(slice(0, n // edge * edge) for n in values.shape)
    inside = values[whole].astype(np.float64)
    shape = [part for n in inside.shape for part in (n // edge, edge)]
    axes = tuple(range(1, 2 * values.ndim, 2))
    squares = np.square(inside.reshape(shape)).mean(axis=axes)
    return np.sqrt(squares.max(initial=0.0))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_a_fields_error_is_within_its_tolerance_of_its_maximum(shape, tolerance):
    field = wavefield(shape) * 3e-5
    found, _ = decoded(field, tolerance)
    peak = np.abs(field).max()
    assert np.abs(found - field).max() <= 4 * (tolerance + 2e-7) * peak
    assert blocks_of(found - field) <= (0.5 * tolerance + 2e-7) * peak


@given(
    shape=st.sampled_from(SHAPES),
    seed=st.integers(0, 99),
    tolerance=st.floats(1e-7, 0.5),
)
@settings(deadline=None, max_examples=60)
def test_noise_comes_back_too(shape, seed, tolerance):
    field = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    found, _ = decoded(field, tolerance)
    bound = EDGE[len(shape)] ** (0.5 * len(shape)) * (0.5 * tolerance + 1e-6)
    assert np.abs(found - field).max() <= bound * np.abs(field).max()


@pytest.mark.parametrize(
    ("shape", "tolerance", "ratio"),
    [((256, 256), 1e-4, 6), ((256, 256), 1e-5, 4), ((64, 64, 64), 1e-5, 4)],
)
def test_a_wave_of_ten_cells_a_wavelength_shrinks(shape, tolerance, ratio):
    field = wavefield(shape)
    _, encoded = decoded(field, tolerance)
    assert field.nbytes > ratio * encoded.nbytes


def test_silence_takes_next_to_nothing():
    field = np.zeros((160, 160), np.float32)
    found, encoded = decoded(field, 1e-4)
    assert not found.any()
    assert encoded.nbytes < 200
    field[3, 5] = 1e-43  # below the normal numbers, which count as zero
    assert not decoded(field, 1e-4)[0].any()


def test_a_field_with_no_cells_is_kept_too():
    store = EncodedSnapshots(1e-4)
    store.put(0, np.empty((0, 5), np.float32))
    assert store.take(0).shape == (0, 5)


def test_a_part_of_a_larger_array_is_encoded_as_its_copy():
    whole = wavefield((60, 70))
    part = whole[5:47, 3:61]
    assert decoded(part, 1e-4)[1].words.tobytes() == (
        decoded(part.copy(), 1e-4)[1].words.tobytes()
    )


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread here")
@pytest.mark.parametrize("shape", [(100, 60), (40, 30, 20)])
def test_threads_do_not_matter(shape):
    before = numba.get_num_threads()
    found = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append(decoded(wavefield(shape), 1e-5)[1])
    numba.set_num_threads(before)
    assert found[0].words.tobytes() == found[1].words.tobytes()


@pytest.mark.parametrize("ndim", [2, 3])
def test_the_transform_keeps_lengths_and_the_order_names_each_coefficient_once(ndim):
    found = tables(ndim)
    identity = found.transform @ found.transform.T
    np.testing.assert_allclose(identity, np.eye(EDGE[ndim]), atol=1e-6)
    assert sorted(found.order) == list(range(EDGE[ndim] ** ndim))
    assert found.starts[0] == 0
    assert found.starts[-1] == EDGE[ndim] ** ndim
    assert len(found.starts) - 1 <= 15
