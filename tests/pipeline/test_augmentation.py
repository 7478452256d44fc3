"""Augmentation in a whole training: of training rows, never of rows held out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from reread import ConfigError
from reread.data.lists import examples_from_lists
from reread.pipeline import network
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.train import train
from reread.recipes import load_recipe
from reread.train.augment import Augment
from reread.train.listener import Silent

ALL = {"swap": {"rate": 0.3}, "delete": {"rate": 0.3}, "spelling": {}, "nearest": {}, "sentences": {"rate": 1}}
MODEL = {"embedding_dim": 6, "hidden": 4}
TRAINING = {"epochs": 2, "batch_size": 16, "threads": 1, "evaluations_per_epoch": 2}
VECTORS = {"source": "word2vec", "min_count": 1, "deterministic": True, "epochs": 1}


def plan(augment: dict[str, Any], language: str = "en", **training: Any) -> Plan:
    recipe = load_recipe("lstm").with_settings({
        "model": MODEL, "training": {**TRAINING, "augment": augment, **training}, "vectors": VECTORS,
    })  # fmt: skip
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=False, language=language)


def examples(texts: list[str], labels: list[str]) -> Any:
    ended = [f"{text}! watched in {k} parts. yes" for k, text in enumerate(texts)]
    return examples_from_lists(ended, {"label": labels})


def test_only_texts_that_are_trained_on_change(
    texts: list[str], labels: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    held_out: list[bytes] = []
    changing, scoring = Augment.__call__, network.validation_scores

    def spied(self: Augment, given: Any, random: Any) -> Any:
        read.extend(text.tobytes() for text in given)
        return changing(self, given, random)

    def scored(net: Any, prepared: Any, *rest: Any) -> Any:
        held_out.extend(prepared.encoded[row].tobytes() for row in prepared.validation)
        before = [text.copy() for text in prepared.encoded]
        scores = scoring(net, prepared, *rest)
        assert all(map(np.array_equal, before, prepared.encoded))
        return scores

    monkeypatch.setattr(Augment, "__call__", spied)
    monkeypatch.setattr(network, "validation_scores", scored)
    made = plan(ALL)
    prepared = prepare(examples(texts, labels), made, Silent())
    train(prepared, made)
    own = [prepared.encoded[row].tobytes() for row in prepared.train]
    assert sorted(read) == sorted(own * TRAINING["epochs"])
    assert held_out
    assert not set(read) & set(held_out)


def weights(fitted: Fitted) -> dict[str, Any]:
    return fitted.net.state_dict()


def test_equal_seeds_give_equal_networks_and_others_give_others(texts: list[str], labels: list[str]) -> None:
    rows = examples(texts, labels)
    one, again, plain = (weights(fit(rows, plan(each))) for each in (ALL, ALL, {}))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["head.2.weight"], plain["head.2.weight"])


def test_pairs_of_characters_are_augmented_and_what_chinese_lacks_is_refused(
    texts: list[str], labels: list[str]
) -> None:
    rows = examples_from_lists(
        [f"这部电影{'很好看' if label == labels[0] else '很难看'}。第{k}次！" for k, label in enumerate(labels)],
        {"label": labels},
    )
    fitted = fit(rows, plan({name: ALL[name] for name in ("swap", "delete", "nearest", "sentences")}, language="zh"))
    assert fitted.encoder.features == 2
    assert fitted.state.step > 0
    with pytest.raises(ConfigError, match="spelling needs words of at least 4 letters"):
        fit(rows, plan({"spelling": {}}, language="zh"))


def test_mixtures_are_learned_from_beside_changed_words(texts: list[str], labels: list[str]) -> None:
    rows = examples(texts, labels)
    mixed, plain = (fit(rows, plan({"swap": {}}, objective=name)) for name in ("mixup", "plain"))
    assert np.isfinite(mixed.state.loss)
    assert not torch.equal(weights(mixed)["head.2.weight"], weights(plain)["head.2.weight"])
