"""A case names public data; what is not here is told with the command that gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from anticline.component import Component, Input, Output, RawArray, Registry, load_case
from anticline.errors import CaseError

USES = Component(
    name="trial.uses",
    summary="use",
    inputs=(Input("raw", RawArray, "an array"),),
    outputs=(Output("out", RawArray, "another"),),
    parameters=(),
    run="trial:run",
)


def case_with(folder: Path, raw: str, out: str = "out.bin") -> Path:
    path = folder / "case.yaml"
    path.write_text(
        f"component: trial.uses\ninputs:\n  raw: {raw}\noutputs:\n  out: {out}\n"
    )
    return path


def test_a_case_names_public_data(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = case_with(tmp_path, "${data:marmousi2/readme}")
    placed = cache / "seismic" / "marmousi2_20m" / "README.md"
    placed.parent.mkdir(parents=True)
    placed.write_bytes(b"x" * 1382)
    assert load_case(path, Registry.of([USES])).inputs["raw"] == placed
    own = tmp_path / "own" / "seismic" / "marmousi2_20m" / "README.md"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"y" * 1382)
    monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path / "own"))
    assert load_case(path, Registry.of([USES])).inputs["raw"] == own


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("marmousi2/vp", "get it: anticline data get marmousi2"),
        ("marmousi2/vpp", "no file 'vpp'; did you mean 'vp'?"),
        ("marmousi2", "has 4 files; name one: marmousi2/vp, "),
        ("marmoussi", "did you mean 'marmousi2'?: anticline data list"),
        ("", "no data set '' in the catalogue; known are "),
    ],
)
def test_data_that_are_not_here_are_a_finding_at_the_line(
    cache: Path, tmp_path: Path, name: str, words: str
) -> None:
    path = case_with(tmp_path, f'"${{data:{name}}}"')
    with pytest.raises(CaseError) as caught:
        load_case(path, Registry.of([USES]))
    [finding] = caught.value.findings
    assert (finding.file, finding.line) == (str(path), 3)
    assert finding.text.startswith("input 'raw': ")
    assert words in finding.text


def test_public_data_are_only_read(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "raw.bin").touch()
    path = case_with(tmp_path, "raw.bin", "${data:marmousi2/vp}")
    with pytest.raises(CaseError, match="names public data, which are only read"):
        load_case(path, Registry.of([USES]))


def test_a_users_catalogue_that_cannot_be_used_is_told_at_the_line(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text("format: 3")
    monkeypatch.setenv("ANTICLINE_CATALOGUE", str(tmp_path / "own.yaml"))
    path = case_with(tmp_path, "${data:marmousi2/vp}")
    with pytest.raises(CaseError, match=r"case\.yaml:3  input 'raw': .*own\.yaml:1  "):
        load_case(path, Registry.of([USES]))
