"""What every kind of rule promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from reread.tasks.labels import Label
from reread.text.encoder import LANGUAGES, TextEncoder, TextSettings
from reread.weak.user_code import run_file


class Problem(str):
    """Why a row cannot be voted on: the row keeps its place, without an answer."""

    __slots__ = ()


Vote: TypeAlias = Label | Problem | None
"""True: for the rule's label; a class: for this one; False or None: no vote."""

_READING = TextEncoder(TextSettings.for_language("en", normalisers=("half_width", *LANGUAGES["en"]["normalisers"])))
"""Words in lower case with full-width forms made narrow; Han text character by character."""


@dataclass(frozen=True)
class Chunk:
    """Some rows with their texts, all of which can be read."""

    texts: Sequence[str]
    rows: Sequence[Mapping[str, Any]]

    @cached_property
    def words(self) -> list[str]:
        """Each text as `in_words` has it; made once for all rules."""
        return [in_words(text) for text in self.texts]


Voter: TypeAlias = Callable[[Chunk], Iterable[Vote]]
"""A rule at work: one vote for each row of a chunk."""


def in_words(text: str) -> str:
    """A text's words and marks with one space before and after each, so that whole words and phrases are substrings."""
    return f" {' '.join(_READING.tokens(text))} "


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where rules are put to work.

    Attributes:
        classes: the classes that may be voted for.
        folder: what paths in rules are relative to.
        columns: the columns of the rows.
        threads: threads for the arithmetic of models; None: one for each core.
        files: the Python files that were run so far, with the names they define.
    """

    classes: tuple[Label, ...]
    folder: Path
    columns: tuple[str, ...]
    threads: int | None = None
    files: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def names_of(self, path: str) -> Mapping[str, Any]:
        """What a Python file defines; it is run once, however many rules name it.

        Raises:
            ConfigError: there is no such file, or it fails.
        """
        if path not in self.files:
            self.files[path] = run_file(self.folder / path)
        return self.files[path]


@dataclass(frozen=True, kw_only=True)
class Kind(ABC):
    """What makes a rule vote; the fields are the settings that a rule gives it.

    Attributes:
        needs_label: whether its rules vote for one class only, which they must name.
    """

    needs_label: ClassVar[bool] = True

    @abstractmethod
    def open(self, place: Place, label: Label | None) -> Voter:
        """Ready to vote; ``label`` is the class that the rule names.

        Raises:
            ConfigError: a setting cannot be used.
            DataError: the rows lack a column.
        """

    def files(self) -> list[str]:
        """The files that are read, besides model folders, as the rule names them."""
        return []
