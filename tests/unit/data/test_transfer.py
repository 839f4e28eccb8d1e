"""A download is whole and sound under its name, or it is not there and says why."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from anticline.component.progress import InLines
from anticline.data.get import Getter, get
from anticline.errors import BadInput, Failed
from unit.data.website import CONTENT, Page, Site, catalogue_of, sound_file


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_downloaded_once_and_then_found(
    site: Site, cache: Path, getter: Getter
) -> None:
    catalogue = catalogue_of(sound_file(site.add("/vp.bin", Page())))
    [path] = get(catalogue, ["trial/vp"], getter)
    assert path == cache / "trial" / "vp.bin"
    assert path.read_bytes() == CONTENT
    assert get(catalogue, ["trial"], getter) == [path]
    assert site.asked == [("/vp.bin", None)]
    assert names_in(path.parent) == [".lock", "vp.bin"]


def test_a_broken_transfer_goes_on_where_it_broke(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page(breaks=2))
    [path] = get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert path.read_bytes() == CONTENT
    ranges = [wanted for _, wanted in site.asked]
    assert ranges == [None, "bytes=300000-", "bytes=600000-"]


def test_a_server_without_ranges_is_asked_for_everything_again(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page(breaks=2, ranges=False))
    [path] = get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert path.read_bytes() == CONTENT


def test_a_transfer_that_breaks_every_time_leaves_no_file_and_the_next_goes_on(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page(breaks=3, break_at=200_000))
    catalogue = catalogue_of(sound_file(url))
    with pytest.raises(Failed, match="ended after 600,000 of 1,024,000 bytes"):
        get(catalogue, ["trial"], getter)
    assert names_in(cache / "trial") == [".lock", "vp.bin.part"]
    [path] = get(catalogue, ["trial"], getter)
    assert path.read_bytes() == CONTENT
    assert site.asked[-1] == ("/vp.bin", "bytes=600000-")


def test_a_wrong_checksum_leaves_nothing(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page(content=CONTENT[::-1]))
    with pytest.raises(Failed, match="is not what the catalogue names"):
        get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert names_in(cache / "trial") == [".lock"]


def test_the_rest_of_another_file_is_not_put_behind_the_beginning_of_this_one(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page())
    (cache / "trial").mkdir(parents=True)
    (cache / "trial" / "vp.bin.part").write_bytes(b"something else")
    [path] = get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert path.read_bytes() == CONTENT
    assert [wanted for _, wanted in site.asked] == ["bytes=14-", None]


def test_a_transfer_that_was_whole_but_unnamed_is_not_repeated(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page())
    (cache / "trial").mkdir(parents=True)
    (cache / "trial" / "vp.bin.part").write_bytes(CONTENT)
    get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert site.asked == []


def test_a_part_longer_than_the_file_is_started_anew(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page())
    (cache / "trial").mkdir(parents=True)
    (cache / "trial" / "vp.bin.part").write_bytes(CONTENT + b"more")
    [path] = get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_told_at_once(
    site: Site, cache: Path, getter: Getter, status: int
) -> None:
    url = site.add("/vp.bin", Page(refusals=9, status=status))
    with pytest.raises(Failed, match=rf"vp\.bin: the server answers {status}"):
        get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert len(site.asked) == 1
    assert names_in(cache / "trial") == [".lock"]


def test_a_server_that_is_busy_is_asked_again(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page(refusals=2, status=503))
    assert get(catalogue_of(sound_file(url)), ["trial"], getter)
    url = site.add("/vp.bin", Page(refusals=3, status=503))
    other = sound_file(url, path="other.bin")
    with pytest.raises(Failed, match="503"):
        get(catalogue_of(other), ["trial"], getter)


def test_silence_is_a_broken_transfer(site: Site, cache: Path, getter: Getter) -> None:
    url = site.add("/vp.bin", Page(silences=1))
    assert get(catalogue_of(sound_file(url)), ["trial"], getter)
    impatient = replace(getter, patience=replace(getter.patience, tries=1))
    url = site.add("/slow.bin", Page(silences=1))
    other = sound_file(url, path="slow.bin")
    with pytest.raises(Failed, match="silent for too long"):
        get(catalogue_of(other), ["trial"], impatient)


def test_a_dripping_server_is_given_up(site: Site, cache: Path, getter: Getter) -> None:
    url = site.add("/vp.bin", Page(content=bytes(2000), drip_s=0.005))
    impatient = replace(getter, patience=replace(getter.patience, tries=1))
    file = sound_file(url, size_bytes=2000)
    with pytest.raises(Failed, match=r"only \d+ bytes came"):
        get(catalogue_of(file), ["trial"], impatient)


def test_nobody_at_the_address_is_told(cache: Path, getter: Getter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    file = sound_file(f"http://127.0.0.1:{port}/vp.bin")
    with pytest.raises(Failed, match=r"no connection .*refused"):
        get(catalogue_of(file), ["trial"], getter)


def test_too_little_space_is_told_before_anything_is_asked(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page())
    file = sound_file(url, size_bytes=10**17)
    with pytest.raises(Failed, match="MB are to come"):
        get(catalogue_of(file), ["trial"], getter)
    assert site.asked == []


def test_a_disk_that_fills_up_is_told_and_keeps_nothing(
    site: Site, cache: Path, getter: Getter
) -> None:
    url = site.add("/vp.bin", Page())
    (cache / "trial").mkdir(parents=True)
    (cache / "trial" / "vp.bin.part").symlink_to("/dev/full")
    with pytest.raises(Failed, match="cannot be written: No space left on device"):
        get(catalogue_of(sound_file(url)), ["trial"], getter)
    assert names_in(cache / "trial") == [".lock"]


def test_a_cache_that_cannot_be_written_is_bad_input(
    site: Site, tmp_path: Path, cache: Path, getter: Getter
) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    url = site.add("/vp.bin", Page())
    with pytest.raises(BadInput, match="let ANTICLINE_CACHE name a folder"):
        get(catalogue_of(sound_file(url)), ["trial"], getter)


def test_the_proxy_of_the_environment_is_asked(
    site: Site, cache: Path, getter: Getter, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["http://data.invalid/vp.bin"] = Page()
    monkeypatch.setenv("http_proxy", site.address)
    catalogue = catalogue_of(sound_file("http://data.invalid/vp.bin"))
    [path] = get(catalogue, ["trial"], getter)
    assert path.read_bytes() == CONTENT


def test_a_file_of_unknown_checksum_and_length_is_taken_and_its_checksum_told(
    site: Site, cache: Path, getter: Getter, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.add("/vp.bin", Page(length=False))
    file = sound_file(url, sha256="", size_bytes=None)
    told = replace(getter, reporter=InLines(sys.stderr))
    [path] = get(catalogue_of(file), ["trial"], told)
    assert path.read_bytes() == CONTENT
    assert f"sha256 {sound_file(url).sha256}" in capsys.readouterr().err
