"""docs/export.md: its program prints what the model answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from reread import load
from reread.export.folder import export_folder
from support import folders
from support.pages import ROOT, blocks

FOLDER = folders.DATA / "folders_2026_12" / "stack.reread"


def test_the_program_prints_the_answers_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folders.copy_of(FOLDER, Path("reviews.reread"))
    export_folder(Path("reviews.reread"), Path("reviews.onnx"))
    (program,) = [block.text for block in blocks(ROOT / "docs" / "export.md") if block.language == "python"]
    names: dict[str, object] = {}
    exec(program, names)  # the page's own
    texts = names["texts"]
    assert isinstance(texts, list)
    printed = [line.rsplit(" ", 2) for line in capsys.readouterr().out.splitlines()]
    assert [(text, answer) for text, answer, _ in printed] == list(zip(texts, load(FOLDER).predict(texts), strict=True))
    confident = load(FOLDER).predict_proba(texts).max(axis=1)
    assert [float(share) for *_, share in printed] == pytest.approx(confident.tolist(), abs=1e-4)
