"""A metadata service of an EC2 instance, version 2, on the loopback interface.

Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide, "Spot Instance interruption
notices" and "Use the Instance Metadata Service to access instance metadata".
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN, LIFE = "X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"


class Metadata:
    """Says nothing of an interruption until `interrupt`; context manager."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.facts = {
            "instance-id": "i-0123456789abcdef0",
            "placement/region": "us-east-2",
        }
        self.refused = 0
        made = type("Answers", (_Answers,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), made)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def interrupt(self, in_s: float = 120.0) -> None:
        """Give the notice that EC2 gives two minutes before."""
        when = datetime.now(UTC) + timedelta(seconds=in_s)
        notice = {"action": "terminate", "time": f"{when:%Y-%m-%dT%H:%M:%SZ}"}
        self.facts["spot/instance-action"] = json.dumps(notice)

    def __enter__(self) -> Metadata:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Answers(BaseHTTPRequestHandler):
    service: Metadata

    def do_PUT(self) -> None:
        if self.path != "/latest/api/token" or not self.headers.get(LIFE):
            self._answer(400)
            return
        token = secrets.token_hex(16)
        self.service.tokens.add(token)
        self._answer(200, token)

    def do_GET(self) -> None:
        if self.headers.get(TOKEN) not in self.service.tokens:
            self.service.refused += 1
            self._answer(401)
            return
        fact = self.service.facts.get(self.path.removeprefix("/latest/meta-data/"))
        self._answer(404 if fact is None else 200, fact or "")

    def _answer(self, code: int, text: str = "") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words: Any) -> None:
        """Say nothing."""
