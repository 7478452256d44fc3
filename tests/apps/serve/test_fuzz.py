"""Bodies that nobody thought of: benchmarks/reliability/serve_fuzz.py sends 100,000 of them, these are its first."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

pytest.importorskip("uvicorn")
from serve_fuzz import Maker, failed, outcome

from support.serving import Serving

BODIES = 150


def test_no_body_makes_the_server_fail(stack: Serving) -> None:
    assert stack.address.port is not None
    before = stack.ask("/v1/predict", {"text": "a warm and lovely film"}).json()
    found: Counter[str] = Counter()
    for number in range(BODIES):
        body = Maker(0, number).body()
        if not body.ends:  # the server gives up after half a minute
            continue
        status = asyncio.run(outcome(stack.address.port, body))
        assert not failed(status, body), (number, status)
        found[status] += 1
    assert {"200", "400", "422"} <= found.keys()
    assert stack.ask("/v1/predict", {"text": "a warm and lovely film"}).json() == before
