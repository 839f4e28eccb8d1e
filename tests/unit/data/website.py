"""A web server on this machine that serves, and misbehaves, as it is told."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from anticline.component import DataFile, Dataset
from anticline.component.catalogue.known import Catalogue
from anticline.data.transfer import Patience

CONTENT = bytes(range(256)) * 4000  # 1,024,000 bytes
HASTY = Patience(tries=3, pause_s=0.01, silence_s=0.5, stall_s=0.2, least_bytes=1000)


@dataclass
class Page:
    """What is served at an address, and how often it goes wrong first.

    ``breaks`` answers end after ``break_at`` bytes, then ``silences`` do not come at
    all, then ``refusals`` have ``status``; ``drip_s`` is the pause after each byte. An
    answer stays at its first half until ``gate`` is set.
    """

    content: bytes = CONTENT
    breaks: int = 0
    break_at: int = 300_000
    silences: int = 0
    refusals: int = 0
    status: int = 503
    drip_s: float = 0.0
    gate: threading.Event | None = None
    ranges: bool = True
    length: bool = True


@dataclass
class Site:
    """The pages, what was asked for (path, Range), and the server's address."""

    address: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def add(self, path: str, page: Page) -> str:
        self.pages[path] = page
        return self.address + path


class Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.site.asked.append((self.path, wanted))
        page = self.site.pages.get(self.path)
        if page is None:
            self.send_error(404)
        elif page.silences:
            page.silences -= 1
            time.sleep(1.0)
        elif page.refusals:
            page.refusals -= 1
            self.send_error(page.status)
        else:
            with contextlib.suppress(ConnectionError):  # the client went away
                self._serve(page, wanted)

    def _serve(self, page: Page, wanted: str | None) -> None:
        first = 0
        total = len(page.content)
        if wanted and page.ranges:
            first = int(wanted.removeprefix("bytes=").rstrip("-"))
            if first >= total:
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{total - 1}/{total}")
        else:
            self.send_response(200)
        if page.length:
            self.send_header("Content-Length", str(total - first))
        self.end_headers()
        last = total
        if page.breaks:
            page.breaks -= 1
            last = min(total, first + page.break_at)
        if page.gate is not None:
            half = (first + last) // 2
            self.wfile.write(page.content[first:half])
            page.gate.wait(30)
            first = half
        if not page.drip_s:
            self.wfile.write(page.content[first:last])
            return
        for position in range(first, last):
            self.wfile.write(page.content[position : position + 1])
            time.sleep(page.drip_s)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def catalogue_of(*files: DataFile, **more: Any) -> Catalogue:
    terms = {"title": "Trial", "license": "CC0-1.0", "citation": "nobody (2026)"}
    return Catalogue({"trial": Dataset("trial", files=files, **(terms | more))})


def sound_file(url: str, **more: Any) -> DataFile:
    values = {
        "path": "vp.bin",
        "sha256": sha256_of(CONTENT),
        "size_bytes": len(CONTENT),
        "url": url,
    }
    return DataFile("vp", **(values | more))
