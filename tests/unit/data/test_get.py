"""Getting data sets: archives, terms, several processes, Ctrl-C, the user's folder."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anticline.cli import build
from anticline.component import Archive, DataFile
from anticline.component.catalogue.known import catalogue
from anticline.data.get import Getter, get
from anticline.errors import BadInput, Failed
from unit.data.website import CONTENT, Page, Site, catalogue_of, sha256_of, sound_file

Begin = Callable[..., subprocess.Popen[str]]


def tar_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def zip_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def member(name: str, *way: str, content: bytes) -> DataFile:
    return DataFile(
        name,
        f"{name}.bin",
        sha256_of(content),
        len(content),
        archive="all",
        members=way,
    )


def test_files_come_out_of_an_archive_that_is_downloaded_once(
    site: Site, cache: Path, getter: Getter
) -> None:
    packed = tar_of(model__vp=b"fast", model__vs=b"slow")
    url = site.add("/all.tar.gz", Page(packed))
    archive = Archive("all", url, sha256_of(packed), len(packed))
    vp = member("vp", "model/vp", content=b"fast")
    vs = member("vs", "vs", content=b"slow")  # by its last part
    catalogue = catalogue_of(vp, vs, archives=(archive,))
    [path] = get(catalogue, ["trial/vp"], getter)
    assert path.read_bytes() == b"fast"
    paths = get(catalogue, ["trial"], getter)
    assert [item.read_bytes() for item in paths] == [b"fast", b"slow"]
    assert len(site.asked) == 1


def test_archives_lie_in_archives(site: Site, cache: Path, getter: Getter) -> None:
    packed = zip_of(model__vp=tar_of(deep=b"fast"))
    url = site.add("/all.zip", Page(packed))
    archive = Archive("all", url, sha256_of(packed), len(packed))
    vp = member("vp", "model/vp", "deep", content=b"fast")
    [path] = get(catalogue_of(vp, archives=(archive,)), ["trial"], getter)
    assert path.read_bytes() == b"fast"


def test_a_member_that_is_not_there_and_an_archive_that_is_none_are_told(
    site: Site, cache: Path, getter: Getter
) -> None:
    packed = tar_of(model__vp=b"fast")
    url = site.add("/all.tar.gz", Page(packed))
    vp = member("vp", "model/rho", content=b"fast")
    catalogue = catalogue_of(vp, archives=(Archive("all", url),))
    with pytest.raises(Failed, match="has no 'model/rho'; it holds model/vp"):
        get(catalogue, ["trial"], getter)
    for content in (packed[:-20], b"no archive", b""):
        url = site.add("/other.tar.gz", Page(content))
        catalogue = catalogue_of(vp, archives=(Archive("all", url),), folder="other")
        with pytest.raises(Failed, match=r"cannot be read|has no 'model/rho'"):
            get(catalogue, ["trial"], getter)
        (cache / "other" / "other.tar.gz").unlink()
    assert not list(cache.rglob("*.bin*"))


def test_the_terms_of_a_set_come_with_each_of_its_files(
    site: Site, cache: Path, getter: Getter
) -> None:
    vp = sound_file(site.add("/vp.bin", Page()))
    text = site.add("/terms", Page(b"be kind"))
    sha256 = sha256_of(b"be kind")
    terms = DataFile("license", "LICENSE", sha256, 7, url=text, terms=True)
    paths = get(catalogue_of(vp, terms), ["trial/vp"], getter)
    assert [path.name for path in paths] == ["vp.bin", "LICENSE"]


def test_the_folder_of_the_user_comes_before_the_cache_and_the_download(
    site: Site,
    cache: Path,
    tmp_path: Path,
    getter: Getter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = tmp_path / "own" / "trial" / "vp.bin"
    own.parent.mkdir(parents=True)
    own.write_bytes(CONTENT)
    catalogue = catalogue_of(sound_file(site.add("/vp.bin", Page())))
    get(catalogue, ["trial"], getter)
    monkeypatch.setenv("ANTICLINE_DATA", str(tmp_path / "own"))
    assert get(catalogue, ["trial"], getter) == [own]
    own.write_bytes(CONTENT[::-1])
    with pytest.raises(BadInput, match="another sha256"):
        get(catalogue, ["trial"], getter)
    own.write_bytes(CONTENT[:100])
    with pytest.raises(BadInput, match="100 bytes and the catalogue says 1,024,000"):
        get(catalogue, ["trial"], getter)
    assert own.exists()


def test_a_damaged_file_in_the_cache_is_removed_and_told(
    site: Site, cache: Path, getter: Getter
) -> None:
    catalogue = catalogue_of(sound_file(site.add("/vp.bin", Page())))
    [path] = get(catalogue, ["trial"], getter)
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(Failed, match="was damaged and is removed"):
        get(catalogue, ["trial"], getter)
    assert get(catalogue, ["trial"], getter)[0].read_bytes() == CONTENT


def test_everything_is_checked_before_anything_is_downloaded(
    site: Site, cache: Path, getter: Getter
) -> None:
    vp = sound_file(site.add("/vp.bin", Page()))
    hidden = DataFile("rho", "rho.bin", sha256_of(b"x"), 1)
    catalogue = catalogue_of(vp, hidden)
    with pytest.raises(BadInput) as caught:
        get(catalogue, ["trial/vs", "trail", "trial/vp"], getter)
    assert [str(item) for item in caught.value.findings] == [
        "data set 'trial' has no file 'vs'; did you mean 'vp'?",
        "no data set 'trail' in the catalogue; did you mean 'trial'?: "
        "anticline data list",
    ]
    with pytest.raises(BadInput, match=r"no public address; put it at ANTICLINE_DATA/"):
        get(catalogue, ["trial"], getter)
    assert site.asked == []


USER = """
format: anticline-catalogue/1
datasets:
  trial:
    title: Trial
    license: CC0-1.0
    citation: nobody (2026)
    files:
      vp:
        path: vp.bin
        bytes: {bytes}
        sha256: "{sha256}"
        url: {url}
"""


@pytest.fixture
def own(
    site: Site, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name a catalogue of the user's."""
    file = sound_file(site.address + "/vp.bin")
    text = USER.format(bytes=file.size_bytes, sha256=file.sha256, url=file.url)
    (tmp_path / "own.yaml").write_text(text)
    monkeypatch.setenv("ANTICLINE_CATALOGUE", str(tmp_path / "own.yaml"))


@pytest.fixture
def begin(own: None) -> Begin:
    """Begin `anticline data ...` on a catalogue of the user's."""

    def begin(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "anticline.cli", "data", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not (path.exists() and path.stat().st_size):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_ctrl_c_keeps_what_came_and_the_next_get_goes_on(
    site: Site, cache: Path, begin: Begin
) -> None:
    gate = threading.Event()
    site.add("/vp.bin", Page(gate=gate))
    process = begin("get", "trial")
    part = cache / "trial" / "vp.bin.part"
    wait_for(part, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (75, "")
    assert err.endswith("stopped; what came is kept, the same command goes on\n")
    assert not (cache / "trial" / "vp.bin").exists()
    gate.set()
    kept = part.stat().st_size
    assert 0 < kept <= len(CONTENT) // 2
    process = begin("get", "trial")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, f"{cache / 'trial' / 'vp.bin'}\n")
    assert "trial/vp [kB]: 1024/1024 (100 %)" in err
    assert site.asked[-1] == ("/vp.bin", f"bytes={kept}-")


def test_of_two_processes_one_downloads_and_the_other_waits(
    site: Site, cache: Path, begin: Begin
) -> None:
    gate = threading.Event()
    site.add("/vp.bin", Page(gate=gate))
    first = begin("get", "trial")
    wait_for(cache / "trial" / "vp.bin.part", first)
    second = begin("get", "trial")
    assert second.stderr is not None
    said = "trial/vp: another process is getting it; waiting\n"
    assert second.stderr.readline() == said
    gate.set()
    for process in (first, second):
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0, err
        assert out == f"{cache / 'trial' / 'vp.bin'}\n"
    assert len(site.asked) == 1


def test_the_list_says_where_each_file_lies(
    site: Site, cache: Path, own: None, getter: Getter
) -> None:
    def said(*arguments: str) -> str:
        return CliRunner().invoke(build(), ["data", *arguments]).stdout

    def found() -> str | None:
        document = json.loads(said("list", "--json"))
        assert document["format"] == "anticline-data/1"
        [trial] = [item for item in document["datasets"] if item["name"] == "trial"]
        where: str | None = trial["files"][0]["found"]
        return where

    site.add("/vp.bin", Page())
    assert found() is None
    assert "not here" in said("list")
    [path] = get(catalogue(), ["trial"], getter)
    assert found() == "cache"
    assert "licence CC0-1.0" in said("list")
    assert f"in cache: {path}" in said("list")
    assert said("path", "trial/vp") == f"{path}\n"
