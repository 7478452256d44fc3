"""Texts without labels, from files; those of files that `--test` names are left out."""

from __future__ import annotations

from collections.abc import Callable

from reread.apps.cli.console import number_of
from reread.apps.cli.texts import TextFiles
from reread.data.learnable import LearnableTexts
from reread.data.split import text_keys


class UnlabelledFiles(LearnableTexts):
    """The texts of some files but those of others.

    Args:
        files: to learn from.
        test: whose texts must not be learned from; they are read at once.

    Raises:
        DataError: one of the latter cannot be read.
    """

    def __init__(self, files: TextFiles, test: TextFiles) -> None:
        super().__init__(files, text_keys(test))
        self._files = files

    def tell_columns(self, known: str, note: Callable[[str], None]) -> None:
        """Say where the texts of a file are in another column than the known one."""
        for name, column in self._files.columns().items():
            if column != known:
                note(f'{name}: the texts are those of column "{column}"')

    def tell_to(self, note: Callable[[str], None], kind: str = "unlabelled ") -> None:
        """Say after the first whole reading which rows it passed over, how many had no text, and how many it left out.

        Args:
            note: is told.
            kind: of rows and texts, before these words.
        """

        def told(left_out: int) -> None:
            if bad := len(self._files.bad):
                note(f"{number_of(bad, f'{kind}row')} that cannot be read passed over: {self._files.bad.listed()}")
            if self._files.empty:
                note(f"{number_of(self._files.empty, f'{kind}row')} without a text skipped")
            if left_out:
                note(f"{number_of(left_out, f'{kind}text')} left out, as --test has them too")

        self._told = told
