"""The language model: what its predictions see, and the softmax over some of the words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from reread.errors import ConfigError
from reread.kernel import available, load
from reread.nn.language_model import Candidates, CandidateSampler, LanguageModel
from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec
from reread.train.predictions import Predicted, build_prediction

WORDS = 30


def language_model(**spec: Any) -> LanguageModel:
    torch.manual_seed(0)
    settings = {"embedding_dim": 5, "hidden": 4, "recurrence": "min_lstm", **spec}
    model = LanguageModel(build_model(ModelSpec(**settings), [WORDS], 1), torch.arange(WORDS) + 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    return model.eval()


def predicted(model: LanguageModel, ids: Tensor, lengths: Tensor) -> Predicted:
    """What the states of a language model predict: the next word."""
    return build_prediction("next", np.arange(WORDS) + 1).read(model, ids, lengths)


def texts() -> tuple[Tensor, Tensor]:
    return torch.randint(WORDS, (3, 9, 1), generator=torch.Generator().manual_seed(1)), torch.tensor([9, 5, 2])


@pytest.mark.parametrize("engine", ["torch", "kernel"])
@pytest.mark.parametrize("recurrence", ["lstm", "min_lstm"])
def test_no_prediction_sees_its_word_or_what_is_beyond_it(recurrence: str, engine: str) -> None:
    if engine == "kernel" and not available():
        pytest.skip("no kernel was built here")
    model = language_model(recurrence=recurrence)
    model.use_kernel(load(available()[0]) if engine == "kernel" else None)
    ids, lengths = texts()
    changed = ids.clone()
    changed[0, 4] = (ids[0, 4] + 1) % WORDS
    with torch.no_grad():
        before, after = (predicted(model, each, lengths) for each in (ids, changed))
    words, rows = before.words[:, 0], before.rows
    same = (before.vectors == after.vectors).all(dim=1)
    half = len(words) // 2
    assert words[:half].tolist() == [*ids[0, 1:, 0], *ids[1, 1:5, 0], *ids[2, 1:2, 0]]
    assert words[half:].tolist() == [*ids[0, :8, 0], *ids[1, :4, 0], *ids[2, :1, 0]]
    assert rows.tolist() == [*[0] * 8, *[1] * 4, 2] * 2
    # Forward, the states at the positions 0 to 3 have not met it; backward, those at 5 to 8, which predict 4 to 7.
    assert same[:8].tolist() == [True] * 4 + [False] * 4
    assert same[half : half + 8].tolist() == [False] * 4 + [True] * 4
    assert same[8:half].all()
    assert same[half + 8 :].all()


def test_with_all_words_as_candidates_the_sampled_softmax_is_the_whole_one() -> None:
    model = language_model()
    candidates = CandidateSampler(torch.arange(WORDS), WORDS).draw()
    assert candidates.ids.tolist() == list(range(WORDS))
    found = predicted(model, *texts())
    sampled = model.sampled_losses(found.vectors, found.words, found.scores, candidates)
    torch.testing.assert_close(sampled, model.losses(found.vectors, found.words))


def test_the_probabilities_of_all_words_are_one_in_sum() -> None:
    model = language_model()
    vectors = predicted(model, *texts()).vectors
    chances = sum(model.losses(vectors, torch.full((len(vectors), 1), word)).neg().exp() for word in range(WORDS))
    torch.testing.assert_close(chances, torch.ones(len(vectors), 1))


def test_the_loss_among_few_candidates_is_least_at_the_true_chances() -> None:
    """What is corrected is what was drawn: the gradient at the true distribution is 0 on average."""
    model, words = language_model(), 6
    truth = torch.tensor([0.4, 0.3, 0.15, 0.1, 0.04, 0.01])
    model.embedding.tables[0].weight.data = torch.zeros(words, 5)
    model.bias = torch.nn.Embedding.from_pretrained(truth.log().unsqueeze(1), freeze=False)
    sampler = CandidateSampler(torch.tensor([1, 2, 3, 4, 5, 6]), 3)
    torch.manual_seed(0)
    total, scores = torch.zeros(words), torch.zeros(words, 1)
    rounds = 4_000
    for _ in range(rounds):
        losses = model.sampled_losses(
            torch.zeros(words, 5), torch.arange(words).unsqueeze(1), scores, sampler.draw()
        ).squeeze(1)
        (grad,) = torch.autograd.grad((truth * losses).sum(), model.bias.weight)
        total += grad.squeeze(1)
    assert (total / rounds).abs().max() < 0.005


def test_candidates_are_drawn_by_their_chances() -> None:
    sampler = CandidateSampler(torch.tensor([1000, 100, 10, 10, 1, 1, 0]), 4)
    assert float(sampler.chances.sum()) == pytest.approx(4)
    assert float(sampler.chances[0]) == 1
    torch.manual_seed(0)
    drawn = [sampler.draw() for _ in range(2_000)]
    shares = torch.bincount(torch.cat([each.ids for each in drawn]), minlength=7) / len(drawn)
    torch.testing.assert_close(shares.double(), sampler.chances, atol=0.05, rtol=0)
    assert all(isinstance(each, Candidates) and 0 in each.ids for each in drawn)


def test_layers_that_know_the_word_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"model\.layers = 2: the second layer .* set model\.layers=1, or model"):
        language_model(layers=2)
    one_way = language_model(layers=2, bidirectional=False)
    assert len(predicted(one_way, *texts()).words) == 13
