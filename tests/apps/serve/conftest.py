"""Running servers: of one model, and of one for each task."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from support.folders import KEPT, OLD
from support.serving import Serving


@pytest.fixture(scope="module")
def one() -> Iterator[Serving]:
    server = Serving([OLD])
    yield server
    server.kill()


@pytest.fixture(scope="module")
def many() -> Iterator[Serving]:
    server = Serving(KEPT)
    yield server
    server.kill()


@pytest.fixture
def start() -> Iterator[Callable[..., Serving]]:
    running = []

    def call(*options: str, environment: dict[str, str] | None = None) -> Serving:
        running.append(Serving([OLD], *options, environment=environment))
        return running[-1]

    yield call
    for server in running:
        server.kill()
