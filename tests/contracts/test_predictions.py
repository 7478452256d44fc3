"""Every prediction of a language model: which words a state predicts, and that it has not seen them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from reread.errors import ConfigError
from reread.nn.language_model import LanguageModel
from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec
from reread.train.predictions import Prediction, build_prediction, predictions

WORDS, LENGTHS = 30, (9, 5, 2)
COUNTS = np.array([4_000, 800, *[20] * 26, 3, 0])
CASES = {"next": [None], "bag": [None, 1, 3]}


def test_every_prediction_is_tried_here() -> None:
    assert predictions.names() == sorted(CASES)


def language_model(*, bidirectional: bool = True) -> LanguageModel:
    torch.manual_seed(0)
    spec = ModelSpec(embedding_dim=5, hidden=4, recurrence="min_lstm", bidirectional=bidirectional)
    return LanguageModel(build_model(spec, [WORDS], 1), torch.from_numpy(COUNTS)).eval()


def texts() -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.randint(WORDS, (len(LENGTHS), max(LENGTHS), 1), generator=torch.Generator().manual_seed(1))
    return ids, torch.tensor(LENGTHS)


def expected(prediction: Prediction, *, bidirectional: bool) -> list[tuple[int, int, list[int]]]:
    """The text, position and predicted positions of each state."""
    states = []
    for step in (1, -1) if bidirectional else (1,):
        for row, length in enumerate(LENGTHS):
            for at in range(length):
                places = [at + step * k for k in range(1, prediction.words + 1) if 0 <= at + step * k < length]
                if places:
                    states.append((row, at, places))
    return states


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("name", "words"), [(name, words) for name, some in CASES.items() for words in some])
def test_a_state_predicts_the_words_that_its_direction_reads_next(
    name: str,
    words: int | None,
    bidirectional: bool,  # noqa: FBT001
) -> None:
    model, prediction = language_model(bidirectional=bidirectional), build_prediction(name, COUNTS, words)
    ids, lengths = texts()
    found = prediction.read(model, ids, lengths)
    states = expected(prediction, bidirectional=bidirectional)
    assert found.rows.tolist() == [row for row, _, _ in states]
    table = model.embedding.tables[0].weight
    for k, (row, _, places) in enumerate(states):
        there = found.weights[k] > 0
        assert found.words[k][there].tolist() == ids[row, places, 0].tolist()
        own = table[found.words[k][there]] @ found.vectors[k]
        torch.testing.assert_close(found.scores[k][there], own)
        torch.testing.assert_close(found.weights[k][there], prediction.worth[found.words[k][there]])


@pytest.mark.parametrize("name", CASES)
def test_no_state_has_seen_what_it_predicts(name: str) -> None:
    model, prediction = language_model(), build_prediction(name, COUNTS)
    ids, lengths = texts()
    changed = ids.clone()
    changed[0, 4] = (ids[0, 4] + 1) % WORDS
    before, after = (prediction.read(model, each, lengths).vectors for each in (ids, changed))
    same = (before == after).all(dim=1)
    for k, (row, at, places) in enumerate(expected(prediction, bidirectional=True)):
        has_read = row == 0 and (4 - at) * (places[0] - at) <= 0
        assert bool(same[k]) is not has_read


@pytest.mark.parametrize("name", CASES)
def test_a_text_of_two_words_is_predicted_from(name: str) -> None:
    model, prediction = language_model(), build_prediction(name, COUNTS)
    found = prediction.read(model, torch.zeros(1, 2, 1, dtype=torch.int64), torch.tensor([2]))
    assert (found.weights > 0).sum() == 2
    assert (prediction.worth > 0).all()


def test_of_a_bag_frequent_words_count_less_and_rare_ones_whole() -> None:
    counts = np.array([50_000, 1_000, 10, 48_990])
    bag = build_prediction("bag", counts)
    np.testing.assert_allclose(bag.worth.numpy(), [0.01414, 0.1, 1, 0.01429], rtol=1e-2)
    np.testing.assert_allclose(bag.counts, counts * bag.worth.numpy(), rtol=1e-6)


def test_a_number_of_words_that_is_not_predicted_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"bag_size = 3: expected 1 only; leave it out, or predict a bag"):
        build_prediction("next", COUNTS, 3)
    with pytest.raises(ConfigError, match=r"bag_size = 0: expected at least 1"):
        build_prediction("bag", COUNTS, 0)
    with pytest.raises(ConfigError, match=r'unknown prediction "bags"\. Did you mean "bag"'):
        build_prediction("bags", COUNTS)
