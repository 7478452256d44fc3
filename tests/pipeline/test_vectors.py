"""Networks that start from word vectors: which rows get them, what training does to them, and what is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from reread import ConfigError, DataError, TextClassifier, bundle, load
from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.pipeline import vectors as vectors_module
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.pipeline.saving import artefacts
from reread.recipes import load_recipe
from reread.train.listener import Progress, Silent
from reread.vectors.files import read_vectors
from reread.vectors.files.safetensors import save_vectors
from reread.vectors.word2vec import LARGE, train_word2vec
from reread.vectors.word_vectors import WordVectors

MODEL = {"embedding_dim": 6, "hidden": 4, "word_dropout": 0.2}
TRAINING = {"epochs": 2, "batch_size": 16, "threads": 1, "warmup": 0, "ema": 0.5, "checkpoint_seconds": 0.0}
WORDS = ("good", "bad", "lovely", "awful", "film", "spoon", "the")
HAN = ["这部电影很好看", "这部电影很难看", "味道很好", "味道很差"]


@pytest.fixture
def film_vectors(tmp_path: Path) -> Path:
    """A file with vectors of some words of the texts and of some others."""
    numbers = np.random.default_rng(0).normal(2, 0.5, size=(len(WORDS), 6)).astype(np.float32)
    save_vectors(WordVectors(WORDS, numbers), tmp_path / "films.safetensors")
    return tmp_path / "films.safetensors"


def plan_with(source: str | Path | None, training: Mapping[str, Any] | None = None, **vectors: Any) -> Plan:
    recipe = load_recipe("lstm").with_settings({
        "model": MODEL, "training": {**TRAINING, **(training or {})},
        "vectors": {"source": None if source is None else str(source), "deterministic": True, **vectors},
    })  # fmt: skip
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=False)


@pytest.fixture
def examples(texts: list[str], labels: list[str]) -> Examples:
    return examples_from_lists(texts, {"label": labels})


class Notes(Silent):
    """Remembers notes; stops the run before a step."""

    def __init__(self, stop_at: int = 0) -> None:
        self.notes: list[str] = []
        self.stop_at = stop_at

    def on_note(self, note: str) -> None:
        self.notes.append(note)

    def on_step(self, state: Progress, total_steps: int) -> None:
        if state.step == self.stop_at:
            raise KeyboardInterrupt


def table(fitted: Fitted, feature: int = 0) -> Tensor:
    return fitted.net.state_dict()[f"embedding.tables.{feature}.weight"]


def test_frozen_rows_are_the_vectors_and_the_unknown_word_is_their_mean(examples: Examples, film_vectors: Path) -> None:
    listener = Notes()
    fitted = fit(examples, plan_with(film_vectors, frozen=True), Run(listener=listener))
    tokens = fitted.encoder.vocabularies[0].tokens
    rows, known = read_vectors(film_vectors).rows_for(tokens)
    found = table(fitted).numpy()
    assert 2 <= known.sum() < len(known)
    np.testing.assert_array_equal(found[1:][known], rows[known])
    np.testing.assert_allclose(found[0], rows[known].mean(axis=0), rtol=1e-6)
    assert found[1:][~known].std() == pytest.approx(rows[known].std(), rel=0.4)
    assert abs(found[1:][~known].mean()) < 0.5
    assert f"word vectors for {known.sum()} of {len(known)} words of the vocabulary, frozen" in listener.notes
    facts = fitted.vectors
    assert facts["words_with_vector"] == [[known.sum(), len(known)]]
    assert (facts["source"], facts["frozen"]) == ("films.safetensors", True)
    assert facts["checksum"] == read_vectors(film_vectors).restricted(tokens).checksum()


def test_tuned_rows_move_away_from_the_vectors_and_at_a_rate_of_their_own(
    examples: Examples, film_vectors: Path
) -> None:
    def change(training: Mapping[str, Any], file: Path = film_vectors) -> float:
        fitted = fit(examples, plan_with(file, training))
        rows, known = read_vectors(film_vectors).rows_for(fitted.encoder.vocabularies[0].tokens)
        return float(np.abs(table(fitted).numpy()[1:][known] - rows[known]).max())

    ordinary = change({"parts": {"embedding": {"pretrained_factor": 1.0}}})
    slow = {"parts": {"embedding": {"pretrained_factor": 0.004}}}
    assert 1e-4 < ordinary < 0.5
    assert change(slow) == pytest.approx(ordinary, rel=1e-4)  # nothing says that they know such texts
    vectors = read_vectors(film_vectors)
    cut, much = (film_vectors.with_name(f"{name}.safetensors") for name in ("cut", "much"))
    for file, trained in ((cut, 999_999), (much, 1_000_000)):
        about = {"tokens": 1_000_000, "trained_tokens": trained}
        save_vectors(WordVectors(vectors.words, vectors.matrix, about), file)
    assert change(slow, cut) == pytest.approx(ordinary, rel=1e-4)  # its time was used up too soon
    assert 1e-7 < change(slow, much) < 0.1 * ordinary
    longer = {**slow, "pretrained_epochs_factor": 3.0}
    epochs = [
        fit(examples, plan_with(file, longer)).plan.recipe.training.epochs // plan_with(file).recipe.training.epochs
        for file in (film_vectors, much)
    ]
    assert epochs == [1, 3]


def test_rows_of_many_tokens_teach_word2vec_by_themselves(examples: Examples, film_vectors: Path) -> None:
    tokens = sum(len(text.split()) for text in examples.texts)
    few, many = (fit(examples, plan_with(None, least_tokens=least)) for least in (100 * tokens, tokens // 2))
    assert (few.vectors, many.vectors["source"]) == ({}, "word2vec")
    assert not np.array_equal(table(few).numpy(), table(many).numpy())
    short = fit(examples, plan_with(None, {"minutes": 4.9}, least_tokens=tokens // 2))
    assert (short.vectors, short.plan.recipe.vectors.least_tokens) == ({}, None)
    named = fit(examples, plan_with(film_vectors, least_tokens=1))
    assert named.vectors["source"] == "films.safetensors"


def test_weights_of_tokens_are_learned_while_their_vectors_stay(
    examples: Examples, film_vectors: Path, tmp_path: Path
) -> None:
    plan = plan_with(film_vectors, frozen=True)
    plan = replace(plan, recipe=plan.recipe.with_settings({"model": {"token_weights": True}}))
    fitted = fit(examples, plan)
    rows, known = read_vectors(film_vectors).rows_for(fitted.encoder.vocabularies[0].tokens)
    np.testing.assert_array_equal(table(fitted).numpy()[1:][known], rows[known])
    weights = fitted.net.embedding.token_weights[0].weight
    assert (weights[1:][torch.from_numpy(known)] != 1).any()
    bundle.save(artefacts(fitted, {}), tmp_path / "model")
    scores = load(tmp_path / "model").scores(list(examples.texts))
    np.testing.assert_allclose(scores, fitted.model().scores(list(examples.texts)), atol=1e-5)


@pytest.mark.parametrize("training", [{"clip": None}, {"clip": 1e-3, "ema": 0.0}, {"window": 3}, {"optimiser": "sgd"}])
def test_a_frozen_table_disturbs_no_way_of_training(
    training: dict[str, Any], examples: Examples, film_vectors: Path
) -> None:
    fitted = fit(examples, plan_with(film_vectors, training, frozen=True))
    rows, known = read_vectors(film_vectors).rows_for(fitted.encoder.vocabularies[0].tokens)
    np.testing.assert_array_equal(table(fitted).numpy()[1:][known], rows[known])
    assert fitted.state.step > 0


def test_each_feature_looks_its_own_words_up_in_one_corpus(labels: list[str]) -> None:
    texts = [f"{HAN[k % 4]}{k}" for k in range(60)]
    plan = replace(plan_with("word2vec", frozen=True), language="zh")
    listener = Notes()
    fitted = fit(examples_from_lists(texts, {"label": labels}), plan, Run(listener=listener))
    characters, pairs = fitted.encoder.vocabularies
    assert {"电", "看"} <= set(characters.tokens)
    assert {"电影", "好看"} <= set(pairs.tokens)
    assert table(fitted, 0).shape == (len(characters), 6)
    assert table(fitted, 1).shape == (len(pairs), 6)
    counts = [[len(characters.tokens)] * 2, [len(pairs.tokens)] * 2]
    assert fitted.vectors["words_with_vector"] == counts, (
        "every word of the vocabulary stands in the corpus often enough"
    )
    shared = [token for token in characters.tokens if token in pairs]
    for token in shared:
        one, other = (table(fitted, k)[vocabulary.ids([token])[0]] for k, vocabulary in enumerate((characters, pairs)))
        assert torch.equal(one, other)
    assert shared


def test_validation_texts_are_no_part_of_the_corpus(examples: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[str]] = []

    def spy(sentences: Any, settings: Any, *rest: Any, **named: Any) -> WordVectors:
        read.extend(sentences)
        return train_word2vec(read, settings, *rest, **named)

    monkeypatch.setattr(vectors_module, "train_word2vec", spy)
    listener = Notes()
    unlabelled = [text.upper() for text in examples.texts] + ["one more", "and another"]
    fit(examples, plan_with("word2vec"), Run(listener=listener), unlabelled=unlabelled)
    held_out = 6
    texts = [" ".join(sentence) for sentence in read]
    assert len(texts) == 2 * (60 - held_out) + 2
    assert texts[-2:] == ["one more", "and another"]
    assert len(set(texts)) == 60 - held_out + 2
    assert f"{held_out} unlabelled texts left out, as the rows held out have them too" in listener.notes


def test_word2vec_of_the_texts_is_told_and_recorded(examples: Examples) -> None:
    listener = Notes()
    fitted = fit(examples, plan_with("word2vec", epochs=3), Run(listener=listener), unlabelled=["good film " * 50])
    assert any(f"cbow, since the corpus has fewer than {LARGE:,} tokens" in note for note in listener.notes)
    tokens = sum(len(fitted.encoder.tokens(text)) for text in examples.texts)
    assert 100 < fitted.vectors["tokens"] < tokens + 100
    expected = {"source": "word2vec", "algorithm": "cbow", "epochs": 3, "min_count": 2, "workers": 1, "seed": 0}
    assert fitted.vectors | expected == fitted.vectors
    again = fit(examples, plan_with("word2vec", epochs=3), unlabelled=["good film " * 50])
    assert again.vectors["checksum"] == fitted.vectors["checksum"]
    assert torch.equal(table(again), table(fitted))


def test_the_vectors_follow_the_seed_of_the_training(examples: Examples) -> None:
    checksums = {fit(examples, plan_with("word2vec", {"seed": seed})).vectors["checksum"] for seed in (1, 2)}
    assert len(checksums) == 2
    fixed = {fit(examples, plan_with("word2vec", {"seed": 1}, seed=seed)).vectors["seed"] for seed in (7, 0)}
    assert fixed == {7, 0}


def test_unknown_words_get_vectors_from_their_n_grams(examples: Examples) -> None:
    few, all_of_them = (
        fit(examples, plan_with("word2vec", ngrams=ngrams, min_count=10)).vectors["words_with_vector"][0]
        for ngrams in (False, True)
    )
    assert few[0] < few[1]
    assert all_of_them == [few[1], few[1]]


@pytest.mark.parametrize("stop_at", [1, 5])
def test_a_resumed_run_goes_on_from_the_vectors_it_kept(
    stop_at: int, examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several workers would train others; stopped before the first checkpoint or after, they are not trained again."""
    plan = plan_with("word2vec", deterministic=False, frozen=stop_at == 1)
    run = Run(listener=Notes(stop_at), checkpoint=tmp_path / "checkpoint", vectors=tmp_path / "vectors")
    with pytest.raises(KeyboardInterrupt):
        fit(examples, plan, run)
    assert (tmp_path / "checkpoint").exists() is (stop_at > 1)
    kept = read_vectors(tmp_path / "vectors").checksum()

    def never(*_: Any, **__: Any) -> WordVectors:
        raise AssertionError("trained again")

    monkeypatch.setattr(vectors_module, "train_word2vec", never)
    resumed = fit(examples, plan, replace(run, listener=Silent(), resume=stop_at > 1))
    whole = fit(examples, plan, Run(vectors=tmp_path / "vectors"))
    for name, tensor in whole.net.state_dict().items():
        assert torch.equal(tensor, resumed.net.state_dict()[name]), name
    assert resumed.vectors == whole.vectors
    assert resumed.vectors["checksum"] == kept


def test_a_kept_file_that_was_tampered_with_stops_the_run(examples: Examples, tmp_path: Path) -> None:
    plan, run = plan_with("word2vec"), Run(vectors=tmp_path / "vectors")
    fit(examples, plan, run)
    content = bytearray((tmp_path / "vectors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "vectors").write_bytes(bytes(content))
    with pytest.raises(DataError, match="the file is incomplete or was changed"):
        fit(examples, plan, run)


@pytest.mark.parametrize(
    ("vectors", "error", "message"),
    [
        ({"source": None, "frozen": True}, ConfigError, "would leave the random initial vectors untrained"),
        ({"source": None, "reduce": 3}, ConfigError, "vectors.reduce = 3 without vectors to reduce"),
        ({"source": "word2vec", "dim": 5}, ConfigError, "vectors.dim = 5, but model.embedding_dim = 6"),
        ({"source": "word2vec", "algorithm": "sg"}, ConfigError, 'unknown word2vec algorithm "sg"'),
        ({"source": "nowhere.txt"}, DataError, "nowhere.txt: no such file of word vectors"),
        ({"source": "word2vec", "min_count": 999}, DataError, "words occur at least 999 times"),
    ],
)
def test_vectors_that_cannot_be_had(
    vectors: dict[str, Any], error: type[Exception], message: str, examples: Examples
) -> None:
    with pytest.raises(error, match=message):
        fit(examples, plan_with(**vectors))


def test_files_that_do_not_fit_the_network(examples: Examples, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("2 3\ngood 1 2 3\nbad 1 2 3\n", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"x\.txt holds vectors of 3 numbers, but model.embedding_dim = 6; set model.embedding_dim=3"
    ):
        fit(examples, plan_with(path))
    path.write_text("2 6\nGood 1 2 3 4 5 6\nBad 1 2 3 4 5 6\n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"0 of [0-9]+ words of the vocabulary have a vector; were the vectors trained on"
    ):
        fit(examples, plan_with(path))
    with pytest.raises(ConfigError, match="reduce = 7: expected at most the 6 numbers that a vector has"):
        fit(examples, plan_with(path, reduce=7))
    with pytest.raises(ConfigError, match="nothing reads the unlabelled texts"):
        fit(examples, plan_with(path), unlabelled=["a"])


WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "gensim", "scipy", "sklearn"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import reread
print(reread.load(sys.argv[1]).predict(["a good film", "a bad film"]), reread.verify(sys.argv[1])[0].ok)
"""


def test_an_estimator_with_vectors_and_its_folder(
    tmp_path: Path, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    options = {**small, "settings": {**small["settings"], "vectors": {"deterministic": True}}}
    model = TextClassifier(**options, vectors="word2vec").fit(texts, labels, unlabelled=["a good, lovely film"] * 9)
    model.save(tmp_path / "model")
    config = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["vectors"] == json.loads(json.dumps(model.fitted_.vectors))
    assert "words of its vocabulary started from word vectors (cbow trained on" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")  # fmt: skip
    assert load(tmp_path / "model").predict(texts).tolist() == model.predict(texts).tolist()
    command = [sys.executable, "-c", WITHOUT, str(tmp_path / "model")]
    answered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answered == f"{load(tmp_path / 'model').predict(['a good film', 'a bad film'])} True\n"


def test_an_estimator_with_a_file_of_vectors(
    film_vectors: Path, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    settings = {**small["settings"], "model": {**small["settings"]["model"], "embedding_dim": 6}}
    model = TextClassifier(**{**small, "settings": settings}, vectors=film_vectors).fit(texts, labels)
    assert model.fitted_.vectors["source"] == "films.safetensors"
    assert model.get_params()["vectors"] == film_vectors
    assert TextClassifier(**small).fit(texts, labels).fitted_.vectors == {}


def test_reduced_vectors_start_a_smaller_network(examples: Examples, film_vectors: Path) -> None:
    plan = plan_with(film_vectors, reduce=3)
    with pytest.raises(
        ConfigError, match=r"vectors\.reduce = 3, but model\.embedding_dim = 6; set model\.embedding_dim=3"
    ):
        fit(examples, plan)
    fitted = fit(examples, replace(plan, recipe=plan.recipe.with_settings({"model": {"embedding_dim": 3}})))
    assert fitted.net.embedding.tables[0].weight.shape[1] == 3
    assert fitted.vectors["reduced_from"] == 6


# The linear member


def test_the_linear_member_knows_words_of_no_training_text(small: dict[str, Any], tmp_path: Path) -> None:
    """Every text has a word that stands in no other: what it means is known from elsewhere."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = ["".join(word) for word in np.random.default_rng(2).choice(letters, (120, 7))]
    meanings = np.zeros((120, 6), np.float32)
    meanings[::2, 0], meanings[1::2, 0] = 1, -1
    known = WordVectors((*words, "thing"), np.concatenate([meanings, np.zeros((1, 6), np.float32)]))
    save_vectors(known, tmp_path / "words.safetensors")
    texts, labels = [f"a {word} thing" for word in words[:100]], ["pos", "neg"] * 50
    options = {**small, "baseline": True, "answer": "linear", "settings": {**small["settings"], "model": MODEL}}
    model = TextClassifier(**options, vectors=tmp_path / "words.safetensors").fit(texts, labels)
    assert model.fitted_.baseline is not None
    assert model.fitted_.baseline.kinds[-1] == "known_words"
    new = [f"a {word} thing" for word in words[100:]]
    assert model.predict(new).tolist() == ["pos", "neg"] * 10
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict_proba(new), model.predict_proba(new), atol=1e-6)
    weights = {span.text: span.weight for span in loaded.explain(new[0]).spans}
    assert weights[words[100]] == max(weights.values())


def test_vectors_that_were_trained_on_the_texts_tell_the_linear_member_nothing_new(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    options = {**small, "baseline": True, "settings": {**small["settings"], "model": MODEL}}
    model = TextClassifier(**options, vectors="word2vec").fit(texts, labels)
    assert model.fitted_.baseline is not None
    assert "known_words" not in model.fitted_.baseline.kinds
