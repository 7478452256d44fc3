from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reread.data.examples import ColumnRequest, TargetRequest
from reread.data.lists import examples_from_lists
from reread.errors import DataError
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import Settings, checks, labels
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.reading import read_audit_data
from reread.insight.audit.run import audit, cheap_audit

Make = Callable[..., AuditData]


def find(name: str, audited: AuditData) -> CheckResult:
    return checks.get(name)().find(audited, Settings())


def pairs(found: CheckResult) -> list[tuple[int, int | None]]:
    return [(finding.row, finding.other) for finding in found.findings]


def test_duplicates_are_rows_whose_text_stands_earlier_in_their_file(audit_data_of: Make) -> None:
    audited = audit_data_of(["a film", "b", "A  Film", "c", "a film "], ["b", "d", "d"])
    found = find("duplicates", audited)
    assert pairs(found) == [(2, 0), (4, 0), (7, 6)]
    assert found.summary == "2 texts occur more than once"
    nothing = find("duplicates", audit_data_of(["a", "b"]))
    assert (nothing.count, nothing.summary) == (0, "")


def test_leaks_are_texts_of_an_earlier_file_each_counted_once(audit_data_of: Make) -> None:
    audited = audit_data_of(["a", "b", "c"], ["x", "B", "b"], ["c", "y", "x"])
    found = find("leaks", audited)
    assert pairs(found) == [(4, 1), (6, 2), (8, 3)]
    assert found.summary == "3 texts occur in more than one file"
    assert [note.rpartition(" share ")[2] for note in found.notes] == ["1 text"] * 3


def test_conflicts_suggest_what_most_rows_have(audit_data_of: Make) -> None:
    texts, labels = ["a", "b", "A", "b", "a ", "c", "c"], ["p", "p", "n", "n", "p", "p", "p"]
    found = find("conflicts", audit_data_of(texts, labels=[labels]))
    assert pairs(found) == [(0, 2), (2, 0), (4, 2), (1, 3), (3, 1)]
    assert [finding.suggested for finding in found.findings] == [None, "p", None, None, None]
    assert found.summary == "2 texts have different labels"


def test_lists_of_labels_conflict_as_sets_and_numbers_as_numbers(audit_data_of: Make) -> None:
    lists = audit_data_of(["a", "A", "b", "B"], labels=[[["x", "y"], ["y", "x"], ["x"], ["y"]]])
    assert pairs(find("conflicts", lists)) == [(2, 3), (3, 2)]
    numbers = audit_data_of(["a", "A", "b", "B"], labels=[[1.0, 1.0, 2.0, 2.5]], numbers=["price"])
    assert pairs(find("conflicts", numbers)) == [(2, 3), (3, 2)]


def test_files_without_labels_conflict_with_nothing(audit_data_of: Make) -> None:
    found = audit(audit_data_of(["a", "b"], ["a", "c"], labels=[["p", "n"]]), names=["conflicts", "leaks"]).results
    assert {name: own.count for name, own in found.items()} == {"conflicts": 0, "leaks": 1}


def test_kinds_of_damage_and_of_oddity_are_counted(audit_data_of: Make) -> None:
    texts = [f"a plain text, number {k}" for k in range(30)] + ["it&amp;s \ufffd", "&lt;", "!?! !?! !?! !?!"]
    found = find("encoding", audit_data_of(texts))
    assert [(finding.row, finding.detail) for finding in found.findings] == [
        (30, "replacement character, HTML"),
        (31, "HTML"),
    ]
    assert found.notes == ("HTML: 2 texts", "replacement character: 1 text")
    odd = find("odd", audit_data_of(texts))
    assert [finding.detail for finding in odd.findings if finding.row == 32] == ["no letter"]


def test_cheap_checks_need_no_extra_and_say_everything_in_one_line(
    audit_data_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("cleanlab", "datasketch", "sklearn", "scipy"):
        monkeypatch.setitem(__import__("sys").modules, library, None)
    audited = audit_data_of(["good &amp; bad", "GOOD &amp; bad", "fine, and more"], labels=[["p", "n", "p"]])
    found = cheap_audit(audited.parts[0])
    assert list(found.results) == ["unusable", "duplicates", "conflicts", "encoding", "odd"]
    assert (
        found.sentence()
        == "1 text occurs more than once, 1 text has different labels, 2 texts have broken characters or HTML"
    )


def test_findings_as_rows_and_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nlong ago,p\n,p\nLong  ago,n\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("text\nlong ago\n", encoding="utf-8")
    notes: list[str] = []
    one, two = str(tmp_path / "a.csv"), str(tmp_path / "b.csv")
    found = audit(
        read_audit_data([one, two], ColumnRequest(), note=notes.append), names=["unusable", "conflicts", "leaks"]
    )
    assert notes == [f"{two} has no labels: only its texts are checked"]
    rows = [
        [row[key] for key in ("file", "line", "finding", "text", "label", "other_file", "other_line")]
        for row in found.rows()
    ]
    assert rows == [
        [one, 3, "unusable", "", None, None, None],
        [one, 2, "conflicts", "long ago", "p", one, 4],
        [one, 4, "conflicts", "Long  ago", "n", one, 2],
        [two, 2, "leaks", "long ago", None, one, 2],
    ]
    config = found.to_config(examples=1)
    assert (config["rows"], config["files"]) == (3, [one, two])
    assert [(own["check"], own["rows"], len(own["examples"])) for own in config["findings"]] == [
        ("unusable", 1, 1),
        ("conflicts", 2, 1),
        ("leaks", 1, 1),
    ]
    assert config["findings"][0]["examples"][0]["detail"] == 'the text in column "text" is missing'


def test_reading_stops_or_sets_aside_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nlong ago,p\n,p\n", encoding="utf-8")
    paths = [str(tmp_path / "a.csv"), str(tmp_path / "a.csv")]
    with pytest.raises(DataError, match=r"line 3: .* is missing; correct them"):
        read_audit_data(paths, ColumnRequest(), "stop")
    audited = read_audit_data(paths, ColumnRequest(), "set-aside", tmp_path / "r.jsonl")
    assert (len(audited), audited.unusable) == (2, [])
    assert (tmp_path / "r.jsonl").read_text(encoding="utf-8").count("\n") == 2  # one of each file


def test_a_label_that_no_file_has_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,topic\nlong ago,p\n", encoding="utf-8")
    with pytest.raises(DataError, match=r'label: there is no column "topics"\. Did you mean "topic"'):
        read_audit_data([str(tmp_path / "a.csv")], ColumnRequest(targets=(TargetRequest("topics", "label", "topics"),)))


def test_files_without_rows_or_labels_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,shop\nlong ago,p,x\nlong  ago,n,x\n,p,x\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("text,label,shop\nlong ago,,x\nnow,,x\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("text,label,shop\nlong ago,p,y\n", encoding="utf-8")
    paths = [str(tmp_path / f"{name}.csv") for name in "cab"]
    for targets in ((TargetRequest("label"),), (TargetRequest("label", "label", "label"),)):
        notes: list[str] = []
        request = ColumnRequest(targets=targets, where=(("shop", "x"),))
        audited = read_audit_data(paths, request, note=notes.append)
        assert [len(part) for part in audited.parts] == [0, 2, 2]
        assert [audited.place(row)[0] for row in range(4)] == [paths[1]] * 2 + [paths[2]] * 2
        assert [bad.line for bad in audited.unusable] == [4]
        assert notes == [
            f"{paths[0]}: none of its rows are checked: none has shop=x",
            f"{paths[2]} has no labels: only its texts are checked",
        ]
        found = audit(audited, names=["conflicts", "leaks", "duplicates"]).results
        assert {name: own.count for name, own in found.items()} == {"duplicates": 1, "conflicts": 2, "leaks": 1}


def test_groups_are_kept_beside_a_file_without_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,shop\nlong ago,p,x\nnow,n,x\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("text,label,shop\nlong ago,p,y\n", encoding="utf-8")
    paths = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    audited = read_audit_data(paths, ColumnRequest(group="shop", where=(("shop", "x"),)))
    assert audited.groups("label") == ["x", "x"]


def test_no_row_in_any_file_is_an_error(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("text,label\n,p\n", encoding="utf-8")
    paths = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    with pytest.raises(DataError, match=r"b\.csv: no row has label=q; there is label=p$"):
        read_audit_data(paths, ColumnRequest(where=(("label", "q"),)))
    with pytest.raises(DataError, match=r"b\.csv: no row is left, 1 cannot be used$"):
        read_audit_data(paths, ColumnRequest())


@pytest.mark.parametrize(("spelled", "meant"), [(["1", "2"], [1, 2]), ([["7", "1"], ["2"]], [[7, 1], [2]]), (["True", "False"], [True, False])])  # fmt: skip
def test_labels_of_several_kinds_are_compared_as_text(
    spelled: list[object], meant: list[object], tmp_path: Path
) -> None:
    for name, own in (("a", spelled), ("b", meant)):
        rows = [{"text": f"take {k}", "label": label} for k, label in enumerate(own)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    notes: list[str] = []
    paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    audited = read_audit_data(paths, ColumnRequest(), note=notes.append)
    assert find("conflicts", audited).count == 0
    assert audited.label(3) == spelled[1]
    assert len(notes) == 1
    assert notes[0].startswith("label is text in one file and not in another")


def test_the_worst_of_every_target_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"mood": [(3, 0.2), (1, 0.9)], "stars": [(5, 0.0), (4, 0.0), (0, 0.0)]}

    def judged(_: AuditData, target: str, __: Settings) -> tuple[list[Finding], list[str]]:
        return [Finding(row=row, target=target, score=score) for row, score in rows[target]], []

    monkeypatch.setattr(labels, "_judged", judged)
    parts = [examples_from_lists(["a", "b"], {"mood": ["p", "n"], "stars": [1.0, 2.0]})]
    found = find("labels", AuditData(parts, numbers=["stars"]))
    assert [(finding.target, finding.row) for finding in found.findings] == [
        ("mood", 3), ("stars", 5), ("mood", 1), ("stars", 4), ("stars", 0),
    ]  # fmt: skip


def test_each_row_of_a_torn_text_stands_beside_the_first_with_another_label(audit_data_of: Make) -> None:
    audited = audit_data_of(["a"] * 6, labels=[["p", "p", "q", "p", "r", "q"]])
    assert pairs(find("conflicts", audited)) == [(0, 2), (1, 2), (2, 0), (3, 2), (4, 0), (5, 0)]


def test_near_duplicates_of_another_file_are_found_first(audit_data_of: Make) -> None:
    words = [f"w{k}" for k in range(60)]
    copy, other = " ".join([*words, "x"]), " ".join([*words, "y"])
    found = find("near_duplicates", audit_data_of([" ".join(words), "z"], [" ".join(words[:57]), copy, other]))
    assert pairs(found) == [(2, 0), (3, 0), (4, 0)]
    assert found.notes == ("3 texts are nearly one of another file",)


def test_of_many_findings_a_training_keeps_some_and_counts_all(
    audit_data_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.insight.audit.run.MOST", 2)
    audited = audit_data_of(["a &amp; b, the same"] * 5 + ["one more text"], labels=[["p"] * 6])
    found, every = cheap_audit(audited.parts[0]), audit(audited, names=["duplicates", "encoding"])
    assert (
        found.sentence() == every.sentence() == "1 text occurs more than once, 5 texts have broken characters or HTML"
    )
    for name, count in (("duplicates", 4), ("encoding", 5)):
        assert found.results[name].count == every.results[name].count == count
        assert found.results[name].findings == every.results[name].findings[:2]
