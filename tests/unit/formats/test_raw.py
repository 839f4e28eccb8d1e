"""Raw arrays of any described layout are the same array."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline_solvers.formats.raw import DTYPES, RawLayout, read_raw, size_fault


@given(
    dtype=st.sampled_from(sorted(DTYPES)),
    axes=st.sampled_from(["xz", "zx"])
    | st.permutations(list("xyz")).map(lambda letters: "".join(letters)),
    sizes=st.tuples(*[st.integers(1, 5)] * 3),
    skip=st.integers(0, 9),
    factor=st.sampled_from([1.0, 0.5, 1000.0]),
)
def test_every_layout_gives_the_array_that_was_stored(
    tmp_path_factory: pytest.TempPathFactory,
    dtype: str,
    axes: str,
    sizes: tuple[int, int, int],
    skip: int,
    factor: float,
) -> None:
    path = tmp_path_factory.mktemp("raw") / "a.bin"
    cells = dict(zip("xyz", sizes, strict=True))
    wanted = "xz" if len(axes) == 2 else "xyz"
    truth = np.random.default_rng(0).integers(
        1, 30_000, tuple(cells[letter] for letter in wanted)
    )
    stored = truth.transpose([wanted.index(letter) for letter in axes])
    content = np.ascontiguousarray(stored.astype(DTYPES[dtype])).tobytes()
    path.write_bytes(b"h" * skip + content)
    layout = RawLayout(dtype, axes, stored.shape, factor, skip)
    found = read_raw(path, layout)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    assert np.array_equal(found, (truth * factor).astype(np.float32))


def test_a_file_of_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\0" * 47)
    layout = RawLayout("float32_little", "xz", (3, 4))
    assert size_fault(path, layout) is not None
    with pytest.raises(ValueError, match=r"has 47 bytes .* takes 48"):
        read_raw(path, layout)


def test_a_layout_that_contradicts_itself_says_everything_at_once() -> None:
    faults = RawLayout("float31", "xx", (3, 0, 1)).faults()
    assert len(faults) == 3
