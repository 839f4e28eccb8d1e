"""The components of tests/plugins, known to this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anticline.execution.node.component import components
from chores_to_do import CHORES


@pytest.fixture
def chores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(CHORES))
    monkeypatch.setenv("PYTHONPATH", str(CHORES))
    components.cache_clear()
    yield
    components.cache_clear()
