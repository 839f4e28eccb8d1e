"""Rows start on 64 bytes, keep their margins, and views show the right cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.domain.layout import ALIGNMENT_BYTES, MAX_REACH, Layout

DTYPES = st.sampled_from(["float32", "float64"])


@st.composite
def layouts(draw):
    ndim = draw(st.sampled_from([2, 3]))
    starts = [draw(st.integers(0, 9)) for _ in range(ndim - 1)]
    box = (
        *(slice(a, a + draw(st.integers(1, 6))) for a in starts),
        slice(0, draw(st.integers(1, 40))),
    )
    halo = tuple(draw(st.integers(0, 8)) for _ in starts)
    return Layout.of(box, halo, draw(DTYPES))


@given(layouts())
def test_every_row_starts_on_64_bytes(layout):
    flat = layout.allocate()
    assert flat.flags["C_CONTIGUOUS"]
    assert not flat.any()
    rows = layout.cells(flat)
    assert rows.ctypes.data % ALIGNMENT_BYTES == 0
    assert all(step % ALIGNMENT_BYTES == 0 for step in rows.strides[:-1])
    assert rows.strides[-1] == layout.dtype.itemsize


@given(layouts())
def test_rows_have_margins_as_wide_as_the_widest_stencil(layout):
    depth = layout.box[-1].stop
    assert layout.lead >= MAX_REACH
    assert layout.shape[-1] - layout.lead - depth >= MAX_REACH


@given(layouts())
def test_a_view_of_the_box_leaves_out_the_halo(layout):
    flat = layout.allocate()
    layout.view(flat, layout.box)[...] = 1
    owned = np.prod([side.stop - side.start for side in layout.box])
    assert flat.sum() == owned
    local = layout.cells(flat)
    inside = tuple(
        slice(h, n - h) for h, n in zip((*layout.halo, 0), local.shape, strict=True)
    )
    assert (local[inside] == 1).all()


@given(layouts())
def test_strides_and_first_lead_to_a_cell(layout):
    flat = layout.allocate()
    local = tuple(n - 1 for n in layout.cells(flat).shape)
    flat[layout.first + np.dot(local, layout.strides)] = 7
    assert layout.cells(flat)[local] == 7


@pytest.mark.parametrize("dtype", [np.float32, "float32", np.dtype("float32")])
def test_any_spelling_of_a_dtype_gives_the_same_layout(dtype):
    box = (slice(0, 4), slice(0, 5))
    assert Layout.of(box, (2,), dtype) == Layout.of(box, (2,), "f4")
