from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reread.data.examples import ColumnRequest, TargetRequest
from reread.errors import DataError
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.findings import Found
from reread.insight.audit.material import Material
from reread.insight.audit.reading import read_material
from reread.insight.audit.run import audit, cheap_audit

Make = Callable[..., Material]


def find(name: str, material: Material) -> Found:
    return checks.get(name)().find(material, Settings())


def pairs(found: Found) -> list[tuple[int, int | None]]:
    return [(finding.row, finding.other) for finding in found.findings]


def test_duplicates_are_rows_whose_text_stands_earlier_in_their_file(material_of: Make) -> None:
    material = material_of(["a film", "b", "A  Film", "c", "a film "], ["b", "d", "d"])
    found = find("duplicates", material)
    assert pairs(found) == [(2, 0), (4, 0), (7, 6)]
    assert found.said == "2 texts stand more than once"
    nothing = find("duplicates", material_of(["a", "b"]))
    assert (nothing.count, nothing.said) == (0, "")


def test_leaks_are_texts_of_an_earlier_file_each_counted_once(material_of: Make) -> None:
    material = material_of(["a", "b", "c"], ["x", "B", "b"], ["c", "y", "x"])
    found = find("leaks", material)
    assert pairs(found) == [(4, 1), (6, 2), (8, 3)]
    assert found.said == "3 texts stand in more than one file"
    assert [note.rpartition(" share ")[2] for note in found.notes] == ["1 text"] * 3


def test_conflicts_suggest_what_most_rows_have(material_of: Make) -> None:
    texts, labels = ["a", "b", "A", "b", "a ", "c", "c"], ["p", "p", "n", "n", "p", "p", "p"]
    found = find("conflicts", material_of(texts, labels=[labels]))
    assert pairs(found) == [(0, 2), (2, 0), (4, 2), (1, 3), (3, 1)]
    assert [finding.suggested for finding in found.findings] == [None, "p", None, None, None]
    assert found.said == "2 texts have different labels"


def test_lists_of_labels_conflict_as_sets_and_numbers_as_numbers(material_of: Make) -> None:
    lists = material_of(["a", "A", "b", "B"], labels=[[["x", "y"], ["y", "x"], ["x"], ["y"]]])
    assert pairs(find("conflicts", lists)) == [(2, 3), (3, 2)]
    numbers = material_of(["a", "A", "b", "B"], labels=[[1.0, 1.0, 2.0, 2.5]], numbers=["price"])
    assert pairs(find("conflicts", numbers)) == [(2, 3), (3, 2)]


def test_files_without_labels_conflict_with_nothing(material_of: Make) -> None:
    found = audit(material_of(["a", "b"], ["a", "c"], labels=[["p", "n"]]), names=["conflicts", "leaks"]).found
    assert {name: own.count for name, own in found.items()} == {"conflicts": 0, "leaks": 1}


def test_kinds_of_damage_and_of_oddity_are_counted(material_of: Make) -> None:
    texts = [f"a plain text, number {k}" for k in range(30)] + ["it&amp;s \ufffd", "&lt;", "!?! !?! !?! !?!"]
    found = find("encoding", material_of(texts))
    assert [(finding.row, finding.detail) for finding in found.findings] == [
        (30, "replacement character, HTML"),
        (31, "HTML"),
    ]
    assert found.notes == ("HTML: 2 texts", "replacement character: 1 text")
    odd = find("odd", material_of(texts))
    assert [finding.detail for finding in odd.findings if finding.row == 32] == ["no letter"]


def test_cheap_checks_need_no_extra_and_say_everything_in_one_line(
    material_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("cleanlab", "datasketch", "sklearn", "scipy"):
        monkeypatch.setitem(__import__("sys").modules, library, None)
    material = material_of(["good &amp; bad", "GOOD &amp; bad", "fine, and more"], labels=[["p", "n", "p"]])
    found = cheap_audit(material.parts[0])
    assert list(found.found) == ["unusable", "duplicates", "conflicts", "encoding", "odd"]
    assert (
        found.sentence()
        == "1 text stands more than once, 1 text has different labels, 2 texts have broken characters or HTML"
    )


def test_findings_as_rows_and_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\nlong ago,p\n,p\nLong  ago,n\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("text\nlong ago\n", encoding="utf-8")
    notes: list[str] = []
    one, two = str(tmp_path / "a.csv"), str(tmp_path / "b.csv")
    found = audit(
        read_material([one, two], ColumnRequest(), note=notes.append), names=["unusable", "conflicts", "leaks"]
    )
    assert notes == [f"{two} has no labels: its texts are looked at"]
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
    with pytest.raises(DataError, match=r"line 3: .* is missing; mend the row"):
        read_material(paths, ColumnRequest(), "stop")
    material = read_material(paths, ColumnRequest(), "set-aside", tmp_path / "r.jsonl")
    assert (len(material), material.unusable) == (2, [])
    assert (tmp_path / "r.jsonl").read_text(encoding="utf-8").count("\n") == 2  # one of each file


def test_a_label_that_no_file_has_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,topic\nlong ago,p\n", encoding="utf-8")
    with pytest.raises(DataError, match=r'--label: there is no column "topics"\. Did you mean "topic"'):
        read_material([str(tmp_path / "a.csv")], ColumnRequest(targets=(TargetRequest("topics", "label", "topics"),)))
