"""What judges a candidate: rows that nothing of both models has learned from."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("uvicorn")
from reread.apps.serve.served import Served
from reread.apps.serve.training.deciding import compared, unseen_scores
from reread.bundle import read_bundle
from reread.data.split import text_keys
from reread.model.load import model_of
from support.command_line import Command
from support.folders import sign


def test_rows_held_out_are_judged_by_what_was_said_before_they_were_learned(tmp_path: Path, reread: Command) -> None:
    number = random.Random(0)
    texts = [" ".join(f"w{number.randrange(10**6)}" for _ in range(8)) for _ in range(100)]
    labels = [number.choice(["good", "bad"]) for _ in texts]  # of which nothing can be learned but by heart
    rows = "".join(f"{text},{label}\n" for text, label in zip(texts, labels, strict=True))
    (tmp_path / "rows.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    folder = tmp_path / "x.reread"
    assert reread(f"train {tmp_path}/rows.csv -o {folder} --steps 2 --no-report").code == 0
    bundle = read_bundle(folder)
    served = Served("x", folder, model_of(bundle), bundle.config.answers)
    seen = served.seen()
    assert seen is not None
    rows_out = np.flatnonzero(seen.among(text_keys(texts))[1])
    asked, right = [texts[row] for row in rows_out], [labels[row] for row in rows_out]
    assert served.model.predict(asked).tolist() == right  # by heart
    scores, known = unseen_scores(served, asked)
    assert known
    answers = [each["prediction"] for each in served.model.postprocessor.answers(scores)]
    share = np.mean([answer == label for answer, label in zip(answers, right, strict=True)])
    assert share == pytest.approx(bundle.metrics["validation"]["accuracy"])
    assert share < 1
    verdict = compared(served, served, asked, right, unseen=True).sentence()
    assert f"the new model is right on {round(share * len(asked))}, the old one" in verdict
    assert "flatters" not in verdict
    (folder / "seen.safetensors").unlink()
    sign(folder)
    assert "which flatters both" in compared(served, served, asked, right, unseen=True).sentence()
