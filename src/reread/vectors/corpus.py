"""A corpus on disk for gensim's threads: one sentence per line, in parts, counted while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from reread.text.vocabulary import TokenCounter
from reread.vectors.ngrams import printable

PART_TOKENS = 10_000_000  # progress and deadlines are checked between parts
MOST_WORDS = 10_000_000  # distinct words counted at a time: bounds memory

# White space would end a word in the file; Unicode's pictures of it do not.
_JOINED = str.maketrans({space: chr(0x2400 + ord(space)) for space in " \t\n\v\f\r"})


@dataclass(frozen=True)
class Part:
    """A file of the corpus and its number of tokens."""

    path: Path
    tokens: int


class CorpusWriter:
    """Writes and counts sentences.

    A finished file can be read by its path until the writer is closed. On Linux it is unlinked before that, so that a
    killed process leaves no files behind.

    Args:
        folder: where the files go.
        part_tokens: tokens of a file, apart from its last sentence.

    Attributes:
        parts: the finished files.
        originals: the words that are written in another form, by that form.
    """

    def __init__(self, folder: Path, part_tokens: int = PART_TOKENS) -> None:
        self.parts: list[Part] = []
        self.originals: dict[str, str] = {}
        self._folder, self._part_tokens = folder, part_tokens
        self._counter = TokenCounter(MOST_WORDS)
        self._open_files = ExitStack()

    def close(self) -> None:
        """Close the files."""
        self._open_files.close()

    @property
    def counts(self) -> dict[str, int]:
        """How often each word occurs in the corpus, in its written form."""
        return self._counter.counts

    @property
    def tokens(self) -> int:
        """Tokens of all parts."""
        return sum(part.tokens for part in self.parts)

    def write(self, sentences: Iterable[Sequence[str]]) -> None:
        """Write all sentences.

        Raises:
            OSError: the disk is full; it names the folder.
        """
        try:
            self._write(sentences)
        except OSError as error:
            raise OSError(error.errno, error.strerror, error.filename or str(self._folder)) from error

    def _write(self, sentences: Iterable[Sequence[str]]) -> None:
        with ExitStack() as stack:
            file, path, tokens = self._next(stack)
            for sentence in sentences:
                words, line = self._line(sentence)
                self._counter.add(words)
                file.write(line + "\n")
                tokens += len(words)
                if tokens >= self._part_tokens:
                    stack.close()
                    self._finish(path, tokens)
                    file, path, tokens = self._next(stack)
        if tokens:
            self._finish(path, tokens)

    def _finish(self, path: Path, tokens: int) -> None:
        file = self._open_files.enter_context(path.open("rb"))
        nameless = Path(f"/proc/self/fd/{file.fileno()}")  # readers open it again
        if nameless.exists():
            path.unlink()
            path = nameless
        self.parts.append(Part(path, tokens))

    def _next(self, stack: ExitStack) -> tuple[TextIO, Path, int]:
        path = self._folder / f"part-{len(self.parts)}.txt"
        return stack.enter_context(path.open("w", encoding="utf-8", newline="\n")), path, 0

    def _line(self, sentence: Sequence[str]) -> tuple[Sequence[str], str]:
        """The words as written, and their line; printable words without spaces are written as they are."""
        line = " ".join(sentence)
        if line.isprintable() and line.count(" ") == len(sentence) - 1 and "" not in sentence:
            return sentence, line
        words = [self._in_one_piece(word) for word in sentence if word]
        return words, " ".join(words)

    def _in_one_piece(self, word: str) -> str:
        written = printable(word.translate(_JOINED))
        if written != word:
            self.originals[written] = word
        return written
