"""The catalogue is sound, and one of a user's is held to its form line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from anticline.component import (
    Archive,
    DataFile,
    Dataset,
    DeclarationError,
    read_catalogue,
)
from anticline.component.catalogue.known import catalogue
from anticline.component.catalogue.locate import cache_folder, locate, required
from anticline.errors import BadInput
from unit.data.website import catalogue_of, sha256_of

SUM = sha256_of(b"vp")
SOUND = f"""
format: anticline-catalogue/1
datasets:
  own:
    title: Ours
    license: CC0-1.0
    citation: nobody (2026)
    archives:
      all: {{url: https://example.org/all.zip, bytes: unknown, sha256: unknown}}
    files:
      vp:
        path: vp.bin
        bytes: 2
        sha256: {SUM}
        archive: all
        members: [inner/vp.bin]
"""


class Needs(Protocol):
    """The fixture `needs`."""

    def data(self, name: str) -> Path:
        """Find a path below ANTICLINE_DATA."""


def test_every_public_data_set_has_terms_and_can_be_got(cache: Path) -> None:
    known = catalogue()
    assert not known.broken
    assert {"marmousi2", "segyio-samples", "spe1", "spe9"} <= set(known.datasets)
    for dataset in known.datasets.values():
        assert dataset.license_url, dataset.name
        assert all(file.public for file in dataset.files), dataset.name
        for file in dataset.files:  # the publisher of one gives no checksums
            assert file.sha256 or dataset.name == "marmousi2-original"
    vp = known.select("marmousi2")[0]
    assert (vp.license, vp.doi) == ("CC-BY-4.0", "10.1190/1.2172306")


def test_the_shared_copy_of_public_data_is_that_of_the_catalogue(needs: Needs) -> None:

    needs.data("seismic/marmousi2_20m")
    for file in catalogue().datasets["marmousi2"].files:
        path = required(catalogue().datasets["marmousi2"], file)
        assert sha256_of(path.read_bytes()) == file.sha256


def test_a_catalogue_of_the_users_adds_to_it(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "config" / "anticline" / "catalogue.yaml"
    usual.parent.mkdir(parents=True)
    usual.write_text(SOUND)
    dataset, file = catalogue().file("own/vp")
    assert (dataset.title, file.members, file.size_bytes) == (
        "Ours",
        ("inner/vp.bin",),
        2,
    )
    monkeypatch.setenv("ANTICLINE_CATALOGUE", str(tmp_path / "absent.yaml"))
    with pytest.raises(BadInput, match=r"absent\.yaml  is not there"):
        catalogue()


def test_a_name_that_is_taken_is_told(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(SOUND.replace("own:", "marmousi2:"))
    second.write_text(SOUND)
    monkeypatch.setenv("ANTICLINE_CATALOGUE", f"{first}:{second}:{second}")
    with pytest.raises(BadInput) as caught:
        catalogue()
    assert [str(item) for item in caught.value.findings] == [
        f"{first}  data set 'marmousi2' is of anticline; rename it",
        f"{second}  data set 'own' is of {second}; rename it",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("catalogue/1", "catalogue/9", 2, "'format: anticline-catalogue/1' is needed"),
        ("license:", "licence:", 6, "did you mean 'license'"),
        ("title: Ours", "title: 7", 5, "'own': title needs text"),
        ("    license: CC0-1.0\n", "", 4, "data set 'own': license is missing"),
        (SUM, "12ab", 11, "sha256 '12ab' is not 64 digits"),
        (SUM, "12", 14, "'vp': sha256 needs 64 digits in quotes, or unknown"),
        ("bytes: 2", "bytes: -2", 11, "-2 bytes is negative"),
        ("bytes: 2", "bytes: true", 13, "bytes needs a whole number, or unknown"),
        ("        bytes: 2\n", "", 11, "'vp': bytes is missing"),
        ("path: vp.bin", "path: ../vp.bin", 11, "is no path below a folder"),
        ("path: vp.bin", "path: /etc/passwd", 11, "is no path below a folder"),
        ("archive: all", "archive: none", 4, "no archive 'none'"),
        ("members: [inner/vp.bin]", "members: [7]", 16, "needs a list of texts"),
        (
            "members: [inner/vp.bin]",
            "summary: x",
            11,
            "archive and members go",
        ),
        ("https://example.org", "file:///etc", 9, "is no address"),
        ("all.zip", "all.doc", 9, "ends in none of .tar"),
        ("citation: nobody (2026)", "citation: x\n    doi: x", 4, "is not of the form"),
        ("  own:", "  Own Data:", 4, "a name is lower-case"),
        ("title: Ours", "title: Ours\n    title: Twice", 6, "'title' is here twice"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    path = tmp_path / "own.yaml"
    assert old in SOUND
    path.write_text(SOUND.replace(old, new))
    with pytest.raises(BadInput) as caught:
        read_catalogue(path)
    told = [str(item) for item in caught.value.findings]
    assert any(text.startswith(f"{path}:{line}  ") for text in told), told
    assert any(words in text for text in told), told


def test_an_entry_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("format: anticline-catalogue/1\ndatasets: {own: 3, b: {files: x}}")
    with pytest.raises(BadInput) as caught:
        read_catalogue(path)
    assert len(caught.value.findings) >= 2


def test_a_declaration_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(DeclarationError, match="has a url and an archive"):
        DataFile("a", "a", url="https://example.org/a", archive="b", members=("a",))
    file = DataFile("a", "a")
    with pytest.raises(DeclarationError, match="has no file"):
        Dataset("b", "B", "CC0-1.0", "nobody", ())
    with pytest.raises(DeclarationError, match="a is here twice"):
        Dataset("b", "B", "CC0-1.0", "nobody", (file, file))
    with pytest.raises(DeclarationError, match="is no address"):
        Archive("a", "http://[broken/a.zip")


def test_a_file_lies_in_the_users_folder_or_in_the_cache(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, file = catalogue_of(DataFile("vp", "vp.bin", SUM, 2)).file("trial")
    assert locate(dataset, file) is None
    with pytest.raises(BadInput, match=r"put it at ANTICLINE_DATA/trial/vp\.bin"):
        required(dataset, file)
    for folder in (cache, tmp_path / "own"):  # the second is looked at first
        (folder / "trial").mkdir(parents=True)
        (folder / "trial" / "vp.bin").write_bytes(b"vp")
        monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path / "own"))
        assert locate(dataset, file) == folder / "trial" / "vp.bin"


def test_the_cache_follows_the_users_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("ANTICLINE_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own" / "data"
    monkeypatch.delenv("ANTICLINE_CACHE")
    assert cache_folder() == tmp_path / "anticline" / "data"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "anticline" / "data"
