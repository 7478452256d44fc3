"""Labelling: the text that is asked about, what is answered, and what is known by now."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from reread.data.split import normal_form
from reread.errors import DataError, RereadError
from reread.label.accuracy import running_accuracy
from reread.label.choosing import Choice, Chooser, How
from reread.label.label_file import Label, LabelFile
from reread.label.learning import Learned, learn, least_sure, suggestions_before
from reread.label.questions import Answer, Pairs, Question, Suggestion
from reread.label.repeats import Repeats
from reread.label.state import Asked, Last, State
from reread.label.texts import Texts


class OvertakenError(RereadError):
    """What is asked for does not fit the labels that there are by now: somebody else was quicker."""


class Labelling:
    """Asks about one text after another, and keeps the answers. Its methods can be called from several threads.

    Args:
        texts: to label.
        question: what is asked about each.
        file: where labels are kept; those that it holds are gone on from.
        by: who labels.
        repeats: asks about some texts again; None: each is asked about once.
        given: by row, what people have said who do not agree, each with a name.
        seed: of the order of the texts.

    Raises:
        DataError: the file's labels are of other texts, or second answers lack the first ones.
    """

    def __init__(
        self,
        texts: Texts,
        question: Question,
        file: LabelFile,
        *,
        by: str,
        repeats: Repeats | None = None,
        given: Mapping[int, tuple[tuple[str, Answer], ...]] = MappingProxyType({}),
        seed: int = 0,
    ) -> None:
        self.texts, self.question, self.file, self.by, self.seed = texts, question, file, by, seed
        self._lock = threading.Lock()
        self._chooser = Chooser(len(texts), seed)
        self._labels = self._by_place(file)  # in the order in which they were given
        self._repeats, self._given = repeats, given
        self._second = {} if repeats is None else self._by_place(repeats.file)
        self._check_second()
        self._said: dict[int, Answer | None] = {}  # by place: before its label was learned, for good
        self._first = len(self._labels)  # labels of earlier starts, of which it is worked out again what was said
        self._learned: Learned | None = None
        self._learned_of = 0
        self._trouble = ""
        self._asked: Asked | None = None
        self._ask(self._next())

    def state(self) -> State:
        """What is known, and asked."""
        with self._lock:
            return self._state()

    def give(self, row: int, said: object, *, again: bool = False) -> State:
        """Label a text; what comes back is on the disk. Saying it twice is as saying it once.

        Args:
            row: the text's; it need not be the one that is asked about now, where several people or tabs label.
            said: the answer.
            again: whether it is the second answer to a text that was asked about again.

        Raises:
            DataError: there is no such answer or row, or the file was changed by another program.
            OvertakenError: it has another label.
            OSError: the label could not be written.
        """
        with self._lock:
            place, answer = self._place(row), self.question.check(said)
            if again and (self._repeats is None or place not in self._labels):
                raise OvertakenError(f"row {row:,} has no first label any more, so no second one was kept")
            kept = self._second if again else self._labels
            there = kept.get(place)
            if there is None:
                self._keep(place, answer, again=again)
            elif there.label != answer:
                raise OvertakenError(
                    f'row {row:,} has the label "{self.question.words(there.label)}" already, from another tab '
                    "perhaps; it stays"
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
                if self._asked.again and self._repeats is not None:
                    self._repeats.skip(len(self._labels))
                else:
                    self._chooser.skip(place)
                self._ask(self._next())
            return self._state()

    def undo(self, row: int, *, again: bool = False) -> State:
        """Take back the last answer, and ask about its text again; saying it twice is as saying it once.

        What was asked about is asked again after that.

        Args:
            row: of the last answer.
            again: whether that is the second one to its text.

        Raises:
            DataError: there is no such row, or the file was changed by another program.
            OvertakenError: another answer is the last one by now.
            OSError: the file could not be written.
        """
        with self._lock:
            place = self._place(row)
            kept = self._second if again else self._labels
            if place not in kept:
                return self._state()  # the reply to the first time was lost
            file, last = self._last_file(), self._last_label()
            if last.row != row or (file is not self.file) is not again:
                raise OvertakenError(
                    f"row {last.row:,} has the last label by now, from another tab perhaps; nothing was taken back"
                )
            try:
                file.take_back()
            finally:
                if file.labels[-1:] != [last]:  # even if the disk has not confirmed it
                    self._ask_again(place, again=again)
            return self._state()

    def learn(self) -> None:
        """Let the linear member learn the labels that there are by now; in another thread, since it takes a while."""
        with self._lock:
            labels = dict(self._labels)
        try:
            learned = learn(list(labels.values()), self.question, self.texts.language, seed=self.seed)
            unsure = least_sure(learned, self.texts, labels, self.seed) if learned is not None else []
        except RereadError as error:
            with self._lock:
                self._trouble = str(error)
            return
        with self._lock:
            self._learned, self._learned_of, self._trouble = learned, len(labels), ""
            self._chooser.rank(unsure)
        self._look_back()

    def labels(self) -> dict[Label, bool]:
        """The labels by now, in the order in which they were given, and whether each one's text was drawn at random."""
        with self._lock:
            return {label: self._chooser.is_random(place) for place, label in self._labels.items()}

    def sample(self, texts: int) -> list[int]:
        """Places of so many texts at the front of the random order in which they are asked about."""
        return self._chooser.front(texts)

    def _look_back(self) -> None:
        """Work out what would have been said of labels that were given before this start."""
        with self._lock:
            labels = list(self._labels.items())[: self._first]
            self._first = 0
        before = suggestions_before([each for _, each in labels], self.question, self.texts.language)
        with self._lock:
            for (place, _), said in zip(labels, before, strict=True):
                self._said.setdefault(place, said)

    def _state(self) -> State:
        return State(
            asked=self._asked,
            labelled=len(self._labels),
            texts=len(self.texts),
            skipped=sum(place not in self._labels for place in self._chooser.skipped),
            counts=self.question.counts(each.label for each in self._labels.values()),
            last=self._last(),
            accuracy=running_accuracy(self.question, self._judged()),
            consistency=self.question.figure(
                [(self._labels[place].label, second.label) for place, second in self._second.items()]
            ),
            learned=self._learned_of,
            trouble=self._trouble,
        )

    def _judged(self) -> Pairs:
        """What was said of each text of the random sample, and its label."""
        return [
            (said, each.label)
            for place, each in self._labels.items()
            if (said := self._said.get(place)) is not None and self._chooser.is_random(place)
        ]

    def _last_file(self) -> LabelFile:
        """The file with the answer that was given last."""
        repeats = self._repeats
        return repeats.file if repeats is not None and repeats.is_last(len(self._labels)) else self.file

    def _last_label(self) -> Label:
        return self._last_file().labels[-1]

    def _last(self) -> Last | None:
        if not self.file.labels:
            return None
        label, again = self._last_label(), self._last_file() is not self.file
        place = self.texts.place_of[label.row]
        before = self._labels[place].label if again else None
        return Last(label.row, label.label, before, self._said.get(place))

    def _keep(self, place: int, answer: Answer, *, again: bool) -> None:
        is_asked = self._asked is not None and self._asked.place == place
        suggestion = self._asked.suggestion if self._asked is not None and is_asked else self._suggestion(place)
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        given = Label(self.texts.rows[place], self.texts.texts[place], answer, self.by, at)
        if again and self._repeats is not None:
            given = replace(given, after=len(self._labels))
            self._repeats.file.append(given)
            self._second[place] = given
        else:
            self.file.append(given)
            self._labels[place] = given
            self._said.setdefault(place, suggestion.label if suggestion is not None else None)
        if is_asked:
            self._ask(self._next())

    def _ask_again(self, place: int, *, again: bool) -> None:
        """Its answer was taken back."""
        del (self._second if again else self._labels)[place]
        self._said.setdefault(place, None)  # by now the linear member may have learned it
        if self._asked is not None and not self._asked.again:
            self._chooser.put_back(Choice(self._asked.place, self._asked.how))
        self._ask(Choice(place, How.UNDONE, again))

    def _next(self) -> Choice | None:
        """The next text; instead of one drawn at random now and then one that has a label already."""
        found = self._chooser.next(self._labels)
        if found is None or found.how is not How.RANDOM or self._repeats is None:
            return found
        due = self._repeats.due(self._labels, self._second, self._chooser.is_random)
        if due is None:
            return found
        self._chooser.put_back(found)
        return Choice(due, How.RANDOM, again=True)

    def _ask(self, choice: Choice | None) -> None:
        if choice is None:
            self._asked = None
            return
        place, how, again = choice
        suggestion = None if again else self._suggestion(place)  # it has learned the answer
        row, text = self.texts.rows[place], self.texts.texts[place]
        self._asked = Asked(place, row, text, how, again, suggestion, self._given.get(row, ()))

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

    def _by_place(self, file: LabelFile) -> dict[int, Label]:
        found: dict[int, Label] = {}
        for number, each in enumerate(file.labels, 1):
            where = f"{file.path}, line {number}"
            place = self.texts.place_of.get(each.row)
            if place is None or normal_form(self.texts.texts[place]) != normal_form(each.text):
                raise DataError(f"{where}: row {each.row:,} has another text here; for these texts choose another file")
            if place in found:
                raise DataError(f"{where}: row {each.row:,} has a label already; leave one of the two lines out")
            found[place] = each
        return found

    def _check_second(self) -> None:
        for place, second in self._second.items():
            if place not in self._labels and self._repeats is not None:
                raise DataError(
                    f"{self._repeats.file.path}: row {second.row:,} has no first label in {self.file.path}; "
                    "move this file away"
                )
