"""Labelling: the text that is asked about, what is answered, and what is known by now."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from reread.data.split import normal_form
from reread.errors import DataError, RereadError
from reread.label.accuracy import RunningAccuracy, running_accuracy
from reread.label.choosing import Choice, Chooser, How
from reread.label.label_file import Label, LabelFile
from reread.label.learning import POOL, Learned, Suggestion, learn, suggestions_before
from reread.label.texts import Texts


class OvertakenError(RereadError):
    """What is asked for does not fit the labels that there are by now: somebody else was quicker."""


@dataclass(frozen=True)
class Asked:
    """A text that is asked about.

    Attributes:
        place: the text's, among the texts.
        row: the text's, in the file.
        text: it.
        how: why it is asked about.
        suggestion: what the linear member says; None: it has not learned yet.
    """

    place: int
    row: int
    text: str
    how: How
    suggestion: Suggestion | None


@dataclass(frozen=True)
class State:
    """What is known.

    Attributes:
        asked: the question; None: every text has a label.
        labelled: texts with a label.
        texts: all.
        skipped: texts that will come back.
        counts: labels of each class, in the order of the classes.
        last: the last label in the file.
        last_suggestion: what the linear member said of its text before it learned the label.
        accuracy: how often the linear member is right; None: too little is known yet.
        learned: labels that it has learned.
        trouble: why it does not learn; empty if it does.
    """

    asked: Asked | None
    labelled: int
    texts: int
    skipped: int
    counts: dict[str, int]
    last: Label | None
    last_suggestion: str | None
    accuracy: RunningAccuracy | None
    learned: int
    trouble: str


class Labelling:
    """Asks about one text after another, and keeps the answers. Its methods can be called from several threads.

    Args:
        texts: to label.
        classes: that there are, at least two.
        file: where labels are kept; those that it holds are gone on from.
        by: who labels.
        seed: of the order of the texts.

    Raises:
        DataError: the file's labels are of other texts or of other classes.
    """

    def __init__(self, texts: Texts, classes: Sequence[str], file: LabelFile, *, by: str, seed: int = 0) -> None:
        self.texts, self.classes, self.file, self.by, self.seed = texts, list(classes), file, by, seed
        self._lock = threading.Lock()
        self._chooser = Chooser(len(texts), seed)
        self._labels = self._labels_of_file()  # by place, in the order in which they were given
        self._said: dict[int, str | None] = {}  # by place: before its label was learned, for good
        self._first = len(self._labels)  # labels of earlier starts, of which it is worked out again what was said
        self._learned: Learned | None = None
        self._learned_of = 0
        self._trouble = ""
        self._asked: Asked | None = None
        self._ask(self._chooser.next(self._labels))

    def state(self) -> State:
        """What is known, and asked."""
        with self._lock:
            return self._state()

    def give(self, row: int, label: str) -> State:
        """Label a text; what comes back is on the disk. Saying it twice is as saying it once.

        Args:
            row: the text's; it need not be the one that is asked about now, where several people or tabs label.
            label: a class.

        Raises:
            DataError: there is no such class or row, or the file was changed by another program.
            OvertakenError: it has another label.
            OSError: the label could not be written.
        """
        with self._lock:
            place = self._place(row)
            if label not in self.classes:
                raise DataError(f'there is no class "{label}"; the classes are {", ".join(self.classes)}')
            there = self._labels.get(place)
            if there is None:
                self._keep(place, label)
            elif there.label != label:
                raise OvertakenError(
                    f'row {row:,} has the label "{there.label}" already, from another tab perhaps; it stays'
                )
            return self._state()

    def skip(self, row: int) -> State:
        """Ask about another text first, if it is this one that is asked about.

        Raises:
            DataError: there is no such row.
        """
        with self._lock:
            place = self._place(row)
            if self._asked is not None and self._asked.place == place:
                self._chooser.skip(place)
                self._ask(self._chooser.next(self._labels))
            return self._state()

    def undo(self, row: int) -> State:
        """Take back the last label in the file, and ask about its text again; saying it twice is as saying it once.

        What was asked about is asked again after that.

        Args:
            row: of the last label.

        Raises:
            DataError: there is no such row, or the file was changed by another program.
            OvertakenError: another label is the last one by now.
            OSError: the file could not be written.
        """
        with self._lock:
            place = self._place(row)
            if place not in self._labels:
                return self._state()  # the reply to the first time was lost
            last = self.file.labels[-1]
            if last.row != row:
                raise OvertakenError(
                    f"row {last.row:,} has the last label by now, from another tab perhaps; nothing was taken back"
                )
            try:
                self.file.take_back()
            finally:
                if self.file.labels[-1:] != [last]:  # even if the disk has not confirmed it
                    self._ask_again(place)
            return self._state()

    def learn(self) -> None:
        """Let the linear member learn the labels that there are by now; in another thread, since it takes a while."""
        with self._lock:
            labels = dict(self._labels)
        try:
            learned = learn(list(labels.values()), self.classes, self.texts.language, seed=self.seed)
            unsure = self._least_sure(learned, labels) if learned is not None else []
        except RereadError as error:
            with self._lock:
                self._trouble = str(error)
            return
        with self._lock:
            self._learned, self._learned_of, self._trouble = learned, len(labels), ""
            self._chooser.rank(unsure)
        self._look_back()

    def _look_back(self) -> None:
        """Work out what would have been said of labels that were given before this start."""
        with self._lock:
            labels = list(self._labels.items())[: self._first]
            self._first = 0
        before = suggestions_before([each for _, each in labels], self.classes, self.texts.language)
        with self._lock:
            for (place, _), said in zip(labels, before, strict=True):
                self._said.setdefault(place, said)

    def _state(self) -> State:
        counts = Counter(each.label for each in self._labels.values())
        last = self.file.labels[-1] if self.file.labels else None
        return State(
            asked=self._asked,
            labelled=len(self._labels),
            texts=len(self.texts),
            skipped=sum(place not in self._labels for place in self._chooser.skipped),
            counts={name: counts[name] for name in self.classes},
            last=last,
            last_suggestion=None if last is None else self._said.get(self.texts.place_of[last.row]),
            accuracy=running_accuracy(self._right()),
            learned=self._learned_of,
            trouble=self._trouble,
        )

    def _right(self) -> list[bool]:
        """Whether what was said of each text of the random sample is its label."""
        return [
            said == each.label
            for place, each in self._labels.items()
            if (said := self._said.get(place)) is not None and self._chooser.is_random(place)
        ]

    def _keep(self, place: int, label: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        is_asked = self._asked is not None and self._asked.place == place
        suggestion = self._asked.suggestion if self._asked is not None and is_asked else self._suggestion(place)
        given = Label(self.texts.rows[place], self.texts.texts[place], label, self.by, at)
        self.file.append(given)
        self._labels[place] = given
        self._said.setdefault(place, suggestion.label if suggestion is not None else None)
        if is_asked:
            self._ask(self._chooser.next(self._labels))

    def _ask_again(self, place: int) -> None:
        """Its label was taken back."""
        del self._labels[place]
        self._said.setdefault(place, None)  # by now the linear member may have learned it
        if self._asked is not None:
            self._chooser.put_back(Choice(self._asked.place, self._asked.how))
        self._ask(Choice(place, How.UNDONE))

    def _ask(self, choice: Choice | None) -> None:
        if choice is None:
            self._asked = None
            return
        place, how = choice
        self._asked = Asked(place, self.texts.rows[place], self.texts.texts[place], how, self._suggestion(place))

    def _suggestion(self, place: int) -> Suggestion | None:
        """What the linear member says of a text without having learned its label."""
        if place in self._said:
            said = self._said[place]
            return None if said is None else Suggestion(said, None)
        if self._learned is None:
            return None
        (suggestion,) = self._learned.suggestions([self.texts.texts[place]])
        return suggestion

    def _place(self, row: int) -> int:
        place = self.texts.place_of.get(row)
        if place is None:
            raise DataError(f"there is no row {row:,} with a text to label")
        return place

    def _least_sure(self, learned: Learned, labels: Collection[int]) -> list[int]:
        """Of a bounded number of texts without a label, drawn at random, the places where it is least sure."""
        places = np.setdiff1d(np.arange(len(self.texts)), list(labels))
        if len(places) > POOL:
            places = np.random.default_rng((self.seed, len(labels))).choice(places, POOL, replace=False)
        order = learned.least_sure([self.texts.texts[int(place)] for place in places])
        return [int(place) for place in places[order]]

    def _labels_of_file(self) -> dict[int, Label]:
        found: dict[int, Label] = {}
        for number, each in enumerate(self.file.labels, 1):
            where = f"{self.file.path}, line {number}"
            if each.label not in self.classes:
                raise DataError(
                    f'{where}: the label "{each.label}" is none of the classes {", ".join(self.classes)}; '
                    "name it too, or choose another file"
                )
            place = self.texts.place_of.get(each.row)
            if place is None or normal_form(self.texts.texts[place]) != normal_form(each.text):
                raise DataError(f"{where}: row {each.row:,} has another text here; for these texts choose another file")
            if place in found:
                raise DataError(f"{where}: row {each.row:,} has a label already; leave one of the two lines out")
            found[place] = each
        return found
