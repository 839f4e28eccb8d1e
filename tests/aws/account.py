"""An account of AWS on the loopback interface: moto's server, and the real `aws`."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Account:
    """Settings by which programs find it; `aws` asks it."""

    def __init__(self, tools: Path, url: str) -> None:
        self.settings = {
            "PATH": f"{os.environ['PATH']}{os.pathsep}{tools}",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "us-east-2",
        }

    def aws(self, *words: object) -> str:
        done = subprocess.run(
            ["aws", *map(str, words)],
            env={**os.environ, **self.settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(needs: Any, bucket: str) -> Iterator[Account]:
    """Start a server with one bucket; skip where the AWS tools are lacking."""
    server = needs.aws_tool("moto_server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [server, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not _listens(port):
            time.sleep(0.1)
        made = Account(server.parent, f"http://127.0.0.1:{port}")
        made.aws("s3", "mb", f"s3://{bucket}")
        yield made
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
