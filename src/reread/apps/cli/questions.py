"""What the options of `reread label` ask about each text."""

from __future__ import annotations

from reread.apps.cli.arguments.label import LabelArguments
from reread.errors import ConfigError
from reread.label.asking import question_in
from reread.label.questions import Question


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
    kind = (
        "numbers"
        if given is None
        else "multilabel"
        if arguments.multilabel
        else "ordinal"
        if arguments.ordinal
        else "classes"
    )
    said = str(numbers) if given is None else given
    try:
        return question_in(kind, said)
    except ConfigError as error:
        option = "--numbers" if given is None else "--classes"
        raise ConfigError(f'{option} "{said}": {error}') from error
