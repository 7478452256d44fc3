"""Rules that vote for classes, and the matrix of their votes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.recipes.fitting import spec_from
from reread.registry import unknown_name
from reread.tasks.labels import ClassIndex, Label, check_classes, listing
from reread.typing import override
from reread.weak.kinds import Chunk, Kind, Place, Problem, Voter, kinds

NO_VOTE = -1
Votes = NDArray[np.int16]
"""The number of the class that each rule votes for, or `NO_VOTE`, (rows, rules)."""
_MOST = np.iinfo(np.int16).max


class Rule:
    """One rule: its name, the class it votes for, and a setting that says when, such as ``pattern``, with its options.

    Args:
        name: what tables call it.
        label: the class; None where a function or a model names it.
        **settings: one of ``pattern``, ``words``, ``column``, ``function`` and ``model``, and what belongs to it.
    """

    def __init__(self, /, name: str, label: Label | None = None, **settings: Any) -> None:
        self.name = name
        self.label = label
        self.settings = settings

    @override
    def __repr__(self) -> str:
        return f"Rule({self.name!r}, {self.label!r}, **{self.settings!r})"


class Rules:
    """Classes, and rules that vote for them.

    Args:
        classes: at least two, all of them texts or all numbers.
        rules: at least one, each with a name of its own.
        source: where they are written down, for messages.
        folder: what the paths in them are relative to; None: the current folder.

    Raises:
        ConfigError: classes or rules that cannot be used.
    """

    def __init__(
        self, classes: Sequence[Label], rules: Sequence[Rule], *, source: str = "rules", folder: Path | None = None
    ) -> None:
        self.source = source
        self.folder = Path() if folder is None else folder
        self.classes = _checked_classes(classes, source)
        if not rules:
            raise ConfigError(f"{source}: there is no rule; expected at least one")
        self.rules = tuple(rules)
        names = [rule.name for rule in self.rules]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ConfigError(f'{source}: two rules are called "{twice[0]}"; every rule needs its own name')
        self._index = ClassIndex(self.classes)
        self._labels = [self._label_of(rule) for rule in self.rules]
        self._kinds = [self._kind_of(rule) for rule in self.rules]

    def open(self, columns: Sequence[str], threads: int | None = None) -> Ballot:
        """The rules at work on rows with these columns.

        Raises:
            ConfigError: a rule has a setting that cannot be used.
            DataError: it needs a column that is not there.
            BundleError: a model folder cannot be opened.
        """
        place = Place(classes=self.classes, folder=self.folder, columns=tuple(columns), threads=threads)
        voters = []
        for rule, kind, label in zip(self.rules, self._kinds, self._labels, strict=True):
            with self.told(rule):
                voters.append(kind.open(place, label))
        return Ballot(self, voters)

    def files(self) -> list[Path]:
        """The files that the rules name, besides model folders."""
        return [self.folder / path for kind in self._kinds for path in kind.files()]

    @contextmanager
    def told(self, rule: Rule) -> Iterator[None]:
        """Errors name the rule."""
        try:
            yield
        except (ConfigError, DataError) as error:
            raise type(error)(f'{self.source}: rule "{rule.name}": {error}') from error

    def class_of(self, rule: int, vote: Label) -> int:
        """The number of the class that a rule votes for, `NO_VOTE` if for none.

        Raises:
            ConfigError: there is no such class, or the rule names none.
        """
        if vote is False:
            return NO_VOTE
        label = self._labels[rule] if vote is True else vote
        if label is None:
            raise ConfigError("answers true, but names no label that this could mean")
        try:
            return self._index(label)
        except DataError as error:
            raise ConfigError(str(error)) from error

    def _label_of(self, rule: Rule) -> Label | None:
        if not isinstance(rule.name, str) or not rule.name:
            raise ConfigError(f"{self.source}: name = {rule.name!r}: expected a text that names the rule")
        if rule.label is None:
            return None
        with self.told(rule):
            try:
                return self.classes[self._index(rule.label)]
            except DataError as error:
                raise ConfigError(str(error)) from error

    def _kind_of(self, rule: Rule) -> Kind:
        with self.told(rule):
            asked = [key for key in rule.settings if key in kinds.names()]
            if len(asked) > 1:
                raise ConfigError(f"{' and '.join(asked)} exclude each other; keep one of them")
            if not asked:
                _refuse_unknown(rule)
                raise ConfigError(f"says not when it votes; expected one of {', '.join(kinds)}")
            kind = kinds.get(asked[0])
            if kind.needs_label and rule.label is None:
                raise ConfigError(f"lacks a label; the classes are {listing(self.classes)}")
            _refuse_unknown(rule, asked[0])
        return spec_from(kind, rule.settings, f'{self.source}: rule "{rule.name}"')


class Ballot:
    """Rules at work."""

    def __init__(self, rules: Rules, voters: Sequence[Voter]) -> None:
        self.rules = rules
        self._voters = voters

    def votes(self, chunk: Chunk) -> tuple[Votes, dict[int, str]]:
        """The votes on some rows, and why some of these cannot be voted on, by their number.

        Raises:
            ConfigError: a rule fails.
        """
        matrix = np.full((len(chunk.texts), len(self._voters)), NO_VOTE, dtype=np.int16)
        problems: dict[int, str] = {}
        for column, (rule, voter) in enumerate(zip(self.rules.rules, self._voters, strict=True)):
            with self.rules.told(rule):
                for row, vote in enumerate(voter(chunk)):
                    if isinstance(vote, Problem):
                        problems.setdefault(row, f'rule "{rule.name}": {vote}')
                    elif vote is not None and vote is not False:
                        matrix[row, column] = self.rules.class_of(column, vote)
        matrix[list(problems)] = NO_VOTE
        return matrix, problems


def _checked_classes(classes: Sequence[Label], source: str) -> tuple[Label, ...]:
    if isinstance(classes, str) or not isinstance(classes, Sequence):
        raise ConfigError(f'{source}: classes = {classes!r}: expected a list such as ["neg", "pos"]')
    try:
        known = check_classes(classes)
    except DataError as error:
        raise ConfigError(f"{source}: classes: {error}") from error
    if any(isinstance(label, bool) for label in known):
        raise ConfigError(f"{source}: classes are true and false, which also say whether a rule votes; name them")
    if len(known) > _MOST:
        raise ConfigError(f"{source}: {len(known):,} classes; at most {_MOST:,} can be voted for")
    return known


def _refuse_unknown(rule: Rule, asked: str | None = None) -> None:
    """Refuse settings that no rule of the kind that it asks for has; None: that none of any kind has."""
    settings = {kind: [field.name for field in dataclasses.fields(kinds.get(kind))] for kind in kinds}
    known = settings[asked] if asked else [name for names in settings.values() for name in names]
    for key in rule.settings:
        if key not in known:
            if others := [kind for kind, names in settings.items() if key in names]:
                raise ConfigError(
                    f"{key} is a setting of rules with {' or '.join(others)}, and this one has {asked}; leave it out"
                )
            raise unknown_name("setting", key, ["name", "label", *known])
