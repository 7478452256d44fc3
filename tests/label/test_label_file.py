"""The file of labels: what is said to be kept is there, whole, whatever happens."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reread.data.examples import read_examples
from reread.data.request import ColumnRequest
from reread.errors import ConfigError, DataError
from reread.label.label_file import Label, open_labels
from support.labelling import ONE_OF

FIRST = Label(3, 'a "warm" film\n部好看的\u2028电影 😀', "pos", "Ada", "2026-12-02T04:10:00Z")
SECOND = Label(1, "a dull film", "neg", "Ada", "2026-12-02T04:10:05Z")


def filled(path: Path, *labels: Label) -> Path:
    with open_labels(path, ONE_OF) as file:
        for each in labels:
            file.append(each)
    return path


def labels_in(path: Path) -> list[Label]:
    with open_labels(path, ONE_OF) as file:
        return file.labels


def test_a_label_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    with open_labels(path, ONE_OF) as file:
        file.append(FIRST)
        (line,) = path.read_text(encoding="utf-8").split("\n")[:-1]
        assert list(json.loads(line)) == ["row", "text", "label", "by", "at"]
        file.append(SECOND)
        assert file.take_back() == SECOND
        assert path.read_bytes() == FIRST.line(ONE_OF)
    assert labels_in(path) == [FIRST]


def test_the_file_can_be_trained_on_as_it_is(tmp_path: Path) -> None:
    path = filled(tmp_path / "l.jsonl", FIRST, SECOND)
    with open_labels(path, ONE_OF) as file:
        file.append(Label(2, "taken back", "neg", "Ada", ""))
        file.take_back()
    examples = read_examples(path, ColumnRequest())
    assert list(examples.texts) == [FIRST.text, SECOND.text]
    assert list(examples.targets["label"]) == ["pos", "neg"]


def test_half_a_line_is_dropped_wherever_it_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    whole = len(SECOND.line(ONE_OF))
    for kept in range(whole):
        path.write_bytes(FIRST.line(ONE_OF) + SECOND.line(ONE_OF)[:kept])
        complete = kept == whole - 1  # only the end of the line is missing
        with open_labels(path, ONE_OF) as file:
            assert file.labels == ([FIRST, SECOND] if complete else [FIRST])
            assert file.dropped == (0 if complete else kept)
            file.append(SECOND)
        assert path.read_bytes() == FIRST.line(ONE_OF) + SECOND.line(ONE_OF) * (1 + complete)


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path / "l.jsonl", FIRST)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_labels(path, ONE_OF) as file:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                file.append(SECOND)
        assert file.labels == [FIRST]
        assert path.read_bytes() == FIRST.line(ONE_OF)
        file.append(SECOND)
    assert labels_in(path) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "was removed or replaced"),
        (lambda path: path.with_suffix(".new").replace(path), "was removed or replaced"),
        (lambda path: path.write_bytes(path.read_bytes() + SECOND.line(ONE_OF)), "was changed"),
    ],
    ids=["removed", "replaced", "changed"],
)
def test_another_program_that_touches_the_file_is_noticed(tmp_path: Path, spoil: object, words: str) -> None:
    path = filled(tmp_path / "l.jsonl", FIRST)
    path.with_suffix(".new").write_bytes(FIRST.line(ONE_OF))
    with open_labels(path, ONE_OF) as file:
        spoil(path)  # type: ignore[operator]
        for change in (lambda: file.append(SECOND), file.take_back):
            with pytest.raises(DataError, match=words):
                change()


def test_nothing_is_taken_back_of_nothing(tmp_path: Path) -> None:
    with open_labels(tmp_path / "l.jsonl", ONE_OF) as file, pytest.raises(DataError, match="no label to take back"):
        file.take_back()


@pytest.mark.parametrize(
    "line",
    ["[]", "3", '{"row": 1, "text": "a"}', '{"row": "1", "text": "a", "label": "pos"}', '{"row": true, "text": "a", "label": "pos"}', "{", "[" * 50_000],
)  # fmt: skip
def test_what_is_no_label_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "l.jsonl"
    path.write_bytes(FIRST.line(ONE_OF) + line.encode() + b"\n")
    with pytest.raises(DataError, match=r"l\.jsonl, line 2: is no label"), open_labels(path, ONE_OF):
        pass
    assert path.read_bytes() == FIRST.line(ONE_OF) + line.encode() + b"\n"


def test_nothing_but_the_file_is_left_in_the_folder(tmp_path: Path) -> None:
    path = filled(tmp_path / "l.jsonl", FIRST)
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_process_cannot_open_it(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    script = f"from pathlib import Path; from reread.label.label_file import open_labels\nfrom reread.label.questions.classes import Classes\nwith open_labels(Path({str(path)!r}), Classes(['a', 'b'])): pass"
    with open_labels(path, ONE_OF):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ConfigError.__name__ in done.stderr
    assert "another reread label has it open" in done.stderr
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
