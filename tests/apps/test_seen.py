"""`reread evaluate` on rows that the training has seen: it says so, and can leave them out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reread.bundle import SEEN, SUMS
from support.command_line import Command, reviews

NEW = ("a long night at the sea,pos", "nothing to see here at all,neg")


def mixed() -> str:
    """The rows of training, the first in other case and spacing, and two new ones."""
    return "\n".join([reviews().replace("a lovely warm film, take 0", "A  LOVELY warm film, take 0").strip(), *NEW, ""])


def test_the_file_of_training_is_told_in_terminal_report_and_json(work: Path, reread: Command) -> None:
    said = "These figures flatter the model: of 30 rows, 27 were trained on and 3 were held out to decide when training stops (the linear member learned from them afterwards)"
    outcome = reread("evaluate model.reread good.csv --report page.html")
    assert said in outcome.out
    assert "measure on rows that the model has not seen" in outcome.out
    assert said in Path("page.html").read_text(encoding="utf-8")
    found = json.loads(reread("evaluate model.reread good.csv --no-report --json").out)
    assert found["seen"] == {
        "trained_on": 27,
        "held_out": 3,
        "left_out": 0,
        "rows": 30,
        "learned_after": True,
        "without_labels": 0,
    }


def test_rows_that_were_seen_are_left_out_if_asked(work: Path, reread: Command) -> None:
    Path("mixed.csv").write_text(mixed(), encoding="utf-8")
    Path("new.csv").write_text("\n".join(["text,label", *NEW, ""]), encoding="utf-8")
    assert "--unseen measures on the other 2" in reread("evaluate model.reread mixed.csv --no-report").out
    outcome = reread("evaluate model.reread mixed.csv --unseen --report page.html")
    assert "Rows seen in training are left out: of 32 rows, 27 were trained on and 3 were held out" in outcome.out
    assert re.search(r"Measured on 2 rows of mixed\.csv\.", Path("page.html").read_text(encoding="utf-8"))
    some = json.loads(reread("evaluate model.reread mixed.csv --unseen --no-report --json").out)
    new = json.loads(reread("evaluate model.reread new.csv --no-report --json").out)
    assert (some["rows"], some["seen"]["left_out"]) == (2, 30)
    assert some["metrics"] == new["metrics"]
    assert not any(new["seen"][name] for name in ("trained_on", "held_out", "left_out"))


def test_a_mistake_is_shown_at_its_own_line_though_others_are_left_out(work: Path, reread: Command) -> None:
    both = mixed().replace("nothing to see here at all,neg", "a long night at the sea,neg")
    Path("mixed.csv").write_text(both, encoding="utf-8")
    reread("evaluate model.reread mixed.csv --unseen --report page.html")
    places = set(re.findall(r"mixed\.csv, line (\d+)", Path("page.html").read_text(encoding="utf-8")))
    assert places
    assert places <= {"32", "33"}


@pytest.mark.parametrize("gone", [False, True])
def test_no_row_left_or_no_way_to_tell(gone: bool, work: Path, reread: Command) -> None:  # noqa: FBT001  # a case
    if gone:
        Path("model.reread", SEEN).unlink()
    outcome = reread("evaluate model.reread good.csv --unseen --no-report")
    words = "does not say what it was trained on" if gone else "leaves no row: 27 trained on, 3 held out"
    assert outcome.code == 2
    assert words in outcome.err
    assert reread("evaluate model.reread good.csv --no-report").code == 0


def test_what_the_folder_keeps_of_them_is_eight_bytes_a_text_and_two_a_score(work: Path) -> None:
    content = Path("model.reread", SEEN).read_bytes()
    assert len(content) < 30 * (8 + 2 * 2) + 300
    assert b"film" not in content
    assert SEEN in Path("model.reread", SUMS).read_text(encoding="utf-8")
