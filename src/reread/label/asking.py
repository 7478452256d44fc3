"""Questions in a person's words: a kind, and the classes or the limits with commas between them."""

from __future__ import annotations

from reread.errors import ConfigError
from reread.label.questions import Question
from reread.label.questions.classes import Classes
from reread.label.questions.multilabel import Multilabel
from reread.label.questions.numbers import Numbers
from reread.label.questions.ordinal import Ordinal

CHOICES = {each.kind: each for each in (Classes, Ordinal, Multilabel)}


def question_in(kind: str, said: str) -> Question:
    """The question.

    Args:
        kind: classes, ordinal, multilabel or numbers.
        said: the classes, or the lowest and the highest number.

    Raises:
        ConfigError: it cannot be asked.
    """
    return Numbers(*_limits(said)) if kind == Numbers.kind else CHOICES[kind](_classes(said))


def _classes(said: str) -> list[str]:
    classes = [each.strip() for each in said.split(",")]
    if "" in classes:
        raise ConfigError("a class is empty; expected names with commas between them, as in ham,spam")
    return classes


def _limits(said: str) -> tuple[float, float]:
    try:
        low, high = map(float, said.split(","))
    except ValueError as error:
        raise ConfigError("expected two numbers with a comma between them, as in 1,5") from error
    return low, high
