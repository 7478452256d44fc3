"""Running servers: of one model, of one for each task, of a stack; and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from support.folders import KEPT, OLD, STACK
from support.serving import Serving


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """With a file that it may have been trained on."""
    films = tmp_path_factory.mktemp("examples") / "films.csv"
    films.write_text("text,label\na lovely film,praise\na dull film,blame\n", encoding="utf-8")
    server = Serving([OLD], "--examples", str(films))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def many() -> Iterator[Serving]:
    server = Serving(KEPT)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def stack() -> Iterator[Serving]:
    server = Serving([STACK])
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
