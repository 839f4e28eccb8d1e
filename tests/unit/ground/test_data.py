"""Data sets are found below the folder that ANTICLINE_DATA names, only there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anticline import data
from anticline.errors import BadInput


def test_a_data_set_is_a_path_below_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seismic").mkdir()
    (tmp_path / "seismic" / "vp.bin").write_bytes(b"1234")
    monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path))
    assert data.find("seismic/vp.bin") == tmp_path / "seismic" / "vp.bin"
    assert data.require("seismic/vp.bin") == tmp_path / "seismic" / "vp.bin"
    assert data.find("seismic/vs.bin") is None


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (None, "ANTICLINE_DATA is not set"),
        ("", "ANTICLINE_DATA is not set"),
        ("no/such/folder", "is no folder"),
        (".", "is not below '.'"),
    ],
)
def test_a_lacking_data_set_is_bad_input_that_says_what_to_do(
    folder: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTICLINE_DATA", raising=False)
    if folder is not None:
        monkeypatch.setenv("ANTICLINE_DATA", folder)
    assert data.find("seismic/no_such.bin") is None
    with pytest.raises(BadInput, match=re.escape(words)):
        data.require("seismic/no_such.bin")
