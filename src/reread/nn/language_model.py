"""A language model on a network's embedding and layers: each direction predicts the word that it reads next.

Dai and Le 2015; forward and backward as in Peters et al. 2018 and Howard and Ruder 2018.
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

ABSENT = -1e9  # the score of a candidate that is the word itself, which has a score of its own


@dataclass(frozen=True)
class Candidates:
    """Words among which the next one is to be found, in place of the whole vocabulary.

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
        counts: how often each word occurs, (words,).
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

    The state of the forward direction at a position predicts the next word, that of the backward direction the one
    before: a linear map turns it into a vector, and a word's score is the product of this vector with the word's own,
    plus a bias (weight tying: Press and Wolf 2017; Inan et al. 2017). Of a token's features only the first is
    predicted. The biases start at the words' frequencies, so that training begins at their perplexity.

    Args:
        net: the network.
        counts: how often each word occurs, (words,).

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

    def pointers(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Where the states point to, what stands there, and in which text.

        Args:
            ids: (batch, time, features), right-padded.
            lengths: real tokens of each text, (batch,).

        Returns:
            For every prediction, those of the forward direction first, a vector (predictions, dim), the word to
            predict (predictions,) and the row of its text (predictions,).
        """
        self.hide_weights()
        words: TokenVectors = self.embedding(ids)
        outputs = self.through_layers(words, lengths, self.first_states(len(ids)))[0].vectors
        hidden = outputs.shape[2] // self.directions
        pairs = torch.arange(1, ids.shape[1], device=ids.device) < lengths.unsqueeze(1)  # of neighbours
        rows = pairs.nonzero()[:, 0]
        vectors, targets = [self.towards[0](outputs[:, :-1, :hidden][pairs])], [ids[:, 1:, 0][pairs]]
        if self.bidirectional:
            vectors.append(self.towards[1](outputs[:, 1:, hidden:][pairs]))
            targets.append(ids[:, :-1, 0][pairs])
        return torch.cat(vectors), torch.cat(targets), rows.repeat(self.directions)

    def sampled_losses(self, vectors: Tensor, targets: Tensor, candidates: Candidates) -> Tensor:
        """-log p of each word (predictions,) among itself and the candidates; see `pointers`.

        The logarithm of a word's chance to be a candidate is taken off its score (Jean et al. 2015, section 3.1;
        Bengio and Senécal 2008). With words drawn one by one this is exact: if P(y) is the chance of word y here, and
        y joins the drawn ones, the chance of y given the resulting set is proportional to P(y) / chance of y. So the
        scores learn log P, up to a constant, and the softmax over all words can be taken of them later.
        """
        distinct, which = torch.unique(targets, return_inverse=True)
        own = (vectors * self._table(distinct)[which]).sum(dim=1) + self._biases(distinct, candidates)[which]
        others = torch.addmm(self._biases(candidates.ids, candidates), vectors, self._table(candidates.ids).t())
        places = torch.full((len(candidates.chances),), -1, device=targets.device)
        places[candidates.ids] = torch.arange(len(candidates.ids), device=targets.device)
        twice = (places[targets] >= 0).nonzero().squeeze(1)
        others[twice, places[targets[twice]]] = ABSENT
        return softplus(others.logsumexp(dim=1) - own)

    def losses(self, vectors: Tensor, targets: Tensor) -> Tensor:
        """-log p of each word (predictions,) among all words; see `pointers`."""
        scores = torch.addmm(self.bias.weight.squeeze(1), vectors, self._table.weight.t())
        return scores.logsumexp(dim=1) - scores.gather(1, targets.unsqueeze(1)).squeeze(1)

    def _biases(self, ids: Tensor, candidates: Candidates) -> Tensor:
        """The biases of words, less the logarithms of their chances to be drawn, (words,)."""
        return cast("Tensor", self.bias(ids)).squeeze(1) - candidates.chances[ids]
