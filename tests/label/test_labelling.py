"""Labelling without a server: what is asked, kept, skipped, taken back, and gone on with."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path

import pytest

from reread.errors import DataError
from reread.label.background import Background
from reread.label.choosing import How
from reread.label.figures import Share
from reread.label.labelling import Labelling, OvertakenError
from reread.label.repeats import AFTER, beside
from reread.label.state import Asked, Last
from support.labelling import CLASSES, labelling, true_label, write_texts


def asked(work: Labelling) -> Asked:
    found = work.state().asked
    assert found is not None
    return found


def last(work: Labelling) -> Last:
    found = work.state().last
    assert found is not None
    return found


def answer(work: Labelling, times: int) -> list[int]:
    """Answer rightly; the rows."""
    rows = []
    for _ in range(times):
        rows.append(asked(work).row)
        work.give(rows[-1], true_label(rows[-1]))
    return rows


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "texts.csv")


def test_labels_are_kept_and_a_new_start_goes_on(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        first = answer(work, 10)
        assert (work.state().labelled, work.state().texts) == (10, 60)
        assert work.state().counts == {name: [true_label(row) for row in first].count(name) for name in CLASSES}
        next_one = asked(work)
    assert [line["row"] for line in lines(out)] == first
    assert {line["by"] for line in lines(out)} == {"Ada"}
    with labelling(data, out) as work:
        assert asked(work) == next_one
        rest = answer(work, 50)
        assert work.state().asked is None
    assert sorted(first + rest) == list(range(1, 61))


def test_what_is_said_twice_is_kept_once(data: Path, tmp_path: Path) -> None:
    with labelling(data, tmp_path / "l.jsonl") as work:
        row = asked(work).row
        once = work.give(row, "pos")
        assert work.give(row, "pos") == once
        with pytest.raises(OvertakenError, match='has the label "pos" already'):
            work.give(row, "neg")
        assert work.undo(row).labelled == 0
        assert work.undo(row).labelled == 0
        assert work.state().last is None


def test_a_second_tab_loses_nothing(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        seen_by_both = asked(work).row
        work.skip(seen_by_both)
        now = asked(work)
        state = work.give(seen_by_both, "pos")  # the other tab has not seen that it was skipped
        assert state.asked == now
        assert state.skipped == 0
        work.skip(seen_by_both)  # nor that it was labelled
        assert asked(work) == now
        work.give(now.row, "neg")
        with pytest.raises(OvertakenError, match=f"row {now.row} has the last label by now"):
            work.undo(seen_by_both)
    assert [line["row"] for line in lines(out)] == [seen_by_both, now.row]


def test_undo_asks_again_and_then_what_was_asked_before(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        rows = answer(work, 3)
        before = asked(work)
        for row in (rows[2], rows[1]):
            work.undo(row)
            assert (asked(work).row, asked(work).how) == (row, How.UNDONE)
        assert [line["row"] for line in lines(out)] == rows[:1]
        assert answer(work, 2) == [rows[1], rows[2]]
        assert asked(work) == before
    with labelling(data, out) as work:
        work.undo(rows[2])  # of an earlier start
        assert asked(work).row == rows[2]


def test_a_disk_that_fails_leaves_labels_and_file_alike(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        rows = answer(work, 2)
        before = work.state()
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="Input/output"):
            work.give(asked(work).row, "pos")
        assert work.state() == before
        with pytest.raises(OSError, match="Input/output"):
            work.undo(rows[1])
        assert (work.state().labelled, asked(work).row) == (1, rows[1])
        assert [line["row"] for line in lines(out)] == rows[:1]


def test_the_linear_member_learns_and_what_it_says_is_what_it_said_before_it_learned(
    data: Path, tmp_path: Path
) -> None:
    with labelling(data, tmp_path / "l.jsonl") as work:
        answer(work, 20)
        assert work.state().accuracy is None
        work.learn()
        state = work.state()
        assert state.learned == 20
        assert state.trouble == ""
        row = asked(work).row
        work.give(row, true_label(row))  # it was asked about before anything was learned
        assert last(work).suggestion is None
        suggestion = asked(work).suggestion
        assert suggestion is not None
        row = asked(work).row
        other = next(name for name in CLASSES if name != suggestion.label)
        work.give(row, other)
        work.learn()
        work.undo(row)
        again = asked(work).suggestion
        assert again is not None
        assert (again.label, again.probability) == (suggestion.label, None)


def test_the_running_accuracy_counts_the_random_texts_alone(data: Path, tmp_path: Path) -> None:
    with labelling(data, tmp_path / "l.jsonl") as work:
        answer(work, 10)
        work.learn()
        hows = []
        for _ in range(40):
            hows.append(asked(work).how)
            row = asked(work).row
            work.give(row, true_label(row))
        accuracy = work.state().accuracy
        assert isinstance(accuracy, Share)
        assert {How.RANDOM, How.UNSURE} <= set(hows)
        assert hows.count(How.RANDOM) // 2 <= accuracy.of < 40
        assert accuracy.low <= accuracy.right / accuracy.of <= accuracy.high


def test_after_a_new_start_the_running_accuracy_is_worked_out_again(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        answer(work, 30)
    with labelling(data, out) as work:
        assert work.state().accuracy is None
        work.learn()
        accuracy = work.state().accuracy
        assert isinstance(accuracy, Share)
        assert accuracy.of == 14  # all were drawn at random, of the first two nothing was known, the newer half counts
        assert accuracy.right > accuracy.of / 2


def test_it_learns_in_the_background_as_labels_come(data: Path, tmp_path: Path) -> None:
    with labelling(data, tmp_path / "l.jsonl") as work:
        background = Background(lambda _: work.learn(), "learning")
        background.start()
        answer(work, 20)
        background.wake()
        while work.state().learned < 20:
            time.sleep(0.01)
        background.stop()
        answer(work, 1)
        background.wake()  # for nobody
        assert work.state().learned == 20


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"label": "other"},
            'line 1: there is no class "other"; the classes are "pos", "neg"; ask as it was asked before',
        ),
        ({"row": 61}, "line 1: row 61 has another text here"),
        ({"text": "another"}, "has another text here; for these texts choose another file"),
    ],
)
def test_labels_of_something_else_are_refused(
    data: Path, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        answer(work, 1)
    (line,) = lines(out)
    out.write_text(json.dumps({**line, **change}) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=words), labelling(data, out):
        pass


def test_a_row_with_two_labels_is_refused(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        answer(work, 1)
    out.write_bytes(2 * out.read_bytes())
    with pytest.raises(DataError, match=r"line 2: row \d+ has a label already"), labelling(data, out):
        pass


def test_rows_and_classes_that_there_are_not(data: Path, tmp_path: Path) -> None:
    with labelling(data, tmp_path / "l.jsonl") as work:
        with pytest.raises(DataError, match='there is no class "x"'):
            work.give(1, "x")
        for call in (lambda: work.give(61, "pos"), lambda: work.skip(0), lambda: work.undo(-1)):
            with pytest.raises(DataError, match="there is no row"):
                call()


def test_equal_texts_are_asked_about_once_and_rows_without_one_not_at_all(tmp_path: Path) -> None:
    data = tmp_path / "texts.jsonl"
    rows = [{"text": "a film"}, {"text": " "}, {"text": "A  film"}, {"text": None}, {"text": 3}, {"text": "a book"}]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with labelling(data, tmp_path / "l.jsonl") as work:
        texts = work.texts
        assert (texts.rows, texts.equal, sum(texts.unreadable.values())) == ([1, 6], 1, 3)
        assert work.give(3, "pos").labelled == 1  # its text is that of row 1
        assert work.state().last is not None
        assert sorted(line["row"] for line in lines(work.file.path)) == [1]


def answer_until_again(work: Labelling) -> Asked:
    """Answer rightly until a text is asked about again."""
    while not asked(work).again:
        answer(work, 1)
    return asked(work)


def test_texts_of_the_random_share_are_asked_again_after_a_while_and_once(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out, share=1) as work:
        rows, again = [], []
        while work.state().asked is not None:
            now = asked(work)
            (again if now.again else rows).append(now.row)
            if now.again:
                assert len(rows) - rows.index(now.row) > AFTER
                assert (now.how, now.suggestion) == (How.RANDOM, None)
            work.give(now.row, true_label(now.row), again=now.again)
            work.learn()
        assert len(again) == len(set(again)) > 5
        assert work.state().labelled == len(rows) == 60
        consistency = work.state().consistency
        assert isinstance(consistency, Share)
        assert (consistency.right, consistency.of) == (len(again), len(again))
    assert [line["row"] for line in lines(out)] == rows
    assert [line["row"] for line in lines(beside(out))] == again


def test_second_answers_are_kept_apart_and_taken_back_like_first_ones(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out, share=1) as work:
        row, first = answer_until_again(work).row, lines(out)
        other = next(name for name in CLASSES if name != true_label(row))
        state = work.give(row, other, again=True)
        assert work.give(row, other, again=True).last == state.last == Last(row, other, true_label(row), None)
        assert state.consistency == Share(0, 1, 0.0, pytest.approx(0.975))
        assert (state.labelled, lines(out)) == (len(first), first)
        with pytest.raises(OvertakenError, match="has the label"):
            work.give(row, true_label(row), again=True)
        with pytest.raises(OvertakenError, match=f"row {row} has the last label by now"):
            work.undo(int(str(first[-1]["row"])))
    with labelling(data, out, share=1) as work:
        assert last(work).before == true_label(row)  # a new start knows which one was the last
        assert work.undo(row, again=True).consistency is None
        assert work.undo(row, again=True).labelled == len(first)
        assert (asked(work).row, asked(work).again, asked(work).how) == (row, True, How.UNDONE)
        assert last(work).row == first[-1]["row"]
        work.skip(row)
        assert not asked(work).again
        answer(work, 1)
    assert not beside(out).exists()
    assert len(lines(out)) == len(first) + 1


def test_another_person_is_not_asked_about_what_they_have_not_answered(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out) as work:
        answer(work, 40)
    with labelling(data, out, share=1, by="Bob") as work:
        for _ in range(19):
            assert not asked(work).again
            answer(work, 1)


def test_second_answers_without_first_ones_are_refused(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "l.jsonl"
    with labelling(data, out, share=1) as work:
        row = answer_until_again(work).row
        work.give(row, "pos", again=True)
    out.unlink()
    with pytest.raises(DataError, match=f"row {row} has no first label in"), labelling(data, out):
        pass
