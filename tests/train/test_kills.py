"""SIGKILL at random moments and --resume: the weights of a run left alone, to the bit. benchmarks/quality/kills.py does more."""

from __future__ import annotations

import random
import time
from pathlib import Path

import kills
import pytest

from reread.apps.cli.run import run
from support import tiny

OPTIONS = [
    "--no-baseline",
    "--threads=1",
    "--device=cpu",
    "--quiet",
    "--epochs=30",
    "--batch-size=8",
    "--set=training.patience=none",
    "--set=model.hidden=6",
    "--set=model.embedding_dim=6",
    "--set=model.latent=[6]",
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "opinions.csv"
    path.write_text(tiny.opinions(120), encoding="utf-8")
    return path


def test_two_kills_and_two_resumes_give_identical_weights(data: Path, tmp_path: Path) -> None:
    assert run(["train", str(data), "-o", str(tmp_path / "alone"), *OPTIONS]) == 0
    expected = (tmp_path / "alone" / "weights.safetensors").read_bytes()
    model, steps, often = tmp_path / "killed", [], [*OPTIONS, "--set=training.checkpoint_seconds=0"]
    for options in (often, [*often, "--resume"]):
        process, started = kills.train(data, model, options), time.time()
        kills.wait_for(kills.checkpoint_of(model), process, started)  # it trains
        met = kills.kill(process, model, random.uniform(0, 0.5))
        assert met["unfinished"]
        steps.append(met["step"])
    assert 0 < steps[0] < steps[1]
    assert kills.finish(kills.train(data, model, [*OPTIONS, "--resume"]), model) == expected, f"killed at steps {steps}"
    assert not kills.checkpoint_of(model).parent.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone", "killed", "opinions.csv"]
