"""What a worker does with a message: orders come in, their ends go back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from anticline.execution.node.attempt import attempt_all
from anticline.execution.node.order import Ended, Order, from_json, to_json


def packed(orders: Sequence[Order]) -> bytes:
    """Write a message; a few hundred bytes an order."""
    return json.dumps([to_json(order) for order in orders]).encode()


def perform(message: bytes) -> list[Ended]:
    """Run what a message orders."""
    return attempt_all([from_json(Order, one) for one in json.loads(message)])
