"""Copies between S3 and files, by AWS's own `aws`: whole, or not at all.

    python -m anticline_solvers.staging.copy bring s3://BUCKET/KEY FILE [--etag TAG]
    python -m anticline_solvers.staging.copy bring /shared/data/NAME FILE
    python -m anticline_solvers.staging.copy keep s3://BUCKET/PREFIX RECEIPT FILE...

`aws s3 cp` sends many parts at a time and begins parts that fail again; the size of
what arrived is compared with that of what was there. Exit codes are those of anticline:
65 where a place is no s3://..., 70 where the copy fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from anticline.errors import AnticlineError, BadInput, Failed
from anticline_solvers.staging import lustre

SCHEME = "s3://"
REPORT = "anticline-report/1"


def bring(url: str, file: Path, etag: str | None = None) -> None:
    """Fetch an object as a file, beside first, then renamed.

    An absolute path is one of a file system that is linked with a bucket: see `lustre`.

    Raises
    ------
    BadInput
        It is no s3://... and no file, or has another entity tag than is asked for.
    Failed
        It does not come, or not whole.
    """
    if url.startswith("/"):
        if etag is not None:
            msg = f"etag is of an object in S3; {url} is a file"
            raise BadInput(msg)
        lustre.bring(Path(url), file)
        return
    facts = about(url)
    if etag is not None and facts["ETag"].strip('"') != etag:
        msg = f"{url} has entity tag {facts['ETag']}, {etag} is asked for"
        raise BadInput(msg)
    part = file.with_name(f"{file.name}.part")
    _aws("s3", "cp", "--only-show-errors", url, str(part))
    if part.stat().st_size != facts["ContentLength"]:
        msg = f"{url} has {facts['ContentLength']} bytes, {part.stat().st_size} came"
        raise Failed(msg)
    part.replace(file)


def keep(url: str, receipt: Path, files: list[Path]) -> None:
    """Copy files under a prefix, named by their last two parts; write what is there.

    Raises
    ------
    BadInput
        The place is no s3://..., no file is given, or two get one name.
    Failed
        A file is not there whole afterwards.
    """
    split(url)
    places = {file: f"{url.rstrip('/')}/{'/'.join(file.parts[-2:])}" for file in files}
    if not files or len(set(places.values())) < len(files):
        msg = f"{len(files)} files for {len(set(places.values()))} places in {url}"
        raise BadInput(msg)
    kept = {place: _kept(file, place) for file, place in places.items()}
    part = receipt.with_name(f"{receipt.name}.part")
    part.write_text(json.dumps({"format": REPORT, "kept": kept}, indent=1) + "\n")
    part.replace(receipt)


def _kept(file: Path, place: str) -> dict[str, Any]:
    _aws("s3", "cp", "--only-show-errors", str(file), place)
    facts = about(place)
    if facts["ContentLength"] != file.stat().st_size:
        msg = f"{place} has {facts['ContentLength']} bytes of {file.stat().st_size}"
        raise Failed(msg)
    return {"bytes": facts["ContentLength"], "etag": facts["ETag"].strip('"')}


def about(url: str) -> dict[str, Any]:
    """Ask what is known of an object: ContentLength [bytes], ETag ..."""
    bucket, key = split(url)
    answer = _aws("s3api", "head-object", "--bucket", bucket, "--key", key)
    found: dict[str, Any] = json.loads(answer)
    return found


def split(url: str) -> tuple[str, str]:
    """Give bucket and key of s3://BUCKET/KEY; BadInput where it is none."""
    bucket, _, key = url.removeprefix(SCHEME).partition("/")
    if not url.startswith(SCHEME) or not bucket or not key.strip("/"):
        msg = f"'{url}' found, s3://BUCKET/KEY is needed"
        raise BadInput(msg)
    return bucket, key


def _aws(*words: str) -> str:
    try:
        done = subprocess.run(
            ["aws", *words], capture_output=True, text=True, check=False
        )
    except OSError as error:
        msg = f"aws cannot be run: {error}; install AWS's command line"
        raise Failed(msg) from error
    if done.returncode != 0:
        msg = f"aws {' '.join(words)}: {done.stderr.strip()}"
        raise Failed(msg)
    return done.stdout


def main(words: list[str]) -> int:
    """Do as the command line says; an exit code."""
    parser = argparse.ArgumentParser(prog="anticline_solvers.staging.copy")
    verbs = parser.add_subparsers(dest="verb", required=True)
    bringing = verbs.add_parser("bring")
    bringing.add_argument("url")
    bringing.add_argument("file", type=Path)
    bringing.add_argument("--etag")
    keeping = verbs.add_parser("keep")
    keeping.add_argument("url")
    keeping.add_argument("receipt", type=Path)
    keeping.add_argument("files", type=Path, nargs="*")
    given = parser.parse_args(words)
    try:
        if given.verb == "bring":
            bring(given.url, given.file, given.etag)
        else:
            keep(given.url, given.receipt, given.files)
    except AnticlineError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
