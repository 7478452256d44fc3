"""One rule of each kind: when it votes, and which settings it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from reread.errors import BundleError, ConfigError, DataError
from reread.weak import Rule, Rules
from reread.weak.kinds import Chunk
from support.folders import DATA, OLD

Cast = Callable[..., list[int]]


def test_a_pattern_is_searched_in_any_case_unless_it_says_otherwise(cast: Cast) -> None:
    texts = ["A GREAT film", "great", "greatest", "poor"]
    assert cast(texts, pattern=r"\bgreat\b") == [1, 1, -1, -1]
    assert cast(texts, pattern="great", case=True) == [-1, 1, 1, -1]
    assert cast(texts, pattern="(?-i:GREAT)") == [1, -1, -1, -1]


def test_words_are_whole_words_and_phrases(cast: Cast) -> None:
    texts = [
        "Well worth it!",
        "a well, worth little",
        "unworthy",
        "it’s FUN.",
        "funny",
        "don't",
        "don",
        "5/10",
        "ＦＵＮ",
    ]
    assert cast(texts, words=["well worth"]) == [1, -1, -1, -1, -1, -1, -1, -1, -1]
    assert cast(texts, words=["fun", "it's"]) == [-1, -1, -1, 1, -1, -1, -1, -1, 1]
    assert cast(texts, words=["don"]) == [-1, -1, -1, -1, -1, -1, 1, -1, -1]
    assert cast(texts, words=["5/10"]) == [-1, -1, -1, -1, -1, -1, -1, 1, -1]
    assert cast(["so<br />good"], words=["good"]) == [1]


def test_chinese_words_are_found_within_a_text(cast: Cast) -> None:
    texts = ["这部电影很好看", "不好", "好 ！看", "iPhone好看吗"]
    assert cast(texts, words=["好看"]) == [1, -1, -1, 1]
    assert cast(texts, words=["IPHONE"]) == [-1, -1, -1, 1]


@pytest.mark.parametrize(
    ("limits", "votes"),
    [({"above": 3}, [-1, 1, 1, -1]), ({"below": 4}, [1, -1, -1, -1]), ({"above": 3, "below": 4.5}, [-1, 1, -1, -1])],
)
def test_a_column_votes_between_its_limits(limits: dict[str, float], votes: list[int], cast: Cast) -> None:
    rows = [{"stars": value} for value in (3, 4.0, "5", None)]
    assert cast(["a"] * 4, rows=rows, column="stars", **limits) == votes


def test_a_cell_that_is_no_number_is_a_problem_of_its_row() -> None:
    rules = Rules(["neg", "pos"], [Rule("liked", "pos", column="stars", above=3), Rule("all", "neg", pattern=".")])
    votes, problems = rules.open(["stars"]).votes(Chunk(["a", "b"], [{"stars": "many"}, {"stars": 4}]))
    assert votes.tolist() == [[-1, -1], [1, 0]]
    assert problems == {0: 'rule "liked": "stars" is not a number: \'many\''}


def test_functions_vote_with_true_or_a_class(cast: Cast) -> None:
    def by_class(text: str) -> str | None:
        return {"good": "pos", "bad": "neg"}.get(text)

    texts = ["good", "bad", "so so"]
    assert cast(texts, None, function=by_class) == [1, 0, -1]
    assert cast(texts, "neg", function=lambda text: np.bool_(text == "bad")) == [-1, 0, -1]
    assert cast(texts, "neg", function=lambda row: row["text"] == "good") == [0, -1, -1]
    assert cast(texts, "pos", function=str.isalpha) == [1, 1, -1]


def test_functions_of_a_file_are_found_beside_the_rules_and_leave_nothing_there(tmp_path: Path, cast: Cast) -> None:
    (tmp_path / "checks.py").write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n"
        "@dataclass\nclass Limit:\n    most: int\n\n"
        "LIMIT = Limit(3)\n\ndef short(text):\n    return len(text) < LIMIT.most\n"
    )
    assert cast(["ab", "abcd"], function="checks.py:short") == [1, -1]
    assert [path.name for path in tmp_path.iterdir()] == ["checks.py"]


def test_a_file_is_run_once_for_all_its_rules(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text(
        f"with open({str(tmp_path / 'runs')!r}, 'a') as runs:\n    runs.write('x')\ndef a(text): ...\n"
    )
    rules = [Rule(name, "pos", function="checks.py:a") for name in "abc"]
    Rules(["neg", "pos"], rules, folder=tmp_path).open(["text"])
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("code", "function", "message"),
    [
        ("def short(text): ...", "checks.py:shrot", 'unknown function "shrot" in checks.py. Did you mean "short"'),
        ("def short(text) ...", "checks.py:short", "checks.py: fails with SyntaxError: expected ':' (checks.py, line 1)"),
        ("import nothing_like_this", "checks.py:short", "fails with ModuleNotFoundError: No module named 'nothing_like_this' in line 1 of checks.py"),
        ("", "short", 'function = "short": expected "file.py:name"'),
        ("", "others.py:short", "others.py: cannot be read"),
        ("", 3, 'function = 3: expected "file.py:name"'),
        ("def short(text):\n    return text.nothing", "checks.py:short", "function fails with AttributeError: 'str' object has no attribute 'nothing' in line 2 of checks.py at the text 'ab'"),
        ("", int, "function fails with ValueError: invalid literal for int() with base 10: 'ab' at the text 'ab'"),
        ("def short(text):\n    return [text]", "checks.py:short", "function returns ['ab'] at the text 'ab'; expected true, false or a class"),
        ("def short(text):\n    return 'pso'", "checks.py:short", 'unknown label "pso"; the classes are "neg", "pos"; did you mean "pos"?'),
    ],
)  # fmt: skip
def test_functions_that_fail_are_told_in_one_line(
    code: str, function: Any, message: str, tmp_path: Path, cast: Cast
) -> None:
    (tmp_path / "checks.py").write_text(code)
    with pytest.raises(ConfigError) as error:
        cast(["ab"], function=function)
    assert 'rule "one": ' in str(error.value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_true_without_a_label_means_nothing(cast: Cast) -> None:
    with pytest.raises(ConfigError, match='rule "one": answers true, but names no label'):
        cast(["a"], None, function=lambda _: True)


def test_an_interrupt_in_a_file_stays_one(tmp_path: Path, cast: Cast) -> None:
    (tmp_path / "checks.py").write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        cast(["a"], function="checks.py:short")


def test_a_model_votes_where_it_is_sure(cast: Cast) -> None:
    model = load(OLD)
    classes = [str(name) for name in model.classes_]
    texts = ["a lovely warm film", "a dull cold film", "great fun", "film"]
    probabilities = model.predict_proba(texts)
    assert isinstance(probabilities, np.ndarray)
    sure = float(np.median(probabilities.max(axis=1)))
    answers = [classes.index(answer) for answer in model.predict(texts)]
    rules = [
        Rule("any", model=str(OLD), confidence=0),
        Rule("sure", model=str(OLD), confidence=sure),
        Rule("second", classes[1], model=str(OLD), confidence=0),
    ]
    votes = Rules(classes, rules).open(["text"], threads=1).votes(Chunk(texts, [{}] * 4))[0]
    assert votes[:, 0].tolist() == answers
    kept = probabilities.max(axis=1) >= sure
    assert votes[:, 1].tolist() == [answer if keep else -1 for answer, keep in zip(answers, kept, strict=True)]
    assert votes[:, 2].tolist() == [1 if answer == 1 else -1 for answer in answers]


def test_models_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    def opened(classes: list[str], **settings: Any) -> None:
        Rules(classes, [Rule("m", **settings)], folder=tmp_path).open(["text"])

    with pytest.raises(BundleError, match="none"):
        opened(["a", "b"], model="none.reread")
    with pytest.raises(ConfigError, match=r'rule "m": model = .* answers .*, which is none of "a", "b"; name a label'):
        opened(["a", "b"], model=str(OLD))
    with pytest.raises(ConfigError, match=r'rule "m": model = .* never answers that: unknown label "a"'):
        opened(["a", "b"], label="a", model=str(OLD))
    with pytest.raises(ConfigError, match=r"is a regression model; expected one that answers with a class"):
        opened(["a", "b"], model=str(DATA / "folders_2026_11" / "numbers.reread"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pattern": "("}, r"rule \"one\": pattern = '\(' is not a regular expression: missing \)"),
        ({"pattern": ""}, "pattern is empty"),
        ({"pattern": 3}, r"rule \"one\".pattern = 3: expected a text"),
        ({"words": []}, "words is an empty list"),
        ({"words": ["a", " "]}, "words: ' ' holds no word"),
        ({"words": "fun"}, r"words = \"fun\": expected a list"),
        ({"column": "text"}, "needs a number in above or below"),
        ({"column": "text", "above": 2, "below": 2}, "no number is above 2 and below 2"),
        ({"column": "text", "above": "x"}, r"above = \"x\": expected a number or none"),
        ({"model": "m", "confidence": 2}, "confidence = 2: expected a number from 0 to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], message: str, cast: Cast) -> None:
    with pytest.raises(ConfigError, match=message):
        cast(["a"], **settings)


def test_a_column_that_is_not_there_is_refused(cast: Cast) -> None:
    with pytest.raises(DataError, match=r'rule "one": column: there is no column "txet"\. Did you mean "text"'):
        cast(["a"], column="txet", above=1)
