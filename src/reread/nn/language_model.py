"""A language model on a network's embedding and layers: each direction predicts words that it has not read yet.

Dai and Le 2015; forward and backward as in Peters et al. 2018 and Howard and Ruder 2018. Which words these are is a
matter of training: see `reread.train.predictions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from reread.errors import ConfigError
from reread.nn.layered import LayeredNet
from reread.nn.model import TextNet
from reread.nn.token_vectors import TokenVectors


@dataclass(frozen=True)
class Candidates:
    """Words among which those to predict are to be found, in place of the whole vocabulary.

    Attributes:
        ids: of the words that were drawn, (candidates,).
        chances: the logarithm of the chance that a word is drawn, for every word of the vocabulary, (words,).
    """

    ids: Tensor
    chances: Tensor


class CandidateSampler:
    """Draws candidates: each word by itself, with a chance that grows with its count (Poisson sampling).

    The words of the batch are not candidates for that alone: they stand in texts, where words recur, so the chance of
    one to be there depends on the words before it, and no table could correct for it.

    Args:
        counts: how often each word is predicted, (words,).
        candidates: how many are drawn on average; as many as there are words, or more: all are.
        power: of the counts (Mikolov et al. 2013, section 2.2).
    """

    def __init__(self, counts: Tensor, candidates: int, power: float = 0.75) -> None:
        weights = counts.clamp(min=1).double().pow(power)
        self.chances = _chances(weights, candidates)

    def draw(self) -> Candidates:
        """New candidates; at least the most frequent word."""
        drawn = torch.rand(len(self.chances), dtype=torch.float64, device=self.chances.device) < self.chances
        return Candidates(drawn.nonzero().squeeze(1), self.chances.log().float())


def _chances(weights: Tensor, expected: int) -> Tensor:
    """Chances in proportion to the weights, except for those that are certain, with this sum; one at least is 1."""
    certain = torch.zeros(len(weights), dtype=torch.bool)
    chances = weights / weights.max()
    while not certain.all():
        rest = expected - int(certain.sum())
        chances = (weights * (rest / weights[~certain].sum())).masked_fill(certain, 1.0)
        more = (chances >= 1) & ~certain
        if not more.any():
            break
        certain |= more
    chances = chances.clamp(max=1.0)
    chances[weights.argmax()] = 1.0
    return chances


class LanguageModel(LayeredNet):
    """The embedding and the layers of a network, which it shares, and what turns their states into predictions.

    The states of the forward direction predict later words, those of the backward direction earlier ones: a linear map
    turns a state into a vector, and a word's score is the product of this vector with the word's own, plus a bias
    (weight tying: Press and Wolf 2017; Inan et al. 2017). Of a token's features only the first is predicted. The
    biases start at the words' frequencies, so that training begins at their perplexity.

    Args:
        net: the network.
        counts: how often each word is predicted, (words,).

    Raises:
        ConfigError: an upper layer of the network sees the word to predict.
    """

    def __init__(self, net: TextNet, counts: Tensor) -> None:
        super().__init__()
        if net.bidirectional and len(net.layers) > 1:
            raise ConfigError(
                f"model.layers = {len(net.layers)}: the second layer reads what both directions of the first one have "
                "seen, so it knows the word to predict; set model.layers=1, or model.bidirectional=false"
            )
        self.embedding, self.layers, self.input_dropout = net.embedding, net.layers, net.input_dropout
        words, dim = self._table.weight.shape
        out_dim = net.layers[-1].out_dim
        hidden = cast("int", out_dim) // net.directions
        self.towards = nn.ModuleList(nn.Linear(hidden, dim) for _ in range(net.directions))
        shares = (counts.double() + 1) / (counts.sum() + words)
        self.bias = nn.Embedding.from_pretrained(shares.log().float().unsqueeze(1), freeze=False, sparse=True)

    @property
    def _table(self) -> nn.Embedding:
        return cast("nn.Embedding", self.embedding.tables[0])

    def vectors(self, ids: Tensor, lengths: Tensor) -> list[Tensor]:
        """Where the states point, for each direction, (batch, time, dim).

        Args:
            ids: (batch, time, features), right-padded.
            lengths: real tokens of each text, (batch,).
        """
        self.hide_weights()
        words: TokenVectors = self.embedding(ids)
        outputs = self.through_layers(words, lengths, self.first_states(len(ids)))[0].vectors
        halves = outputs.chunk(self.directions, dim=2)
        return [towards(half) for towards, half in zip(self.towards, halves, strict=True)]

    def word_vectors(self, words: Tensor) -> Tensor:
        """The vectors of words (...), which states point to, (..., dim)."""
        distinct, which = torch.unique(words, return_inverse=True)
        return cast("Tensor", self._table(distinct)[which])

    def sampled_losses(self, vectors: Tensor, words: Tensor, scores: Tensor, candidates: Candidates) -> Tensor:
        """-log p of words among themselves, each alone, and the candidates.

        The logarithm of a word's chance to be a candidate is taken off its score (Jean et al. 2015, section 3.1;
        Bengio and Senécal 2008). With words drawn one by one this is exact: if P(y) is the chance of word y here, and
        y joins the drawn ones, the chance of y given the resulting set is proportional to P(y) / chance of y. So the
        scores learn log P, up to a constant, and the softmax over all words can be taken of them later.

        Args:
            vectors: where states point, (states, dim).
            words: what each predicts, (states, words).
            scores: products of the vectors with those of the words, (states, words).
            candidates: the same for all.

        Returns:
            (states, words).
        """
        distinct, which = torch.unique(words, return_inverse=True)
        own = scores + self._biases(distinct, candidates)[which]
        others = torch.addmm(self._biases(candidates.ids, candidates), vectors, self._table(candidates.ids).t())
        behind = others.logsumexp(dim=1, keepdim=True) - own
        drawn = torch.zeros(len(candidates.chances), dtype=torch.bool, device=words.device)
        drawn[candidates.ids] = True
        return torch.where(drawn[words], behind, softplus(behind))

    def losses(self, vectors: Tensor, words: Tensor) -> Tensor:
        """-log p of words (states, words) among all words of the vocabulary; vectors (states, dim)."""
        scores = torch.addmm(self.bias.weight.squeeze(1), vectors, self._table.weight.t())
        return scores.logsumexp(dim=1, keepdim=True) - scores.gather(1, words)

    def _biases(self, ids: Tensor, candidates: Candidates) -> Tensor:
        """The biases of words, less the logarithms of their chances to be drawn, (words,)."""
        return cast("Tensor", self.bias(ids)).squeeze(1) - candidates.chances[ids]
