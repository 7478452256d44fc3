"""Dawid and Skene's model of observers who err."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from reread.typing import override
from reread.weak.joins import Join, joins
from reread.weak.joins.base import Floats, Patterns
from reread.weak.joins.majority import Majority

CHANGE = 1e-7  # of the log-likelihood of a row, below which the estimate is at its end
MOST_ROUNDS = 1000
LEAST = 1e-6  # probability of a class in a model's answer: votes can still speak against it

_LOGGER = logging.getLogger(__name__)


@joins.register("dawid-skene")
@dataclass(frozen=True)
class DawidSkene(Join):
    """Expectation-maximisation of class shares and of what each rule says in each class, from the majority on.

    A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
    Statistics 28 (1979), equations 2.3 to 2.5. Given its class, what the rules say of a text is independent.

    Silence is one more thing that a rule can say, with a rate of its own in each class: of a rule that only ever votes
    for one class, nothing else shows how good it is. Rows without any vote are left out, so that what is estimated
    are the classes and not which texts are long enough for rules to speak. Two things keep few rules from trading
    the classes, or from being taken for infallible: each brings imagined rows in which it is right as often as
    ``right`` says; and no rule is worse than chance, so it votes for a class at least as often in this class as in any
    other.

    A model's answers to the rows, where there are any, take the place of the shares of the classes: each row then has
    its own (V. C. Raykar et al., Learning from crowds, JMLR 11, 2010).

    Attributes:
        right: how often a rule is right, as far as nothing else is known.
        weight: the imagined rows that say so, as a share of the rows that the rule votes on; there is one more.
    """

    right: float = 0.75
    weight: float = 0.25

    @override
    def probabilities(self, patterns: Patterns) -> Floats:
        said, found = _with_silence(patterns.cast()), Majority().probabilities(patterns)
        imagined = self._imagined(said, patterns)
        answers = None if patterns.answers is None else np.log(np.maximum(patterns.answers, LEAST))
        rows, before = patterns.counts.sum(), -np.inf
        for _ in range(MOST_ROUNDS):
            mass = found * patterns.counts[:, None]
            shares = (mass.sum(axis=0) + 1) / (rows + patterns.classes)  # 2.4
            rates = _rates(said, mass, imagined, shares)  # 2.3
            before_votes = np.log(shares) if answers is None else answers
            joint = before_votes + np.einsum("prs,rcs->pc", said, np.log(rates))
            evidence = np.logaddexp.reduce(joint, axis=1, keepdims=True)
            found = np.asarray(np.exp(joint - evidence), dtype=np.float64)  # 2.5
            likelihood = float(patterns.counts @ evidence[:, 0])
            if abs(likelihood - before) <= CHANGE * rows:
                break
            before = likelihood
        else:
            _LOGGER.warning("the estimate still changes after %s rounds; its last state is used", f"{MOST_ROUNDS:,}")
        return found

    def _imagined(self, said: Floats, patterns: Patterns) -> Floats:
        """Imagined rows with the usual number of votes, of which ``right`` are right: (rules, classes, said)."""
        classes = patterns.classes
        usual = np.einsum("p,prs->rs", patterns.counts, said) / patterns.counts.sum()
        odds = np.full((classes, classes), (1 - self.right) / (classes - 1))
        np.fill_diagonal(odds, self.right)
        votes = usual[:, None, :-1] * odds * classes
        votes /= np.maximum(votes.sum(axis=2, keepdims=True), 1)
        rates = np.concatenate([votes, 1 - votes.sum(axis=2, keepdims=True)], axis=2) + 1e-3  # nothing is impossible
        weight = 1 + self.weight * patterns.counts.sum() * usual[:, :-1].sum(axis=1)
        imagined: Floats = weight[:, None, None] * rates / rates.sum(axis=2, keepdims=True)
        return imagined


def _with_silence(cast: Floats) -> Floats:
    """What each rule says of each pattern, (patterns, rules, classes + 1); silence comes last."""
    return np.concatenate([cast, 1 - cast.sum(axis=2, keepdims=True)], axis=2)


def _rates(said: Floats, mass: Floats, imagined: Floats, shares: Floats) -> Floats:
    """How often each rule says each thing in each class, (rules, classes, said)."""
    counts = np.einsum("pc,prs->rcs", mass, said) + imagined
    rates: Floats = counts / counts.sum(axis=2, keepdims=True)
    for label in range(len(shares)):
        for rule in np.flatnonzero((rates[:, :, label] > rates[:, label, label, None]).any(axis=1)):
            rates[rule, :, label] = _own_highest(rates[rule, :, label], label, shares)
    rates /= rates.sum(axis=2, keepdims=True)
    return rates


def _own_highest(rates: Floats, label: int, shares: Floats) -> Floats:
    """Rates of one vote in each class (classes,), as near as its own class's is the highest: the others are pooled."""
    pooled = [label]
    mean = rates[label]
    for other in np.argsort(-rates):
        if rates[other] <= mean:
            break
        pooled.append(int(other))
        mean = np.average(rates[pooled], weights=shares[pooled])
    changed = rates.copy()
    changed[pooled] = mean
    return changed
