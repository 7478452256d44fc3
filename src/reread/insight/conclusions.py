"""What tests between models show, and what they cannot show, in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from reread.statistics.significance import PairedTest, holm, smallest_p

LEVEL = 0.05


@dataclass(frozen=True)
class Corrected:
    """A test among several.

    Attributes:
        p_value: the test's own, corrected for all of them (Holm).
        smallest: the smallest corrected p-value that it could have reached, had every test come out at its smallest.
        family: how many tests there are.
    """

    test: PairedTest
    p_value: float
    smallest: float
    family: int


class Compared(NamedTuple):
    """Two models and the test between them; differences are first − second, in shares of the test rows."""

    first: str
    second: str
    tested: Corrected


def correct(tests: Sequence[PairedTest]) -> list[Corrected]:
    """Correct tests for one another.

    Holm's p-values never fall when another p-value rises, so a test's best case is that of all the smallest ones.
    """
    p_values, smallest = holm(test.p_value for test in tests), holm(test.smallest for test in tests)
    return [Corrected(test, float(p_values[k]), float(smallest[k]), len(tests)) for k, test in enumerate(tests)]


def conclude_seeds(pairs: Sequence[Compared], *, level: float = LEVEL) -> str:
    """What tests over seeds show about newly trained networks, at a level of the corrected p-values."""
    sentences = [
        f"Would networks trained anew differ on this test set? {_tested(pairs, 'seed')}",
        *_decided(pairs, level),
    ]
    hopeless = sorted(_hopeless(pairs, level), key=_n)
    for n, group in groupby(hopeless, key=_n):
        of_n = list(group)
        sentences.append(
            f"Nothing can be concluded {_about(of_n, pairs)}, whatever the figures: "
            f"{_too_few(n, of_n[0].tested, level)}."
        )
    return " ".join(sentences)


def conclude_examples(pairs: Sequence[Compared], *, level: float = LEVEL) -> str:
    """What tests over examples show about the trained models themselves, at a level of the corrected p-values."""
    sentences = [
        f"Would these very models differ on other examples of the kind? {_tested(pairs, 'test example')}",
        *_decided(pairs, level),
    ]
    hopeless = _hopeless(pairs, level)
    if hopeless:
        sentences.append(
            f"Nothing can be concluded {_about(hopeless, pairs)}: they differ on too few examples for any p "
            f"below {100 * level:g} %."
        )
    return " ".join(sentences)


def p_text(p_value: float) -> str:
    """A p-value as it is printed: three digits."""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3g}"


def _decided(pairs: Iterable[Compared], level: float) -> list[str]:
    """The sentences about pairs whose test could have reached the level."""
    decidable = [pair for pair in pairs if pair.tested.smallest <= level]
    better = [_better(pair) for pair in decidable if pair.tested.p_value <= level]
    unknown = [f"{pair.first} or {pair.second} ({_figures(pair)})" for pair in decidable if pair.tested.p_value > level]
    sentences = []
    if better:
        sentences.append(f"It can be concluded at {100 * level:g} % that {', '.join(better)}.")
    if unknown:
        sentences.append(f"It cannot be concluded which is better, nor that they are equal: {', '.join(unknown)}.")
    return sentences


def _tested(pairs: Sequence[Compared], thing: str) -> str:
    fewest, most = min(map(_n, pairs)), max(map(_n, pairs))
    count = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
    return f"Tested over {count} {thing}{'s' if most > 1 else ''}."


def _hopeless(pairs: Iterable[Compared], level: float) -> list[Compared]:
    return [pair for pair in pairs if pair.tested.smallest > level]


def _n(pair: Compared) -> int:
    return pair.tested.test.n


def _better(pair: Compared) -> str:
    ahead = pair.tested.test.difference >= 0
    better, worse = (pair.first, pair.second) if ahead else (pair.second, pair.first)
    return f"{better} beats {worse} ({_figures(pair)})"


def _figures(pair: Compared) -> str:
    p_value = p_text(pair.tested.p_value)
    equals = "" if p_value.startswith("<") else "= "
    return f"{abs(100 * pair.tested.test.difference):.2f} points, p {equals}{p_value}"


def _about(some: Sequence[Compared], pairs: Sequence[Compared]) -> str:
    if len(some) == len(pairs) > 1:
        return "about any two"
    return "about " + ", ".join(f"{pair.first} and {pair.second}" for pair in some)


def _too_few(n: int, tested: Corrected, level: float) -> str:
    """Why no figures of ``n`` seeds could have reached the level, and how many seeds can."""
    needed = n
    while tested.family * smallest_p(needed) > level:
        needed += 1
    corrected = f" ({tested.smallest:.3g} corrected for {tested.family} comparisons)" if tested.family > 1 else ""
    return (
        f"{n} seed{'s' if n > 1 else ''} can give no p below {tested.test.smallest:.3g}{corrected}; {needed} are needed"
    )
