"""Rules on the labelling page: over its port."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reread.weak import read_rules
from support.labelling import true_label
from support.serving import Labels

pytest.importorskip("uvicorn")

Start = Callable[..., Labels]
RULES = "/v1/label/rules"


def test_a_rule_is_tried_kept_and_taken_out(start: Start, out: Path) -> None:
    server, file = start(), out.with_name("labels.rules.toml")
    server.give(1, true_label(1))
    rule = {"label": "pos", "words": ["lovely", "great fun"]}
    tried = server.ask(f"{RULES}/try", rule).json()
    assert [(each["votes"], each["right"], each["of"]) for each in tried["rules"]] == [(20, 1, 1)]
    assert not file.exists()
    assert server.ask(RULES, rule).json()["file"] == file.name
    names = [each["name"] for each in server.ask(RULES, rule).json()["rules"]]
    assert names == ["lovely, great fun", "lovely, great fun (2)"]
    assert [each.name for each in read_rules(file).rules] == names
    left = server.ask(f"{RULES}/remove", {"name": names[0]}).json()
    assert [(each["name"], each["does"]) for each in left["rules"]] == [(names[1], '"lovely", "great fun"')]
    assert server.ask(RULES).json() == left
    server.stop()
    assert start().ask(RULES).json()["rules"] == left["rules"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"label": "maybe", "words": ["a"]}, 422, "maybe"),
        ({"label": "pos", "words": []}, 422, "words"),
        ({"label": "pos", "words": [" "]}, 422, "holds no word"),
        ({"label": "pos", "function": "a.py:f"}, 422, "function"),
        ({"label": "pos", "words": ["a"], "pattern": "(a+)+$"}, 422, "pattern"),
    ],
)
def test_what_is_no_rule_of_words_is_refused(start: Start, out: Path, body: Any, status: int, said: str) -> None:
    server = start()
    for path in (RULES, f"{RULES}/try"):
        reply = server.ask(path, body)
        assert reply.status == status
        assert said in reply.body.decode()
    assert not out.with_name("labels.rules.toml").exists()


def test_a_file_by_hand_that_cannot_be_used_is_said_and_labelling_goes_on(start: Start, out: Path) -> None:
    server, file = start(), out.with_name("labels.rules.toml")
    rule = '[[rule]]\nname = "long"\nlabel = "pos"\ncolumn = "stars"\nabove = 3\n'
    for wrong, said in ((f'classes = ["pos", "neg"]\n{rule}', "stars"), ("classes = 1", "classes")):
        file.write_text(wrong)
        reply = server.ask(RULES)
        assert (reply.status, said in reply.json()["detail"]) == (422, True)
        assert server.ask(f"{RULES}/remove", {"name": "other"}).status == 422
        assert file.read_text() == wrong
    assert server.give(1, "pos").status == 200


@pytest.mark.parametrize(("options", "classes"), [(["--multilabel"], "a,b"), (["--numbers", "0,1"], None)])
def test_where_a_text_has_not_one_class_there_are_none(start: Start, options: list[str], classes: str | None) -> None:
    server = start(*options, classes=classes)
    assert not server.state()["takes_rules"]
    assert server.ask(RULES).status == 422
