"""A state is kept with all its bits, or refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from anticline.errors import BadInput
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.geometry import Frame
from anticline_solvers.formats.inversion import (
    Kept,
    read_history,
    read_state,
    write_state,
)
from anticline_solvers.formats.model import write_model
from anticline_solvers.inversion import kept, machine
from anticline_solvers.inversion.box import Box
from anticline_solvers.inversion.problem import Problem
from anticline_solvers.inversion.settings import Settings

GRID = Grid((7, 5), (20.0, 10.0), (100.0, 0.0))
RANDOM = np.random.default_rng(4)
TRUE = RANDOM.uniform(1800.0, 2600.0, GRID.shape).astype(np.float32).astype(float)
START = np.full(GRID.shape, 2000.0)
SPAN = RANDOM.uniform(0.5, 2.0, GRID.shape)
KINDS = {
    "lbfgs": {"method": "lbfgs", "memory": 3, "first_change": 0.02},
    "lbfgs, subsets": {"method": "lbfgs", "subsets": True, "first_change": 0.02},
    "nlcg": {"method": "nlcg", "first_change": 0.2},
    "cg": {"method": "cg", "tikhonov": 1e-4, "damping": 0.01},
    "terms": {"tikhonov": 0.01, "total_variation": 0.01, "first_change": 0.05},
}


def found_problem(settings):
    box = Box.none(GRID.shape)
    if settings.method != "cg":
        box = Box(START - 150.0, START + 400.0)
    return Problem(
        START,
        box,
        GRID.spacing_m,
        "vp",
        reference=START + 1.0,
        local_smoothing_m=START / 100.0,
    )


def misfit(state):
    """A bowl in sinh, coupled, not finite far away, another one each iteration."""
    apart = (state.asked - TRUE) / 200.0
    if state.settings.method != "cg" and np.abs(apart).max() > 8.0:
        return np.nan, np.full(GRID.shape, np.nan)
    if state.settings.method == "cg":
        value, slope = 0.5 * float(np.sum(SPAN * apart**2)), SPAN * apart
    else:
        value, slope = float(np.sum(SPAN * np.cosh(apart))), SPAN * np.sinh(apart)
    share = 1.0 + (0.1 * (state.iteration % 3) if state.settings.subsets else 0.0)
    return share * value, share * slope / 200.0


def advance(state):
    value, slope = misfit(state)
    heard = 1.0 + np.abs(np.sin(state.asked))
    return machine.advance(state, value, slope, heard)


def bits(state):
    arrays = {name: array.tobytes() for name, array in kept.arrays_of(state).items()}
    history = {name: a.tobytes() for name, a in kept.history_of(state).items()}
    return arrays, history, repr(kept.document_of(state))


def through_a_file(state, path):
    write_state(
        path,
        Kept(
            kept.document_of(state),
            kept.arrays_of(state),
            kept.history_of(state),
            GRID,
            Frame(1.0, 2.0, 3.0),
            {"rho": np.ones(GRID.shape, np.float32)},
        ),
    )
    found = read_state(path)
    assert (found.grid, found.frame) == (GRID, Frame(1.0, 2.0, 3.0))
    assert found.carried["rho"].dtype == np.float32
    return kept.state_of(found.document, found.arrays, found.history)


@pytest.mark.parametrize("kind", KINDS)
def test_an_inversion_read_back_after_every_evaluation_has_the_same_bits(
    kind, tmp_path
):
    settings = Settings(illumination=True, iterations=9, **KINDS[kind])
    whole = machine.begin(found_problem(settings), settings)
    parted, path = whole, tmp_path / "state.h5"
    while not whole.ended:
        whole = advance(whole)
        parted = advance(through_a_file(parted, path))
        assert bits(whole) == bits(parted)
    assert whole.iteration > 3
    assert bits(whole) == bits(through_a_file(parted, path))
    assert read_history(path)["misfit"].size == len(whole.history)


@pytest.fixture
def state_file(tmp_path):
    settings = Settings(first_change=0.02)
    state = machine.begin(found_problem(settings), settings)
    for _ in range(3):
        state = advance(state)
    through_a_file(state, tmp_path / "state.h5")
    return tmp_path / "state.h5"


def test_a_state_torn_or_changed_at_any_byte_is_refused_by_name(state_file):
    whole = state_file.read_bytes()
    random = np.random.default_rng(1)
    for cut in [0, 3, 511, 512, len(whole) - 1, *random.integers(0, len(whole), 20)]:
        state_file.write_bytes(whole[:cut])
        with pytest.raises(BadInput, match=r"state\.h5"):
            read_state(state_file)
    for at in random.integers(0, len(whole), 20):
        flipped = bytearray(whole)
        flipped[at] ^= 0x10
        state_file.write_bytes(bytes(flipped))
        with pytest.raises(BadInput, match=r"state\.h5"):
            read_state(state_file)
    state_file.write_bytes(whole)
    assert read_state(state_file).grid == GRID


def test_what_is_no_state_is_told(tmp_path):
    with pytest.raises(BadInput, match="does not exist"):
        read_state(tmp_path / "none.h5")
    write_model(tmp_path / "model.h5", GRID, {"vp": START})
    with pytest.raises(BadInput, match=r"is anticline-model/1; needed is anticline-in"):
        read_state(tmp_path / "model.h5")
    (tmp_path / "text.h5").write_text("a text")
    with pytest.raises(BadInput, match="is not an HDF5 file"):
        read_state(tmp_path / "text.h5")


def test_a_failed_write_leaves_the_state_before(state_file):
    whole = state_file.read_bytes()
    found = read_state(state_file)
    broken = Kept(found.document, {"asked": np.array(["no number"])}, {}, GRID)
    with pytest.raises(ValueError, match="no number"):
        write_state(state_file, broken)
    assert state_file.read_bytes() == whole
    assert list(state_file.parent.glob("*.part")) == []
