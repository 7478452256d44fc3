"""Running pages: on texts whose right labels are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from support.labelling import write_texts
from support.serving import ABSENT, Labels


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "texts.csv")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


@pytest.fixture
def start(data: Path, out: Path) -> Iterator[Callable[..., Labels]]:
    running = []

    def call(*options: str, classes: str | None = "pos,neg", absent: Sequence[str] = ABSENT) -> Labels:
        running.append(Labels(data, out, *options, classes=classes, absent=absent))
        return running[-1]

    yield call
    for server in running:
        server.kill()
