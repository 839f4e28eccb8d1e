"""What a worker does with a message: an order comes in, its end goes back."""

from __future__ import annotations

import json

from anticline.execution.node.attempt import attempt
from anticline.execution.node.order import Ended, Order, from_json, to_json


def packed(order: Order) -> bytes:
    """Write a message; a few hundred bytes."""
    return json.dumps(to_json(order)).encode()


def perform(message: bytes) -> Ended:
    """Run what a message orders."""
    return attempt(from_json(Order, json.loads(message)))
