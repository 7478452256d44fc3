"""A training run of a second: a few dozen texts of made-up words, of which some decide the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from reread.nn.model import TextNet, build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.tasks.classification import Classification
from reread.train.engine import TORCH, use_engine
from reread.train.listener import Silent
from reread.train.loop import Trainer, TrainingSet, Watch
from reread.train.losses import build_loss
from reread.train.objectives import build_objective
from reread.train.state import Unlabelled
from reread.train.workers import Workers
from reread.windows import pad

WORDS = 20
TASK = Classification(["no", "perhaps", "yes"])
ROWS, BATCH, EPOCHS = 36, 8, 3
STEPS = EPOCHS * 5
MODEL = {"embedding_dim": 5, "hidden": 4, "word_dropout": 0.2, "dropout": 0.3}
TRAINING = {"epochs": EPOCHS, "batch_size": BATCH, "learning_rate": 0.02, "warmup": 3, "patience": None}


def texts(count: int = ROWS, longest: int = 14, seed: int = 0) -> TrainingSet:
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, count)
    ids = [random.integers(0, WORDS, (length, 1), dtype=np.int32) for length in lengths]
    targets = np.array([[text[:, 0].max() % 3] for text in ids], dtype=np.float32)
    return TrainingSet(ids, lengths, targets, random.uniform(0.5, 1.5, count).astype(np.float32))


def with_unlabelled(count: int = 11, batch_size: int = 4) -> TrainingSet:
    """The same rows, and texts without targets beside them."""
    others = texts(count, seed=5)
    return replace(texts(), unlabelled=Unlabelled(others.texts, others.lengths, batch_size, weight=0.5))


def network(seed: int = 0, **spec: Any) -> TextNet:
    torch.manual_seed(seed)
    return build_model(ModelSpec(**{**MODEL, **spec}), [WORDS], TASK.size)


def held_out_loss(net: TextNet) -> dict[str, float]:
    """A figure that any change of any weight changes."""
    rows = texts(12, seed=1)
    ids, lengths = map(torch.from_numpy, pad(rows.texts))
    with torch.no_grad():
        losses = build_loss(TASK)(net.read(ids, lengths), torch.from_numpy(rows.targets))
    return {"loss_held_out": float(losses.mean())}


def trainer(
    model: Mapping[str, Any] | None = None,
    *,
    rows: TrainingSet | None = None,
    evaluate: Callable[[TextNet], Mapping[str, float]] = held_out_loss,
    listener: Silent | None = None,
    checkpoint: Path | None = None,
    deadline: float | None = None,
    **training: Any,
) -> Trainer:
    settings = TrainingSettings(**{"engine": TORCH, **TRAINING, **training})
    net = network(settings.seed, **(model or {}))
    use_engine(net, settings.engine)
    return Trainer(
        net,
        build_objective(net, build_loss(TASK), settings),
        rows or texts(),
        Watch(evaluate=evaluate, metric="loss_held_out", higher_is_better=False, tokens=90, rows=12),
        settings,
        workers=Workers(),
        listener=listener or Silent(),
        checkpoint=checkpoint,
        deadline=deadline,
    )


def outcome(run: Trainer) -> tuple[dict[str, Tensor], list[dict[str, Any]], int]:
    """Everything of a finished run but its seconds."""
    history = [{key: value for key, value in record.items() if key != "seconds"} for record in run.state.history]
    return run.net.state_dict(), history, run.state.best_step


def assert_same_run(run: Trainer, expected: Trainer) -> None:
    """Equal to the bit: weights, figures on the way and the step that was kept."""
    (weights, *rest), (expected_weights, *expected_rest) = outcome(run), outcome(expected)
    assert weights.keys() == expected_weights.keys()
    for name, tensor in weights.items():
        assert torch.equal(tensor, expected_weights[name]), name
    assert rest == expected_rest


def opinions(rows: int) -> str:
    """A CSV file of opinions, each text once."""
    words = (("lovely", "warm", "clever", "bright"), ("dull", "cold", "clumsy", "tedious"))
    things = ("film", "book", "play", "song", "meal")
    lines = [f"a {words[k % 2][k % 4]} {things[k % 5]} of the year {k},{'no' if k % 2 else 'yes'}" for k in range(rows)]
    return "\n".join(["text,label", *lines, ""])
