from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.vectors.corpus import CorpusWriter

WORDS = st.text(st.characters(exclude_characters="\u2420\u2409\u240a\u240b\u240c\u240d"), min_size=1, max_size=4)


def read_back(corpus: CorpusWriter) -> list[list[str]]:
    """What gensim's threads find: lines cut at C's white space."""
    lines = [line for part in corpus.parts for line in part.path.read_bytes().split(b"\n")[:-1]]
    return [[corpus.originals.get(word.decode(), word.decode()) for word in line.split()] for line in lines]


@settings(max_examples=60)
@given(st.lists(st.lists(WORDS, max_size=6), max_size=8), st.integers(1, 9))
def test_every_word_stays_whole_and_is_counted(sentences: list[list[str]], part_tokens: int) -> None:
    with TemporaryDirectory() as folder, closing(CorpusWriter(Path(folder), part_tokens)) as corpus:
        corpus.write(iter(sentences))
        found = read_back(corpus)
        tokens = [word for sentence in sentences for word in sentence]
        assert [sentence for sentence in found if sentence] == [sentence for sentence in sentences if sentence]
        assert corpus.tokens == sum(corpus.counts.values()) == len(tokens)
        assert {corpus.originals.get(word, word) for word in corpus.counts} == set(tokens)
        assert all(part.tokens >= part_tokens for part in corpus.parts[:-1])


def test_words_that_hold_white_space_or_no_text_at_all(tmp_path: Path) -> None:
    with closing(CorpusWriter(tmp_path)) as corpus:
        corpus.write([["New York", "is"], ["a\tb", "\ud800"], [], ["", "is"]])
        assert read_back(corpus) == [["New York", "is"], ["a\tb", "\ud800"], [], ["is"]]
        assert corpus.tokens == 5


@pytest.mark.parametrize("part_tokens", [1, 5, 100])
def test_a_part_ends_with_its_sentence(tmp_path: Path, part_tokens: int) -> None:
    with closing(CorpusWriter(tmp_path, part_tokens)) as corpus:
        corpus.write([["a", "b", "c"]] * 4)
    assert [part.tokens for part in corpus.parts] == {1: [3] * 4, 5: [6, 6], 100: [12]}[part_tokens]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an open file keeps its name")
def test_a_finished_file_has_no_name_that_a_killed_process_would_leave(tmp_path: Path) -> None:
    with closing(CorpusWriter(tmp_path, 3)) as corpus:
        corpus.write([["a", "b", "c"], ["d"]])
        assert list(tmp_path.iterdir()) == []
        assert [read_back(corpus), read_back(corpus)] == [[["a", "b", "c"], ["d"]]] * 2
    assert not any(part.path.exists() for part in corpus.parts)


def test_a_full_disk_is_told_with_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Iterator[str]:
        raise OSError(errno.ENOSPC, "No space left on device")  # as writing says it, without a name

    monkeypatch.setattr(CorpusWriter, "_line", full)
    with pytest.raises(OSError, match=re.escape(str(tmp_path))) as error:
        CorpusWriter(tmp_path).write([["a", "b"]])
    assert error.value.errno == errno.ENOSPC
