"""What more labels would bring, foretold from those that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from reread.label.foretelling import Foretelling, Foretold, StoppedError, foretold
from reread.label.label_file import Label
from reread.label.questions import Answer, Question
from support.labelling import KINDS, ONE_OF, labelling, texts_of, true_label, write_texts


def never() -> bool:
    return False


def labels(folder: Path, rows: int, *, wrong: int = 7) -> list[Label]:
    """Of which every so-manieth is wrong."""
    texts = texts_of(write_texts(folder / "texts.csv", rows))
    return [
        Label(row, text, true_label(row + (row % wrong == 0)), "Ada", "")
        for row, text in zip(texts.rows, texts.texts, strict=True)
    ]


def test_only_texts_drawn_at_random_are_asked_about(tmp_path: Path) -> None:
    given = labels(tmp_path, 90)
    hard = {90, *range(7, 90, 7)}  # whose labels are wrong: a figure of them would be a low one
    every = foretold(dict.fromkeys(given, True), ONE_OF, "en").curve
    random = foretold({label: label.row not in hard for label in given}, ONE_OF, "en").curve
    assert every is not None
    assert random is not None
    assert (random.rows, random.metric) == (90, "accuracy")
    assert random.measured[-1][1] > every.measured[-1][1] + 0.05
    assert random.sentence().startswith("100 more labels would bring about ")


@pytest.mark.parametrize(("kind", "answers"), [("ordinal", ["low", "middle", "high"]), ("numbers", [1.0, 4.0, 9.0])])
def test_the_figure_is_that_of_the_task(kind: str, answers: list[Answer], tmp_path: Path) -> None:
    question: Question = KINDS[kind]
    given = [Label(each.row, each.text, answers[each.row % 3], "", "") for each in labels(tmp_path, 60)]
    curve = foretold(dict.fromkeys(given, True), question, "en").curve
    assert curve is not None
    assert curve.metric == {"ordinal": "quadratic_kappa", "numbers": "rmse"}[kind]


def test_too_few_labels_foretell_nothing(tmp_path: Path) -> None:
    given = labels(tmp_path, 60, wrong=100)
    assert foretold(dict.fromkeys(given[::2], True), ONE_OF, "en") == Foretold(labels=30)  # of one class
    few = foretold(dict.fromkeys(given[:30], True), ONE_OF, "en")
    assert few.why == "30 different texts are too few for a learning curve; it needs at least 50"
    hardly = foretold({label: label.row < 10 for label in given}, ONE_OF, "en")  # drawn at random
    assert hardly == Foretold(labels=60)


def test_it_gives_up_when_nobody_waits(tmp_path: Path) -> None:
    given = dict.fromkeys(labels(tmp_path, 60), True)
    with pytest.raises(StoppedError):
        foretold(given, ONE_OF, "en", stops=lambda: True)


def test_it_is_renewed_when_there_are_a_tenth_more(tmp_path: Path) -> None:
    data = write_texts(tmp_path / "texts.csv")
    with labelling(data, tmp_path / "labels.jsonl") as work:
        ahead = Foretelling(work)
        for count, of in ((49, 0), (50, 50), (55, 50), (56, 56)):
            while work.state().labelled < count:
                asked = work.state().asked
                assert asked is not None
                work.give(asked.row, true_label(asked.row))
            ahead.renew(never)
            assert ahead.found.labels == of
        assert ahead.found.curve is not None


def test_several_labels_foretell_nothing_yet(tmp_path: Path) -> None:
    with labelling(write_texts(tmp_path / "t.csv"), tmp_path / "labels.jsonl", KINDS["multilabel"]) as work:
        for row in range(1, 61):
            work.give(row, ["low"] if row % 2 else ["high", "low"])
        ahead = Foretelling(work)
        ahead.renew(never)
        assert ahead.found == Foretold()
