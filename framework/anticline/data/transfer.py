"""One address into one file: resumed, retried, whole or told why not.

A transfer appends to the file it is given and asks the server for the rest only
(`Range`). Proxies are those of the environment (http_proxy, https_proxy, no_proxy);
certificates are those of the system, or SSL_CERT_FILE.
"""

from __future__ import annotations

import errno
import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from anticline.errors import AnticlineError, Failed

PIECE_BYTES = 256 * 1024
PASSING = (408, 425, 429, 500, 502, 503, 504)  # statuses worth another try
_RANGE = re.compile(r"bytes ([0-9]+)-[0-9]+/([0-9]+|\*)")


@dataclass(frozen=True)
class Patience:
    """How long a server may take.

    ``silence_s`` without a byte, or fewer than ``least_bytes`` in ``stall_s``, break
    a transfer; a broken one is tried ``tries`` times in all, ``pause_s`` apart,
    twice as long each time.
    """

    tries: int = 5
    pause_s: float = 1.0
    silence_s: float = 30.0
    stall_s: float = 60.0
    least_bytes: int = 10_000


class Broken(AnticlineError):
    """A transfer that ended early and may be tried again."""


def transfer(
    url: str,
    part: Path,
    moved: Callable[[int, int | None], None],
    patience: Patience,
) -> None:
    """Bring ``url`` into ``part``, going on where it ends if it is there.

    ``moved`` is called with the bytes there are and those there will be (None: the
    server does not say) at the start and after each piece.

    Raises
    ------
    Failed
        The server refuses, or the last try broke; ``part`` keeps what came. Or
        there is no space: ``part`` is removed.
    """
    for left in reversed(range(patience.tries)):
        try:
            _attempt(url, part, moved, patience)
        except Broken as error:
            if not left:
                msg = f"{url}: {error}; the same command goes on where it broke"
                raise Failed(msg) from error
            time.sleep(patience.pause_s * 2 ** (patience.tries - 1 - left))
        except OSError as error:
            raise Failed(_disk_fault(part, error)) from error
        else:
            return


def _attempt(
    url: str,
    part: Path,
    moved: Callable[[int, int | None], None],
    patience: Patience,
) -> None:
    have = part.stat().st_size if part.exists() else 0
    with _opened(url, have, patience) as answer:
        have = _start(answer, have)
        length = answer.headers.get("Content-Length", "")
        total = have + int(length) if length.isdigit() else None
        with part.open("ab" if have else "wb") as stream:
            moved(have, total)
            for count in _pieces(answer, stream, patience):
                have += count
                moved(have, total)
    if total is not None and have != total:
        msg = f"the connection ended after {have:,} of {total:,} bytes"
        raise Broken(msg)


def _opened(url: str, have: int, patience: Patience) -> Any:
    headers = {"User-Agent": "anticline", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        opener = urllib.request.build_opener()  # of its own: it reads the proxies now
        return opener.open(request, timeout=patience.silence_s)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # nothing after what is there
            return _opened(url, 0, patience)
        text = f"the server answers {error.code} {error.reason}"
        if error.code in PASSING:
            raise Broken(text) from error
        msg = f"{url}: {text}"
        raise Failed(msg) from error
    except urllib.error.URLError as error:
        text = f"no connection ({error.reason})"
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            msg = f"{url}: {text}; SSL_CERT_FILE may name the certificates to trust"
            raise Failed(msg) from error
        raise Broken(text) from error
    except (OSError, http.client.HTTPException) as error:
        text = f"no answer ({_reason(error)})"
        raise Broken(text) from error


def _start(answer: Any, have: int) -> int:
    """Give the byte the answer starts at: 0 where the server sends everything."""
    if answer.status != 206:
        return 0
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != have:
        msg = "the server sends another part than was asked for"
        raise Failed(msg)
    return have


def _pieces(answer: Any, stream: IO[bytes], patience: Patience) -> Iterator[int]:
    """Write what comes, piece by piece; yields the length of each."""
    since, count = time.monotonic(), 0
    while True:
        try:
            piece = answer.read1(PIECE_BYTES)
        except (OSError, http.client.HTTPException) as error:
            text = f"the connection broke ({_reason(error)})"
            raise Broken(text) from error
        if not piece:
            return
        stream.write(piece)
        yield len(piece)
        count += len(piece)
        elapsed = time.monotonic() - since
        if elapsed > patience.stall_s:
            if count < patience.least_bytes:
                msg = f"only {count:,} bytes came in {elapsed:.0f} s"
                raise Broken(msg)
            since, count = time.monotonic(), 0


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it was silent for too long"
    return str(error) or type(error).__name__


def _disk_fault(part: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        part.unlink(missing_ok=True)
    text = error.strerror or str(error)
    return f"{part.parent} cannot be written: {text}; ANTICLINE_CACHE names another"
