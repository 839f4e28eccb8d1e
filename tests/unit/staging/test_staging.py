"""Files come from a bucket whole, results are kept there, and a receipt says so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import numpy as np
import pytest

from anticline import operations
from anticline.errors import Failed
from anticline_solvers.domain.grid import Grid
from anticline_solvers.formats.model import write_model
from anticline_solvers.staging import copy, lustre
from aws.account import Account, serving

BUCKET = "our-bucket"
GRID = Grid((21, 11), (10.0, 10.0), (0.0, 0.0))


@pytest.fixture(scope="module")
def served(needs) -> Iterator[Account]:
    with serving(needs, BUCKET) as made:
        yield made


@pytest.fixture
def account(served, monkeypatch) -> Account:
    for name, value in served.settings.items():
        monkeypatch.setenv(name, value)
    return served


def made(path):
    velocity = np.full(GRID.shape, 2000.0, np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_model(path, GRID, {"vp": velocity}, None, {}, "made by hand")
    return path


@pytest.mark.parametrize("url", ["model.h5", "s3://", "s3://bucket", "https://a/b"])
def test_what_is_no_place_in_a_bucket_is_refused(tmp_path, capsys, url):
    assert copy.main(["bring", url, str(tmp_path / "model.h5")]) == 65
    assert "s3://BUCKET/KEY is needed" in capsys.readouterr().err


@pytest.fixture
def lfs(tmp_path, monkeypatch):
    """A stand-in for Lustre's `lfs`: a file's content comes at the third question."""
    programs, asked = tmp_path / "programs", tmp_path / "asked"
    programs.mkdir()
    (programs / "lfs").write_text(
        f'#!/bin/sh\necho "$1" >>{asked}\n'
        f'[ "$1" = hsm_restore ] && exit 0\n'
        f"[ $(grep -c state {asked}) -ge ${{LFS_COMES_AT:-3}} ] && "
        'echo "$2: (0x00000009) exists archived, archive_id:1" && exit 0\n'
        'echo "$2: (0x0000000d) released exists archived, archive_id:1"\n'
    )
    (programs / "lfs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(lustre, "POLL_S", 0.01)
    return asked


def test_a_file_of_the_link_is_restored_before_a_step_goes_on(lfs, tmp_path):
    source = made(tmp_path / "data" / "model.h5")
    output = tmp_path / "steps" / "model.h5"
    output.parent.mkdir()
    assert copy.main(["bring", str(source), str(output)]) == 0
    asked = lfs.read_text().split()
    assert asked == ["hsm_state", "hsm_restore", "hsm_state", "hsm_state"]
    assert output.samefile(source)
    lfs.write_text("hsm_state\n" * 3)
    assert copy.main(["bring", str(source), str(output)]) == 0  # here: not asked for
    assert "hsm_restore" not in lfs.read_text()


def test_content_that_does_not_come_is_said(lfs, tmp_path, monkeypatch):
    monkeypatch.setenv("LFS_COMES_AT", "1000")
    source = made(tmp_path / "data" / "model.h5")
    with pytest.raises(Failed, match=r"did not come from the bucket in 0\.05 s"):
        lustre.bring(source, tmp_path / "model.h5", wait_s=0.05)
    assert not (tmp_path / "model.h5").exists()


def test_a_file_of_an_ordinary_file_system_is_taken_as_it_is(tmp_path, capsys):
    source = made(tmp_path / "data" / "model.h5")
    assert copy.main(["bring", str(source), str(tmp_path / "model.h5")]) == 0
    assert (tmp_path / "model.h5").read_bytes() == source.read_bytes()
    for words in ([str(tmp_path / "none.h5")], [str(source), "--etag", "x"]):
        first, *more = words
        place = str(tmp_path / "other.h5")
        assert copy.main(["bring", first, place, *more]) == 65
    assert "is no file" in capsys.readouterr().err


@pytest.mark.slow
def test_cases_bring_a_model_and_keep_it_elsewhere(account, tmp_path):
    source = made(tmp_path / "there" / "model.h5")
    account.aws("s3", "cp", source, f"s3://{BUCKET}/data/model.h5")
    bring = {
        "component": "storage.model",
        "outputs": {"model": "here/model.h5"},
        "parameters": {"url": f"s3://{BUCKET}/data/model.h5"},
    }
    keep = {
        "component": "storage.keep",
        "inputs": {"models": ["here/model.h5"]},
        "outputs": {"receipt": "receipt.json"},
        "parameters": {"url": f"s3://{BUCKET}/results"},
    }
    cases = []
    (tmp_path / "here").mkdir()
    for name, case in (("bring", bring), ("keep", keep)):
        cases.append(tmp_path / f"{name}.yaml")
        cases[-1].write_text(json.dumps(case))
    assert operations.run(cases) == 0
    assert (tmp_path / "here" / "model.h5").read_bytes() == source.read_bytes()
    kept = json.loads((tmp_path / "receipt.json").read_text())["kept"]
    assert (
        kept[f"s3://{BUCKET}/results/here/model.h5"]["bytes"] == source.stat().st_size
    )
    back = tmp_path / "back.h5"
    copy.bring(f"s3://{BUCKET}/results/here/model.h5", back)
    assert back.read_bytes() == source.read_bytes()


@pytest.mark.slow
def test_a_file_that_is_not_there_or_another_one_is_said(account, tmp_path, capsys):
    (tmp_path / "file").write_bytes(os.urandom(9))
    account.aws("s3", "cp", tmp_path / "file", f"s3://{BUCKET}/data/file")
    out = tmp_path / "out"
    assert copy.main(["bring", f"s3://{BUCKET}/data/lacking", str(out)]) == 70
    words = ["bring", f"s3://{BUCKET}/data/file", str(out), "--etag", "0" * 32]
    assert copy.main(words) == 65
    assert "is asked for" in capsys.readouterr().err
    assert not out.exists()


def test_two_results_of_one_name_are_not_laid_over_each_other(tmp_path, capsys):
    files = [str(tmp_path / name / "steps" / "image.h5") for name in ("a", "b")]
    assert copy.main(["keep", "s3://b/p", str(tmp_path / "r.json"), *files]) == 65
    assert "2 files for 1 places" in capsys.readouterr().err
