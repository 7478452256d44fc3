"""Dropout of words and of their components."""

from __future__ import annotations

import pytest
import torch

from reread.errors import ConfigError
from reread.nn.embedding import UNKNOWN, TokenEmbedding

IDS = torch.tensor([[[1], [2], [1], [3]], [[3], [1], [2], [2]]])


def test_a_word_loses_the_same_components_wherever_it_stands_in_a_batch() -> None:
    torch.manual_seed(0)
    embedding = TokenEmbedding([4], 50, dropout=0.5)
    vectors = embedding(IDS).spread()
    for token in (1, 2, 3):
        alike = vectors[IDS[..., 0] == token]
        assert (alike == alike[0]).all()
        kept = alike[0] != 0
        assert 0 < kept.sum() < 50
        torch.testing.assert_close(alike[0][kept], 2 * embedding.tables[0].weight[token][kept])
    assert ((vectors[0, 0] == 0) != (vectors[0, 1] == 0)).any()
    assert not torch.equal(embedding(IDS).spread(), vectors)
    assert torch.equal(embedding.eval()(IDS).spread(), embedding.tables[0](IDS[..., 0]))


def test_every_position_loses_others_where_that_is_asked_for() -> None:
    torch.manual_seed(0)
    vectors = TokenEmbedding([4], 50, dropout=0.5, dropout_by="position")(IDS).spread()
    assert not torch.equal(vectors[0, 0] == 0, vectors[0, 2] == 0)
    with pytest.raises(ConfigError, match=r'unknown embedding_dropout_by "words"\. Did you mean "word"'):
        TokenEmbedding([4], 5, dropout_by="words")


def test_a_dropped_word_is_read_as_unknown() -> None:
    torch.manual_seed(0)
    embedding = TokenEmbedding([4], 5, word_dropout=0.5)
    vectors, table = embedding(IDS).spread(), embedding.tables[0].weight
    unknown = (vectors == table[UNKNOWN]).all(-1)
    assert 0 < unknown.sum() < IDS[..., 0].numel()
    assert torch.equal(vectors[~unknown], table[IDS[..., 0]][~unknown])


def test_several_features_are_told_apart() -> None:
    embedding = TokenEmbedding([4, 3], 5)
    ids = torch.tensor([[[1, 2], [2, 1], [1, 2], [3, 0]]])
    words = embedding(ids)
    assert len(words.vectors) == 3
    expected = torch.cat([embedding.tables[0](ids[..., 0]), embedding.tables[1](ids[..., 1])], dim=-1)
    assert torch.equal(words.spread(), expected)


def test_token_weights_multiply_vectors_and_begin_at_one() -> None:
    torch.manual_seed(0)
    plain = TokenEmbedding([4, 3], 5)
    torch.manual_seed(0)
    weighted = TokenEmbedding([4, 3], 5, token_weights=True)
    ids = torch.tensor([[[1, 2], [2, 1], [1, 2], [3, 0]]])
    assert torch.equal(weighted(ids).spread(), plain(ids).spread())
    with torch.no_grad():
        weighted.token_weights[0].weight[1] = 3
        weighted.token_weights[1].weight[2] = -0.5
    expected = plain(ids).spread() * torch.tensor([[3.0] * 5 + [-0.5] * 5, [1] * 10, [3] * 5 + [-0.5] * 5, [1] * 10])
    torch.testing.assert_close(weighted(ids).spread(), expected)
    folded = torch.cat([weighted.weighted(0)[ids[..., 0]], weighted.weighted(1)[ids[..., 1]]], dim=-1)
    assert torch.equal(folded, weighted(ids).spread())
    weighted(ids).spread().sum().backward()
    gradient = weighted.token_weights[0].weight.grad.coalesce()
    assert gradient.indices()[0].tolist() == [1, 2, 3]
    torch.testing.assert_close(gradient.values()[0, 0], 2 * plain.tables[0].weight[1].sum())
