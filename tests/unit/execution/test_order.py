"""Orders and ends as JSON, and what exit codes mean."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anticline.execution.blocks.worker import packed
from anticline.execution.node.order import (
    Ended,
    Kind,
    Order,
    from_json,
    kind_of,
    to_json,
)


@given(st.builds(Order) | st.builds(Ended))
def test_what_is_written_as_json_is_read_back_the_same(made: Order | Ended) -> None:
    text = json.dumps(to_json(made))
    assert from_json(type(made), json.loads(text)) == made


def test_what_a_later_version_adds_is_left_out() -> None:
    made = to_json(Order("/run", "a", "steps/a", "x.y", "key")) | {"colour": "red"}
    assert from_json(Order, made) == Order("/run", "a", "steps/a", "x.y", "key")


def test_an_order_is_a_short_message() -> None:
    folder = "steps/invert/002/update/015"
    made = Order("/scratch/a/run", "invert(2)/update[15]", folder, "seismic.rtm", "k")
    assert len(packed([made])) < 600


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, Kind.DONE),
        (65, Kind.BAD_INPUT),
        (70, Kind.FAILED),
        (75, Kind.INTERRUPTED),
        (137, Kind.KILLED),
        (1, Kind.KILLED),
    ],
)
def test_an_exit_code_tells_the_kind(code: int, kind: Kind) -> None:
    assert kind_of(code) == kind
