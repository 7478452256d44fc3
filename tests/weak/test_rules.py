"""Rules and their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reread.errors import ConfigError
from reread.weak import Rule, Rules, read_rules
from reread.weak.kinds import Chunk

CLASSES = 'classes = ["neg", "pos"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes = [", "is not valid TOML"),
        ("", "lacks classes"),
        ("klasses = []", 'unknown key "klasses" in {}. Did you mean "classes"'),
        ("classes = 'neg'", "classes = 'neg': expected a list"),
        ('classes = ["neg"]', 'classes: every label is "neg"; at least two classes are needed'),
        ("classes = [true, false]", "classes are true and false"),
        (CLASSES, "there is no rule"),
        (f"{CLASSES}rule = 3", "rule: expected tables that begin with [[rule]]"),
        (f"{CLASSES}[[rule]]\nlabel = 'pos'", "rule 1 lacks a name"),
        (f"{CLASSES}[[rule]]\nname = 'a'\npattern = 'b'", 'rule "a": lacks a label; the classes are "neg", "pos"'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pso'\npattern = 'b'", 'rule "a": unknown label "pso"; the classes are "neg", "pos"; did you mean "pos"?'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'", 'rule "a": says not when it votes; expected one of column, function, model, pattern, words'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'\npatern = 'b'", 'rule "a": unknown setting "patern". Did you mean "pattern"'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'\npattern = 'b'\nwords = ['b']", 'rule "a": pattern and words exclude each other'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'\npattern = 'b'\nabove = 2", 'rule "a": above is a setting of rules with column, and this one has pattern; leave it out'),
        (f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'\npattern = 'b'\nself = 2", 'rule "a": unknown setting "self"'),
        (f"{CLASSES}[[rule]]\nname = ''\nlabel = 'pos'\npattern = 'b'", "name = '': expected a text"),
        (f"{CLASSES}" + "[[rule]]\nname = 'a'\nlabel = 'pos'\npattern = 'b'\n" * 2, 'two rules are called "a"'),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_told_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_rules(path)
    assert message.format(path) in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["none.toml", "none.py", "."])
def test_a_file_that_is_not_there_is_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_rules(tmp_path / name)


def test_a_python_file_and_a_toml_file_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(
        f"{CLASSES}[[rule]]\nname = 'a'\nlabel = 'pos'\nwords = ['fun']\n[[rule]]\nname = 'b'\nlabel = 'neg'\npattern = 'dull'\n"
    )
    (tmp_path / "rules.py").write_text(
        "from reread.weak import Rule\n\n"
        'classes = ["neg", "pos"]\n'
        'rules = [Rule("a", "pos", words=["fun"]), Rule(name="b", label="neg", function=lambda text: "dull" in text)]\n'
    )
    both = [read_rules(tmp_path / name) for name in ("rules.toml", "rules.py")]
    assert [(rules.classes, [rule.name for rule in rules.rules]) for rules in both] == [
        (("neg", "pos"), ["a", "b"])
    ] * 2


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("rules = []", "defines no classes"),
        ("classes = ['a', 'b']", "defines no rules"),
        ("classes = ['a', 'b']\nrules = ['a']", "rules: expected a list of reread.weak.Rule"),
        ("1 / 0", "fails with ZeroDivisionError: division by zero in line 1 of rules.py"),
    ],
)
def test_a_python_file_that_cannot_be_used_is_told(code: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(code)
    with pytest.raises(ConfigError, match=message):
        read_rules(tmp_path / "rules.py")


def test_classes_may_be_numbers() -> None:
    rules = Rules([1, 2, 3], [Rule("a", 2, pattern="b"), Rule("c", "3", pattern="d"), Rule("e", function=len)])
    assert rules.open(["text"]).votes(Chunk(["b", "d"], [{}, {}]))[0].tolist() == [[1, -1, 0], [-1, 2, 0]]


@pytest.mark.parametrize("value", ["a", 3, None])
def test_classes_that_are_no_list_are_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match="expected a list"):
        Rules(value, [])


def test_a_rule_shows_what_it_is() -> None:
    assert repr(Rule("a", "pos", words=["b"])) == "Rule('a', 'pos', **{'words': ['b']})"
