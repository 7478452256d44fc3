"""Labels refined by a model: what it is given, what becomes of its answers, and that it has not seen what it answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.tasks.labels import Label
from reread.weak import Rule, Rules, label
from reread.weak.joins import joins
from reread.weak.linear_student import LinearStudent
from reread.weak.refining import refine
from reread.weak.rules import NO_VOTE, Votes

Floats = NDArray[np.float64]
GOOD, BAD = ["lovely", "bright", "warm", "clever"], ["dull", "tedious", "cold", "clumsy"]
CLASSES = ("neg", "pos")
RULES = Rules(
    CLASSES,
    [
        Rule("lovely", "pos", words=GOOD[:2]),
        Rule("warm", "pos", words=GOOD[1:3]),
        Rule("dull", "neg", words=BAD[:2]),
        Rule("cold", "neg", words=BAD[1:3]),
    ],
)


class Taught:
    """A student that answers as it is told, and remembers what it was given."""

    def __init__(self, *answers: Floats) -> None:
        self.answers = list(answers)
        self.given: list[Floats] = []

    def __call__(self, texts: Sequence[str], probabilities: Floats, classes: Sequence[Label]) -> Floats:
        assert probabilities.shape == (len(texts), len(classes))
        self.given.append(probabilities)
        return self.answers[min(len(self.given), len(self.answers)) - 1]


def films(rows: int = 120) -> tuple[list[str], NDArray[np.int64]]:
    """Different texts of three words that tell their class, and the classes."""
    random = np.random.default_rng(0)
    truth = np.arange(rows) % 2
    words = [random.choice(GOOD if each else BAD, 3, replace=False) for each in truth]
    return [f"a {' '.join(each)} film, take {k}" for k, each in enumerate(words)], truth


def voted_on(rows: int = 20) -> tuple[list[str], Votes]:
    """Texts, and the votes of two rules, with none on every fifth row."""
    votes = np.array([[k % 2, (k // 2) % 2] for k in range(rows)], dtype=np.int16)
    votes[::5] = NO_VOTE
    return [f"text {k}" for k in range(rows)], votes


def sure(truth: NDArray[np.int64], by: float = 0.9) -> Floats:
    return np.where(truth[:, None] == np.arange(2), by, 1 - by)


@pytest.mark.parametrize("name", joins.names())
def test_the_student_learns_the_joined_votes_and_then_the_votes_joined_with_its_answers(name: str) -> None:
    texts, votes = voted_on()
    first, second = sure(np.arange(20) % 2), sure((np.arange(20) // 2) % 2)
    student, join = Taught(first, second), joins.get(name)()
    found = refine(texts, votes, CLASSES, join, student=student, rounds=2)
    expected = [join.join(votes, 2).probabilities, join.join(votes, 2, first).probabilities]
    assert len(student.given) == 2
    for given, wanted in zip(student.given, expected, strict=True):
        assert np.array_equal(np.isnan(given).any(axis=1), np.arange(20) % 5 == 0)  # no vote teaches nothing
        assert np.allclose(given, wanted, equal_nan=True)
    assert np.array_equal(found.joined.probabilities, second)
    assert np.array_equal(found.joined.choice, second.argmax(axis=1))
    assert [each.labelled for each in found.rounds] == [16, 20, 20]
    assert found.rounds[2].changed == int((first.argmax(axis=1) != second.argmax(axis=1)).sum())


def test_rounds_end_when_no_label_changes() -> None:
    texts, votes = voted_on()
    student = Taught(sure(np.arange(20) % 2))
    found = refine(texts, votes, CLASSES, joins.get("majority")(), student=student, rounds=9)
    assert len(student.given) == 2
    assert [each.changed for each in found.rounds][2:] == [0]


def test_true_labels_judge_and_change_nothing() -> None:
    texts, votes = voted_on()
    truth = np.arange(20) % 2
    answers = sure(np.where(np.arange(20) % 5 == 0, 1 - truth, truth))
    join = joins.get("majority")()
    with_, without = (
        refine(texts, votes, CLASSES, join, student=Taught(answers), rounds=1, truth=each) for each in (truth, None)
    )
    assert np.array_equal(with_.joined.probabilities, without.joined.probabilities)
    last = with_.rounds[-1]
    assert (last.true_accuracy, last.true_accuracy_with_vote, last.true_accuracy_without_vote) == (0.8, 1.0, 0.0)
    assert with_.rounds[0].true_accuracy_without_vote is None
    assert without.rounds[-1].true_accuracy is None


def test_the_linear_member_answers_where_no_rule_votes() -> None:
    texts, truth = films()
    plain, refined = label(texts, RULES), label(texts, RULES, refine=1)
    silent = np.array([each is None for each in plain.predictions])
    some = [f"{word} story {k}" for k in range(5) for word in ("clever", "clumsy")]  # words that no rule knows
    more = label([*texts, *some], RULES, refine=1)
    assert not silent.any()
    assert label(some, RULES).predictions == [None] * 10
    assert more.predictions[-10:] == ["pos", "neg"] * 5
    assert np.mean([each == CLASSES[own] for each, own in zip(refined.predictions, truth, strict=True)]) == 1.0
    assert (plain.rounds, len(refined.rounds)) == ((), 2)
    assert np.allclose(more.probabilities.sum(axis=1), 1)
    assert np.array_equal(more.votes[-10:], np.full((10, 4), NO_VOTE))
    assert more.summary.silent == 10
    assert sum(more.summary.shares.values()) == pytest.approx(1)


def test_the_linear_member_has_not_seen_what_it_answers() -> None:
    """Each text has words of its own and a label by chance: a model that has seen it knows it, another cannot."""
    random = np.random.default_rng(1)
    texts = [" ".join(f"w{random.integers(10**9)}" for _ in range(4)) for _ in range(200)]
    chance = random.integers(0, 2, 200)
    answers = LinearStudent(threads=1)(texts, sure(chance, 0.99), CLASSES)
    assert (answers.argmax(axis=1) == chance).mean() < 0.7
    assert np.abs(answers - 0.5).max() < 0.45


def test_a_second_round_is_as_sure_as_its_own_labels() -> None:
    texts, truth = films(60)
    student = LinearStudent(threads=1)
    sure_of_them, unsure = (student(texts, sure(truth, chance), CLASSES) for chance in (0.99, 0.8))
    assert np.abs(unsure - 0.5).max() < np.abs(sure_of_them - 0.5).max()


def test_equal_texts_are_answered_alike_and_not_by_their_own_labels() -> None:
    texts, truth = films(60)
    wrong = sure(truth)
    wrong[0] = wrong[0, ::-1]
    twice = LinearStudent(threads=1)([*texts, texts[0]], np.concatenate([wrong, wrong[:1]]), CLASSES)
    assert np.allclose(twice[0], twice[-1])
    assert twice[0].argmax() == truth[0]


def test_what_cannot_be_refined_is_one_line() -> None:
    texts, _ = films()
    with pytest.raises(ConfigError, match="refine = -1; expected a number of rounds"):
        label(texts, RULES, refine=-1)
    with pytest.raises(ConfigError, match="refine_with names a model, but there is no round"):
        label(texts, RULES, refine_with=LinearStudent())
    with pytest.raises(DataError, match=r"refine: 9 different texts have a vote; .* at least 10"):
        label([*texts[:9], *texts[:9], "a film"], RULES, refine=1)
    praise = Rules(CLASSES, [Rule("lovely", "pos", words=["film"])])
    with pytest.raises(DataError, match='every text with a vote is labelled "pos"'):
        label(texts, praise, refine=1)
