from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def tiny_networks(one_thread: None) -> None:
    """See `one_thread`."""
