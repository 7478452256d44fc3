"""Rules beside a labelling: kept, tried, and right or wrong by its labels."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from reread.errors import ConfigError
from reread.label.rules import TEXTS, RulesBeside
from reread.weak import Rule, label, read_rules
from support.labelling import labelling, texts_of, true_label, write_texts

GOOD, BAD = Rule("good", "pos", words=["lovely", "great"]), Rule("bad", "neg", words=["film"])


def test_rules_are_kept_as_reread_weak_reads_them_and_figures_are_its(tmp_path: Path) -> None:
    data, out = write_texts(tmp_path / "texts.csv"), tmp_path / "labels.jsonl"
    with labelling(data, out) as opened:
        rules = RulesBeside(opened)
        assert (rules.tried().silent, rules.tried().rules, rules.path.exists()) == (60, (), False)
        rules.add(GOOD)
        tried = rules.add(BAD)
        assert rules.path == tmp_path / "labels.rules.toml"
        texts = list(texts_of(data).texts)
        expected = label(texts, rules.path).summary
        assert [each.figures.votes for each in tried.rules] == [each.votes for each in expected.rules]
        assert [each.figures.conflicts for each in tried.rules] == [each.conflicts for each in expected.rules]
        assert (tried.texts, tried.all_texts, tried.silent) == (60, 60, expected.silent)
        assert tried.disputes == expected.rules[0].conflicts
        assert {vote for each in tried.disputed for vote in each.votes} <= {("good", "pos"), ("bad", "neg")}
        assert rules.tried(Rule("draft", "neg", words=["take"])).rules[-1].figures.votes == 60
        assert [rule.name for rule in read_rules(rules.path).rules] == ["good", "bad"]
        assert [each.rule.name for each in rules.remove("good").rules] == ["bad"]
        assert rules.remove("good").silent == rules.remove("bad").silent - sum("film" in text for text in texts)
        assert not rules.path.exists()


def test_they_are_right_by_the_labels_that_were_given(tmp_path: Path) -> None:
    data = write_texts(tmp_path / "texts.csv")
    with labelling(data, tmp_path / "labels.jsonl") as opened:
        rules = RulesBeside(opened)
        rules.add(Rule("all", "pos", words=["take"]))
        assert (rules.tried().rules[0].right, rules.tried().rules[0].of) == (0, 0)
        for row in (1, 2, 3):
            opened.give(row, true_label(row))
        assert (rules.tried().rules[0].right, rules.tried().rules[0].of) == (2, 3)


def test_of_many_texts_a_random_sample_is_looked_at(tmp_path: Path) -> None:
    data = write_texts(tmp_path / "texts.csv", rows=2 * TEXTS)
    with labelling(data, tmp_path / "labels.jsonl") as opened:
        tried = RulesBeside(opened).tried(Rule("even", "pos", pattern="[02468]$"))
        assert (tried.texts, tried.all_texts) == (TEXTS, 2 * TEXTS)
        assert 0.4 * TEXTS < tried.rules[0].figures.votes < 0.6 * TEXTS


def test_a_file_by_hand_is_read_and_kept_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    data, out = write_texts(tmp_path / "texts.csv"), tmp_path / "labels.jsonl"
    with labelling(data, out) as opened:
        rules = RulesBeside(opened)
        by_hand = 'classes = ["neg", "pos"]\n[[rule]]\nname = "ten"\nlabel = "neg"\npattern = "take 1."\ncase = true\n'
        rules.path.write_text(by_hand)
        rules.add(GOOD)
        again = read_rules(rules.path)
        assert [(rule.name, rule.label) for rule in again.rules] == [("ten", "neg"), ("good", "pos")]
        assert again.rules[0].settings == {"pattern": "take 1.", "case": True}
        for wrong, said in {
            by_hand.replace('"pos"', '"other"'): "the classes there are ",
            "classes = [": "is not valid TOML",
            by_hand.replace("pattern", "patern"): "patern",
        }.items():
            rules.path.write_text(wrong)
            with pytest.raises(ConfigError, match=said):
                rules.tried()
            with pytest.raises(ConfigError, match=said):
                rules.add(GOOD)
            assert rules.path.read_text() == wrong


def test_chinese_words_are_found_within_a_run_of_characters(tmp_path: Path) -> None:
    data = tmp_path / "texts.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], ["这部电影很好看"], ["这部电影不怎么样"]])
    with labelling(data, tmp_path / "labels.jsonl") as opened:
        assert RulesBeside(opened).tried(Rule("好看", "pos", words=["好看"])).rules[0].figures.coverage == 0.5


def test_a_label_of_a_class_that_a_rule_votes_for_counts_once_for_equal_texts(tmp_path: Path) -> None:
    data = tmp_path / "texts.csv"
    data.write_text("text\n" + "a lovely film\n" * 3 + "a dull film\n")
    with labelling(data, tmp_path / "labels.jsonl") as opened:
        opened.give(3, "pos")  # the third of three equal texts
        found = RulesBeside(opened).tried(GOOD).rules[0]
        assert (found.figures.votes, found.right, found.of) == (1, 1, 1)
        assert np.isclose(found.figures.coverage, 0.5)
