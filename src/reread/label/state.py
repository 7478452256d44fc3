"""What is known of a labelling, for a page to show."""

from __future__ import annotations

from dataclasses import dataclass

from reread.label.choosing import How
from reread.label.figures import Figure
from reread.label.questions import Answer, Suggestion


@dataclass(frozen=True)
class Asked:
    """A text that is asked about.

    Attributes:
        place: the text's, among the texts.
        row: the text's, in the file.
        text: it.
        how: why it is asked about.
        again: whether it has an answer already.
        suggestion: what the linear member says; None: it has not learned yet, or the text is asked about again.
        given: what people have said who do not agree.
    """

    place: int
    row: int
    text: str
    how: How
    again: bool
    suggestion: Suggestion | None
    given: tuple[tuple[str, Answer], ...] = ()


@dataclass(frozen=True)
class Last:
    """The answer that was given last.

    Attributes:
        row: its text's.
        label: the answer.
        before: the first answer to the same text, if it was asked about again.
        suggestion: what the linear member said of the text before it learned the label.
    """

    row: int
    label: Answer
    before: Answer | None
    suggestion: Answer | None


@dataclass(frozen=True)
class State:
    """What is known.

    Attributes:
        asked: the question; None: every text has a label.
        labelled: texts with a label.
        texts: all.
        skipped: texts that will come back.
        counts: labels of each class, in the order of the classes.
        last: the answer that was given last.
        accuracy: how often the linear member is right; None: too little is known yet.
        consistency: how often second answers are the first ones; None: there are none.
        learned: labels that it has learned.
        trouble: why it does not learn; empty if it does.
    """

    asked: Asked | None
    labelled: int
    texts: int
    skipped: int
    counts: dict[str, int]
    last: Last | None
    accuracy: Figure | None
    consistency: Figure | None
    learned: int
    trouble: str
