"""Running pages: on texts whose right labels are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from reread.data.read import open_rows
from support.labelling import other_label, true_label, write_texts
from support.serving import ABSENT, Labels, Settling


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


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """Ada has labelled rows 1 to 40, and Bob 11 to 50; he says something else of 15, 25 and 35."""
    texts = [str(row.values["text"]) for row in open_rows(write_texts(tmp_path / "texts.csv"))]
    files = tmp_path / "ada.jsonl", tmp_path / "bob.jsonl"
    for path, name, rows in zip(files, ("Ada", "Bob"), (range(1, 41), range(11, 51)), strict=True):
        labels = {
            row: other_label(row) if name == "Bob" and row % 10 == 5 and row < 40 else true_label(row) for row in rows
        }
        lines = [{"row": row, "text": texts[row - 1], "label": label, "by": name} for row, label in labels.items()]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return files


@pytest.fixture
def settle(both: tuple[Path, Path], tmp_path: Path) -> Iterator[Callable[[], Settling]]:
    running: list[Settling] = []

    def start() -> Settling:
        running.append(Settling(both, tmp_path / "settled.jsonl"))
        return running[-1]

    yield start
    for server in running:
        server.kill()
