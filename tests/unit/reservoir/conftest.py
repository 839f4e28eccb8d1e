"""What tests of the reservoir share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def parser():
    """OPM's parser of decks; there is none for some architectures."""
    pytest.importorskip("opm", reason="the package opm is lacking")
