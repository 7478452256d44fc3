"""Rules of `reread weak` beside a labelling: kept in a file of their own, and tried on its texts."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.files import write_whole
from reread.label.labelling import Labelling
from reread.label.learning import CHARACTERS
from reread.tasks.labels import listing
from reread.weak import Rule, Rules, read_rules
from reread.weak.joins import joins
from reread.weak.kinds import Chunk
from reread.weak.labelling import DEFAULT
from reread.weak.rules import NO_VOTE, Votes
from reread.weak.summary import RuleFigures, is_disputed, summarise

ENDING = ".rules.toml"
TEXTS = 2000  # that rules are tried on
MOST = 100  # rules
DISPUTED = 3  # texts that are shown because rules disagree
SHOWN = 300  # characters of each


@dataclass(frozen=True)
class Found:
    """What one rule does.

    Attributes:
        rule: it.
        figures: how often it votes, with and against others, and how right it seems.
        right: of the texts with a label on which it votes, those with the label that it votes for.
        of: all of these.
    """

    rule: Rule
    figures: RuleFigures
    right: int
    of: int


@dataclass(frozen=True)
class Disputed:
    """A text on which rules disagree.

    Attributes:
        row: of the file.
        text: its first characters.
        votes: the rules that vote, and each one's class.
    """

    row: int
    text: str
    votes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tried:
    """What rules do together.

    Attributes:
        texts: on which they were tried.
        all_texts: of the file.
        silent: texts on which none votes.
        disputes: texts on which they disagree.
        rules: each of them; the one that is not kept yet is the last one.
        disputed: some texts on which they disagree.
    """

    texts: int
    all_texts: int
    silent: int
    disputes: int
    rules: tuple[Found, ...] = ()
    disputed: tuple[Disputed, ...] = ()


class RulesBeside:
    """The rules of a labelling whose texts have one class each. Its methods can be called from several threads.

    They are tried on the first texts of the random order in which texts are asked about, up to `TEXTS` of them, so what
    is said of these holds for the file; and of each text on the characters that the linear member reads.

    Args:
        labelling: whose texts and labels they are tried on.
    """

    def __init__(self, labelling: Labelling) -> None:
        self._labelling = labelling
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        """The file, as `reread weak` reads it."""
        return self._labelling.file.path.with_suffix(ENDING)

    def names(self) -> set[str]:
        """The names of the rules that are kept.

        Raises:
            ConfigError: the file cannot be used.
        """
        with self._lock:
            return {rule.name for rule in self._kept()}

    def tried(self, draft: Rule | None = None) -> Tried:
        """What the rules do, and with them one that is not kept.

        Raises:
            ConfigError: the file or the draft cannot be used.
            DataError: a rule of the file reads another column than that of the texts.
            BundleError: it asks a model that cannot be opened.
        """
        with self._lock:
            return self._tried([*self._kept(), *([] if draft is None else [draft])])

    def add(self, rule: Rule) -> Tried:
        """Keep another rule.

        Raises:
            ConfigError, DataError, BundleError: it cannot be used, or another one; or there are too many.
            OSError: it could not be written.
        """
        with self._lock:
            rules = [*self._kept(), rule]
            if len(rules) > MOST:
                raise ConfigError(f"there are {MOST} rules already; take one of them out first")
            tried = self._tried(rules)
            self._write(rules)
            return tried

    def remove(self, name: str) -> Tried:
        """Keep a rule no longer; one that is not there is as one that was removed.

        Raises:
            ConfigError, DataError, BundleError: what is left cannot be used.
            OSError: it could not be written.
        """
        with self._lock:
            before = self._kept()
            rules = [rule for rule in before if rule.name != name]
            if len(rules) < len(before):
                self._write(rules)
            return self._tried(rules)

    def _kept(self) -> Sequence[Rule]:
        if not self.path.exists():
            return []
        rules = read_rules(self.path)
        if set(rules.classes) != set(self._classes):
            raise ConfigError(
                f"{self.path}: the classes there are {listing(rules.classes)}, and here {listing(self._classes)}"
            )
        return rules.rules

    @property
    def _classes(self) -> tuple[str, ...]:
        return tuple(self._labelling.question.counts([]))

    def _write(self, rules: Sequence[Rule]) -> None:
        if not rules:
            self.path.unlink(missing_ok=True)
            return
        tables = [{"name": rule.name, "label": rule.label, **rule.settings} for rule in rules]
        known = [{key: value for key, value in table.items() if value is not None} for table in tables]
        write_whole(self.path, tomli_w.dumps({"classes": list(self._classes), "rule": known}))

    @cached_property
    def _chunk(self) -> Chunk:
        texts = [self._labelling.texts.texts[place][:CHARACTERS] for place in self._places]
        return Chunk(texts, [{}] * len(texts))

    @cached_property
    def _places(self) -> list[int]:
        return self._labelling.sample(TEXTS)

    def _tried(self, rules: Sequence[Rule]) -> Tried:
        count, everything = len(self._places), len(self._labelling.texts)
        if not rules:
            return Tried(count, everything, count, 0)
        known = Rules(self._classes, rules, source=self.path.name, folder=self.path.parent)
        votes, problems = known.open([]).votes(self._chunk)
        if problems:
            raise ConfigError(next(iter(problems.values())))
        truth = self._truth()
        joined = joins.get(DEFAULT)().join(votes, len(self._classes))
        summary = summarise([rule.name for rule in rules], self._classes, votes, joined, truth)
        found = [
            Found(rule, figures, int(((own == truth) & judged).sum()), int(judged.sum()))
            for rule, figures, own in zip(rules, summary.rules, votes.T, strict=True)
            for judged in [(own != NO_VOTE) & (truth != NO_VOTE)]
        ]
        places = np.flatnonzero(is_disputed(votes))
        return Tried(
            texts=count,
            all_texts=everything,
            silent=summary.silent,
            disputes=len(places),
            rules=tuple(found),
            disputed=tuple(self._disputed(rules, votes[place], place) for place in places[:DISPUTED].tolist()),
        )

    def _truth(self) -> NDArray[np.int64]:
        """The number of each text's class, `NO_VOTE` where it has no label."""
        place_of = self._labelling.texts.place_of
        labels = {place_of[label.row]: label.label for label in self._labelling.labels()}
        known: dict[Any, int] = {name: number for number, name in enumerate(self._classes)}
        return np.array([known.get(labels.get(place), NO_VOTE) for place in self._places], np.int64)

    def _disputed(self, rules: Sequence[Rule], votes: Votes, place: int) -> Disputed:
        said = [(rule.name, self._classes[vote]) for rule, vote in zip(rules, votes.tolist(), strict=True) if vote >= 0]
        return Disputed(self._labelling.texts.rows[self._places[place]], self._chunk.texts[place][:SHOWN], tuple(said))
