"""What the options of `reread label` ask about each text."""

from __future__ import annotations

from reread.apps.cli.arguments.label import LabelArguments
from reread.errors import ConfigError
from reread.label.questions import Question
from reread.label.questions.classes import Classes
from reread.label.questions.multilabel import Multilabel
from reread.label.questions.numbers import Numbers
from reread.label.questions.ordinal import Ordinal


def question_of(arguments: LabelArguments) -> Question:
    """The question.

    Raises:
        ConfigError: the options ask for none, for several, or for one that cannot be asked.
    """
    given, numbers = arguments.classes, arguments.numbers
    if (given is None) is (numbers is None):
        raise ConfigError("name either the classes, as in --classes ham,spam, or the numbers, as in --numbers 1,5")
    if arguments.multilabel and arguments.ordinal:
        raise ConfigError("--multilabel and --ordinal: a text has several classes, or one in an order; choose one")
    if numbers is not None and (arguments.multilabel or arguments.ordinal):
        raise ConfigError("--multilabel and --ordinal are about classes; leave them out with --numbers")
    try:
        if numbers is not None:
            return Numbers(*_limits(numbers))
        kind = Multilabel if arguments.multilabel else Ordinal if arguments.ordinal else Classes
        return kind(_classes(str(given)))
    except ConfigError as error:
        option = f'--classes "{given}"' if numbers is None else f'--numbers "{numbers}"'
        raise ConfigError(f"{option}: {error}") from error


def _classes(given: str) -> list[str]:
    classes = [each.strip() for each in given.split(",")]
    if "" in classes:
        raise ConfigError("a class is empty; expected names with commas between them, as in ham,spam")
    return classes


def _limits(given: str) -> tuple[float, float]:
    try:
        low, high = map(float, given.split(","))
    except ValueError as error:
        raise ConfigError("expected two numbers with a comma between them, as in 1,5") from error
    return low, high
