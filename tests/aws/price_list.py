"""AWS's Price List Query API on the loopback interface, from a recorded catalogue.

Answers GetProducts as the service does: products of a service code that match every
filter, as JSON texts, two a page. Source: docs.aws.amazon.com/aws-cost-management,
"AWS Price List API Reference: GetProducts".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

RECORDED = Path(__file__).with_name("recorded")
PAGE = 2


def catalogue() -> list[dict[str, Any]]:
    """Give all recorded products."""
    instances = sorted(RECORDED.glob("price_*.json"))
    files = [*instances, RECORDED / "services.json"]
    return [item for path in files for item in json.loads(path.read_text())]


def matching(asked: dict[str, Any]) -> list[str]:
    """Give the products that match a request."""
    wanted = {one["Field"]: one["Value"] for one in asked["Filters"]}
    assert all(one["Type"] == "TERM_MATCH" for one in asked["Filters"])
    found = []
    for item in catalogue():
        own = item["product"]
        facts = own["attributes"] | {"productFamily": own.get("productFamily")}
        if item["serviceCode"] == asked["ServiceCode"] and wanted.items() <= (
            facts.items()
        ):
            found.append(json.dumps(item))
    return found


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        target = self.headers["X-Amz-Target"]
        assert target == "AWSPriceListService.GetProducts", target
        first = int(asked.get("NextToken", 0))
        found = matching(asked)
        answer = {"FormatVersion": "aws_v1", "PriceList": found[first : first + PAGE]}
        if first + PAGE < len(found):
            answer["NextToken"] = str(first + PAGE)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Start it; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
