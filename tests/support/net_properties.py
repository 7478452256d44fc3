"""What every recurrence, pooling and network promises, as functions: registered ones pass, wrong ones are caught."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reread.nn.model import TextNet, build_model
from reread.nn.poolings import Pooling
from reread.nn.recurrences import Recurrence
from reread.recipes.spec import ModelSpec
from reread.scoring.backends import Backend
from reread.scoring.scorer import Scorer
from reread.tasks.classification import Classification
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary
from reread.windows import pad

TOLERANCE = 1e-5
GARBAGE = 1e3  # what stands in padding: no real state comes near it
TOKENS = 29
SIZES = (TOKENS + 1,)  # the unknown token is one more
CLASSES = ("bad", "fair", "good")
TINY = {"embedding_dim": 5, "hidden": 4, "dropout": 0.0}

Texts = Sequence[NDArray[np.int32]]


def network(seed: int = 0, sizes: Sequence[int] = SIZES, **spec: Any) -> TextNet:
    """A small network in evaluation mode whose vectors are large enough for every word to matter."""
    torch.manual_seed(seed)
    net = build_model(ModelSpec(**{**TINY, **spec}), sizes, len(CLASSES))
    for table in net.embedding.tables:
        torch.nn.init.normal_(table.weight)
    for name, parameter in net.named_parameters():
        if "bias" in name or name.endswith("first"):
            torch.nn.init.normal_(parameter, std=0.3)
        if "token_weights" in name:
            torch.nn.init.uniform_(parameter, 0.2, 2)
    return net.eval()


def texts_of(lengths: Sequence[int], seed: int = 0, sizes: Sequence[int] = SIZES) -> list[NDArray[np.int32]]:
    random = np.random.default_rng(seed)
    columns = [random.integers(0, size, sum(lengths), dtype=np.int32) for size in sizes]
    return np.split(np.stack(columns, axis=1), np.cumsum(lengths)[:-1])


def scorer(backend: Backend, window: int) -> Scorer:
    encoder = TextEncoder(TextSettings(), [Vocabulary(f"w{k}" for k in range(TOKENS))])
    return Scorer(encoder, Classification(list(CLASSES)), backend, window=window)


def answers(backend: Backend, texts: Texts, *, columns: int = 0, filler: int = 0) -> NDArray[np.float32]:
    """Scores of texts read in one batch, padded by some more columns, with an id of a word in the padding."""
    ids, lengths = pad(texts)
    ids = np.pad(ids, ((0, 0), (0, columns), (0, 0)))
    ids[np.arange(ids.shape[1]) >= lengths[:, None]] = filler
    states = np.repeat(backend.start_states[:, None], len(ids), axis=1)
    summary = np.repeat(backend.start_summary[None], len(ids), axis=0)
    scores: NDArray[np.float32] = backend.run(ids, lengths, states, summary)[0]
    return scores


def assert_same(found: Any, expected: Any, tolerance: float = TOLERANCE) -> None:
    """Numbers that differ by rounding alone; one that is not finite differs from everything."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.isfinite(found).all()
    error = np.abs(found - expected) / np.maximum(1, np.abs(expected))
    assert error.max() <= tolerance


# Networks


def assert_text_alone_decides(backend: Backend, texts: Texts) -> None:
    """Neither batch mates, nor padding and what stands in it, nor the order of the texts reach an answer."""
    alone = np.concatenate([answers(backend, [text]) for text in texts])
    assert_same(answers(backend, texts), alone)
    assert_same(answers(backend, texts[::-1])[::-1], alone)
    assert_same(answers(backend, texts, columns=3, filler=7), alone)
    assert_same(scorer(backend, window=1000).score_ids(texts), alone)


def assert_windows_are_one_pass(backend: Backend, texts: Texts, window: int) -> None:
    whole = scorer(backend, window=1000).score_ids(texts)
    assert_same(scorer(backend, window=window).score_ids(texts), whole)


# Recurrences


def assert_blind_to_the_future(recurrence: Recurrence, inputs: Tensor, position: int) -> None:
    """Outputs up to a position keep their values when all that follows changes, and send it no gradient."""
    inputs = inputs.clone().requires_grad_()
    lengths = torch.full((len(inputs),), inputs.shape[1])
    state = recurrence.start().expand(len(inputs), -1)
    outputs, _ = recurrence(inputs, lengths, state)
    gradient = torch.autograd.grad(outputs[:, : position + 1].sum(), inputs)[0]
    assert (gradient[:, position + 1 :] == 0).all()
    changed = inputs.detach().clone()
    changed[:, position + 1 :] = GARBAGE
    torch.testing.assert_close(recurrence(changed, lengths, state)[0][:, : position + 1], outputs[:, : position + 1])


def assert_state_says_all(recurrence: Recurrence, inputs: Tensor, cut: int) -> None:
    """Reading on from the state at a cut gives what reading in one go gives."""
    state = recurrence.start().expand(len(inputs), -1)
    lengths = torch.full((len(inputs),), inputs.shape[1])
    whole, after = recurrence(inputs, lengths, state)
    first, between = recurrence(inputs[:, :cut], torch.full_like(lengths, cut), state)
    second, end = recurrence(inputs[:, cut:], lengths - cut, between)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(end, after)


# Poolings


def assert_padding_is_not_pooled(pooling: Pooling, states: Tensor, lengths: Tensor) -> None:
    """A text's vector is the same alone, without padding, and with anything at all in its padding."""
    together = pooling(states, lengths)
    assert together.shape == (len(states), pooling.out_dim)
    padded = torch.arange(states.shape[1]) >= lengths.unsqueeze(1)
    torch.testing.assert_close(pooling(states.masked_fill(padded.unsqueeze(-1), GARBAGE), lengths), together)
    for row, length in enumerate(lengths):
        alone = pooling(states[row : row + 1, :length], lengths[row : row + 1])
        torch.testing.assert_close(together[row : row + 1], alone)


def assert_summaries_merge(pooling: Pooling, states: Tensor, cuts: Sequence[int]) -> None:
    """However the states are cut into windows, the vector is that of one pass."""
    summary = pooling.start().expand(len(states), -1)
    assert summary.shape == (len(states), pooling.summary_dim)
    borders = [0, *sorted(cuts), states.shape[1]]
    for start, stop in pairwise(borders):
        summary = pooling.add(summary, states[:, start:stop], torch.full((len(states),), stop - start))
    whole = pooling(states, torch.full((len(states),), states.shape[1]))
    torch.testing.assert_close(pooling.finish(summary), whole)
