"""Language models in training: stretches of texts, a grammar that is learned, a run that is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from reread.nn.language_model import CandidateSampler, LanguageModel
from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.text.encoded import EncodedTexts
from reread.train.language_modelling import Stretches, WordPrediction, measure
from reread.train.listener import Listener, Silent
from reread.train.loop import Trainer
from reread.train.predictions import Prediction, build_prediction
from reread.train.workers import Workers
from reread.typing import override

WORDS = 12
COUNTS = np.full(WORDS, 100)
NEXT = build_prediction("next", COUNTS)


def encoded(lengths: list[int]) -> EncodedTexts:
    ids = np.arange(sum(lengths), dtype=np.int32)[:, None]
    return EncodedTexts(ids, np.cumsum([0, *lengths]))


def test_texts_are_cut_into_stretches_of_equal_length() -> None:
    cut = Stretches(encoded([7, 3, 1, 11, 4]), np.array([0, 2, 3]), 4)
    assert [part[:, 0].tolist() for part in cut] == [
        [0, 1, 2],
        [3, 4, 5, 6],
        [11, 12, 13],
        [14, 15, 16, 17],
        [18, 19, 20, 21],
    ]
    assert cut.lengths.tolist() == [3, 4, 3, 4, 4]
    assert [part[:, 0].tolist() for part in cut[1:3]] == [[3, 4, 5, 6], [11, 12, 13]]


def counting(texts: int = 40) -> Stretches:
    """Each word is followed by the next number: whoever reads the last word knows the next one."""
    random = np.random.default_rng(0)
    lengths = random.integers(3, 9, texts)
    ids = [(random.integers(WORDS) + np.arange(length)) % WORDS for length in lengths]
    whole = EncodedTexts(np.concatenate(ids).astype(np.int32)[:, None], np.cumsum([0, *lengths]))
    return Stretches(whole, np.arange(texts), 6)


def trainer(
    checkpoint: Path | None = None,
    listener: Listener | None = None,
    prediction: Prediction = NEXT,
    **more: object,
) -> Trainer:
    settings = TrainingSettings(
        **{
            "epochs": 12,
            "batch_size": 8,
            "learning_rate": 0.05,
            "warmup": 2,
            "patience": None,
            "ema": 0.9,
            "checkpoint_seconds": 0,
            **more,
        }
    )  # type: ignore[arg-type]  # of a test
    torch.manual_seed(0)
    counts = torch.from_numpy(COUNTS)
    spec = ModelSpec(embedding_dim=8, hidden=8, recurrence="min_lstm")
    model = LanguageModel(build_model(spec, [WORDS], 1), counts)
    objective = WordPrediction(model, prediction, CandidateSampler(counts, 5))
    rows = counting().training_set()
    return Trainer(
        model, objective, rows, None, settings, workers=Workers(), listener=listener or Silent(), checkpoint=checkpoint
    )


def test_a_grammar_is_learned_in_both_directions() -> None:
    run = trainer()
    before = measure(run.net, NEXT, counting())
    assert before.unigram == pytest.approx(WORDS, rel=1e-6)
    assert before.model == pytest.approx(WORDS, rel=0.3)
    state = run.run()
    after = measure(run.net, NEXT, counting())
    assert after.model < 3 < after.unigram
    assert state.words == 12 * counting().lengths.sum()
    assert after.predictions == 2 * (counting().lengths - 1).sum()


def test_which_words_come_next_is_learned_whatever_their_order() -> None:
    """The next three words are known, so each is one of three: at most that is to be learned."""
    bag = build_prediction("bag", COUNTS, 3)
    run = trainer(prediction=bag, epochs=30)
    run.run()
    after = measure(run.net, bag, counting())
    assert after.unigram == pytest.approx(WORDS, rel=1e-6)
    assert 1.5 < after.model < 6
    pairs = sum(min(3, length - 1 - at) for length in counting().lengths.tolist() for at in range(length - 1))
    assert after.predictions == 2 * pairs


class Stops(Silent):
    """Interrupts the run once, after a step."""

    @override
    def on_step(self, state: object, total_steps: int) -> None:
        if state.step == 17:  # type: ignore[attr-defined]
            raise KeyboardInterrupt


@pytest.mark.parametrize("prediction", [NEXT, build_prediction("bag", COUNTS, 2)], ids=["next", "bag"])
def test_a_resumed_run_is_the_same_run_to_the_bit(tmp_path: Path, prediction: Prediction) -> None:
    whole = trainer(prediction=prediction)
    whole.run()
    interrupted = trainer(tmp_path / "checkpoint.safetensors", Stops(), prediction)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run()
    again = trainer(tmp_path / "checkpoint.safetensors", prediction=prediction)
    again.resume()
    assert 0 < again.state.step < 17
    again.run()
    expected: Mapping[str, torch.Tensor] = whole.net.state_dict()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in again.net.state_dict().items())
