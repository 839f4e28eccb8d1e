"""Every operator is linear, and its adjoint is its transpose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anticline_solvers.seismic import conditioning
from anticline_solvers.seismic.conditioning import mutes, windows
from anticline_solvers.seismic.conditioning.band_pass import BandPass
from anticline_solvers.seismic.conditioning.operators import Chain, Diagonal
from conditioned import EVERYTHING, parameters, survey

OFFSETS_M = np.linspace(0.0, 1900.0, 20)
N, DT = 500, 0.004

OPERATORS = {
    "diagonal": Diagonal(np.random.default_rng(0).normal(size=(20, N))),
    "band pass": BandPass(DT, (3.0, 5.0), (10.0, 12.0)),
    "low cut": BandPass(DT, (3.0, 5.0)),
    "high cut": BandPass(DT, None, (10.0, 12.0)),
    "top mute": mutes.top(OFFSETS_M, N, DT, 1500.0, 0.1, 0.2),
    "bottom mute": mutes.bottom(OFFSETS_M, N, DT, 1500.0, 0.3, 0.2),
    "time window": windows.window(N, DT, 0.2, 1.4, 0.1),
    "decay": windows.decay(N, DT, 0.7),
    "chain": conditioning.of(parameters(**EVERYTHING), survey().shots[1], survey()),
}


def gathers(seed, n=N):
    return np.random.default_rng(seed).normal(size=(2, 20, n))


def mismatch(operator, x, y):
    """|<A x, y> - <x, A^T y>| / (|A x| |y|)."""
    there = operator.apply(x)
    gap = (there * y).sum() - (x * operator.adjoint(y)).sum()
    return abs(gap) / (np.linalg.norm(there) * np.linalg.norm(y))


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_the_adjoint_is_the_transpose(operator, seed):
    assert mismatch(operator, *gathers(seed)) <= 1e-12


@settings(max_examples=30)
@given(
    n=st.integers(2, 300),
    corners=st.tuples(*[st.floats(0.0, 60.0)] * 4).map(sorted),
    seed=st.integers(0, 10**6),
)
def test_a_band_pass_of_any_length_is_its_own_transpose(n, corners, seed):
    operator = BandPass(DT, tuple(corners[:2]), tuple(corners[2:]))
    x, y = gathers(seed, n)
    gap = (operator.apply(x) * y).sum() - (x * operator.adjoint(y)).sum()
    assert abs(gap) <= 1e-12 * np.linalg.norm(x) * np.linalg.norm(y)


@settings(max_examples=30)
@given(
    top=st.floats(500.0, 6000.0),
    bottom=st.floats(100.0, 6000.0),
    delay=st.floats(-0.5, 0.8),
    tau=st.floats(0.01, 10.0),
    power=st.floats(-3.0, 3.0),
    nearest=st.floats(0.0, 900.0),
    seed=st.integers(0, 10**6),
)
def test_a_chain_of_any_parameters_is_transposed(
    top, bottom, delay, tau, power, nearest, seed
):
    given_ = EVERYTHING | {
        "top_mute_velocity_m_s": top,
        "bottom_mute_velocity_m_s": bottom,
        "top_mute_delay_s": delay,
        "time_decay_s": tau,
        "offset_power": power,
        "offset_from_m": nearest,
    }
    chain = conditioning.of(parameters(**given_), survey().shots[0], survey())
    x, y = gathers(seed)
    gap = (chain.apply(x) * y).sum() - (x * chain.adjoint(y)).sum()
    assert abs(gap) <= 1e-12 * np.linalg.norm(x) * np.linalg.norm(y)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_an_operator_is_linear_and_leaves_what_it_is_given(operator):
    x, y = gathers(3)
    kept = x.copy()
    both = operator.apply(2.0 * x - 3.0 * y)
    apart = 2.0 * operator.apply(x) - 3.0 * operator.apply(y)
    np.testing.assert_allclose(both, apart, atol=1e-12 * np.abs(apart).max())
    assert (x == kept).all()


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_float32_traces_are_computed_in_float64(operator):
    x = gathers(4)[0].astype(np.float32)
    found = operator.apply(x)
    assert found.dtype == np.float64
    assert (found == operator.apply(x.astype(np.float64))).all()


def test_a_chain_applies_its_operators_in_order():
    window, band = windows.window(N, DT, 0.2, 1.4, 0.1), OPERATORS["band pass"]
    x = gathers(5)[0]
    chain = Chain((band, window), np.ones(20))
    assert (chain.apply(x) == window.apply(band.apply(x))).all()
    assert (chain.adjoint(x) == band.adjoint(window.adjoint(x))).all()


def test_a_chain_of_nothing_changes_nothing_and_gives_a_copy():
    chain = conditioning.of(parameters(), survey().shots[0], survey())
    x = gathers(6)[0]
    found = chain.apply(x)
    assert (found == x).all()
    assert not np.shares_memory(found, x)
    assert (chain.weights == 1.0).all()


def test_weights_multiply_and_those_of_zero_silence_their_traces():
    chain = Chain((), np.full(20, 2.0)).weighted(np.arange(20.0))
    assert chain.weights.tolist() == (2.0 * np.arange(20)).tolist()
    found = chain.apply(np.ones((20, 5)))
    assert (found[0] == 0.0).all()
    assert (found[1:] == 1.0).all()
