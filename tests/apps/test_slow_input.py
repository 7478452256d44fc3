"""`reread predict -` answers what has come of a slow pipe, before it waits for more."""

from __future__ import annotations

import csv
import json
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import IO

import pytest

from support.command_line import reread_process
from support.folders import OLD

SECONDS = 120  # only a hang takes as long


class Slow:
    """The command, and lines to and from it."""

    def __init__(self, options: tuple[str, ...]) -> None:
        self.process = reread_process(["predict", str(OLD), "-", "--threads", "1", *options], stdin=subprocess.PIPE)
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,))
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line.rstrip("\n"))

    def say(self, *lines: str | bytes) -> None:
        assert self.process.stdin is not None
        for each in lines:
            self.process.stdin.buffer.write(each if isinstance(each, bytes) else each.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        return self._lines.get(timeout=SECONDS)

    def kill(self) -> None:
        with self.process:  # closes the pipes
            self.process.kill()
            self._reader.join(SECONDS)

    def end(self) -> str:
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        self.process.stdin.close()
        said = self.process.stderr.read()
        assert self.process.wait(SECONDS) == 0
        self._reader.join(SECONDS)
        assert self._lines.empty()
        return said


@pytest.fixture
def start() -> Iterator[Callable[..., Slow]]:
    started: list[Slow] = []

    def call(*options: str) -> Slow:
        started.append(Slow(options))
        return started[-1]

    yield call
    for each in started:
        each.kill()


def test_each_line_of_csv_is_answered_before_the_next_is_written(start: Callable[..., Slow]) -> None:
    slow = start()
    slow.say("id,text", "1,a lovely film")
    header, first = csv.reader([slow.hear(), slow.hear()])
    assert header[:3] == ["id", "text", "prediction"]
    assert first[:2] == ["1", "a lovely film"]
    assert first[2]
    slow.say('2,"a film', 'of two lines"')
    assert (slow.hear(), slow.hear().startswith('of two lines",')) == ('2,"a film', True)
    slow.say("3, ")
    assert slow.hear().endswith(",text is only white space")
    slow.say("", "4,dull", "5,bright")
    assert [slow.hear()[:2], slow.hear()[:2]] == ["4,", "5,"]
    slow.say(b"6,\xff\n7,good\n")
    assert slow.hear().endswith(",is not UTF-8")
    assert slow.hear().startswith("7,good,")
    assert slow.end() == "2 of 7 rows could not be answered; the error column says why\n"


def test_objects_keep_the_columns_of_the_start(start: Callable[..., Slow]) -> None:
    slow = start("--out-format", "jsonl")
    for k, more in enumerate([{}, {"extra": 1}, {"extra": 2}]):
        slow.say(json.dumps({"text": f"a film, number {k}", **more}))
        answer = json.loads(slow.hear())
        assert answer["text"] == f"a film, number {k}"
        assert "extra" not in answer
        assert not answer["error"]
    assert "standard input, line 2: has extra, which no line had at the start; it is left out" in slow.end()


def test_a_filter_holds_nothing_back(start: Callable[..., Slow]) -> None:
    slow = start("--where", "kind=film")
    slow.say("kind,text", "film,good", "book,good")
    assert slow.hear().startswith("kind,text,")
    assert slow.hear().startswith("film,good,")
    slow.say("book,bad", "film,bad")
    assert slow.hear().startswith("film,bad,")
    slow.end()


def test_a_reader_that_goes_away_ends_it() -> None:
    process = reread_process(["predict", str(OLD), "-", "--threads", "1"], stdin=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write("text\na film\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("text,")
        process.stdout.close()
        process.stdin.write("another\n")
        process.stdin.flush()
        assert process.stderr.read() == ""
    assert process.returncode == 1
