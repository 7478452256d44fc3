"""The page about a search, and the sentence about luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from reread.lab.tune.found import Found
from reread.lab.tune.kinds import Choice, LogRange, Range
from reread.lab.tune.page import page
from reread.lab.tune.space import Space
from reread.lab.tune.standing import DONE, FAILED, PRUNED, RUNNING, Standing

HOSTILE = "</svg><script>alert(1)</script>"
SPACE = Space(
    "s", {"model.hidden": LogRange(4, 64), "model.dropout": Range(0.0, 0.5), "model.pooling": Choice(("max", HOSTILE))}
)
VALUES = (0.90, 0.92, None, 0.95, 0.91, None)


def trial(number: int, value: float | None, state: str | None = None, note: str = "") -> Standing:
    settings = {
        "model.hidden": 8 * (number + 1),
        "model.dropout": number / 20,
        "model.pooling": ("max", HOSTILE)[number % 2],
    }
    return Standing(
        number=number, state=state or (DONE if value else PRUNED), defaults=not number, value=value, settings=settings,
        seconds=3.0, training_seconds=2.0, note=note or ("" if value else "worse than most"), ended=30.0 * (number + 1),
    )  # fmt: skip


def found(
    values: tuple[float | None, ...] = VALUES, importance: Mapping[str, float] | None = None, error: float = 0.01
) -> Found:
    trials = [trial(number, value) for number, value in enumerate(values)]
    return Found(
        metric="accuracy", maximise=True, space=SPACE, trials=trials, best=max(trials, key=lambda each: each.value or 0),
        defaults=trials[0], importance=importance if importance is not None else {"model.dropout": 0.7, "model.pooling": 0.2, "model.hidden": 0.1},
        standard_error=error,
    )  # fmt: skip


class Headings(HTMLParser):
    """The words of a page's headings, and how many pictures and scripts it has."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.inside, self.said, self.counts = "", list[str](), dict[str, int]()
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.inside = tag
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_data(self, data: str) -> None:
        if self.inside in {"h2", "h3"} and data.strip():
            self.said.append(data.strip())


def test_it_shows_what_was_found_how_and_what_mattered() -> None:
    read = Headings(page(found(), "m.study", "reread train --config best.toml -o FOLDER", "reread tune"))
    assert read.said == [
        "What was found?",
        "How the search went", "Was the search still getting better?",
        "What mattered", "Which settings mattered?",
        "Setting by setting",
        "model.dropout: 0.15 in the best trial", f"model.pooling: {HOSTILE} in the best trial", "model.hidden: 32 in the best trial",
        "All trials",
        "The command that made it",
    ]  # fmt: skip
    assert (read.counts["svg"], read.counts["script"]) == (5, 1)


def test_nothing_of_the_user_s_is_run() -> None:
    written = page(found(), HOSTILE, HOSTILE, HOSTILE)
    assert HOSTILE not in written
    assert "&lt;script&gt;alert(1)" in written


def test_every_trial_says_how_it_ended() -> None:
    gone = replace(trial(3, None, FAILED), note="")
    trials = [trial(0, 0.9), trial(1, None), trial(2, None, RUNNING, " "), gone]
    written = page(replace(found((0.9,)), trials=trials), "t", "r", "c")
    for words in (
        "at its end (the defaults)",
        "early: worse than most",
        "it is running",
        "before its end: its process was gone",
    ):
        assert words in written


def test_of_one_trial_there_is_little_to_show() -> None:
    read = Headings(page(found((0.9,), {}), "t", "r", "c"))
    assert read.said == ["What was found?", "All trials", "The command that made it"]


def test_the_best_is_flattered_by_luck_that_grows_with_the_trials() -> None:
    four, two = found(), found((0.9, 0.92))
    assert four.flatters == pytest.approx(0.0103, abs=2e-4)  # 1.03 standard errors
    assert two.flatters == pytest.approx(0.0056, abs=2e-4)
    best, luck, *others = four.sentences()
    assert others == []
    assert best == "The best of 6 trials, 2 of them ended early: accuracy 0.9500, the defaults 0.9000."
    assert luck == (
        "It was chosen on the rows that measured it, so it looks up to 0.0103 better than it is: so far would the "
        "luckiest of 4 equally good settings stand out (standard error 0.0100)."
    )
    assert four.changed == {"model.hidden": 32, "model.dropout": 0.15, "model.pooling": HOSTILE}


def test_trials_that_say_nothing_about_the_network_are_counted() -> None:
    some = found()
    trials = [replace(trial, linear_alone=trial.number in {0, 3}) for trial in some.trials]
    some = replace(some, trials=trials, best=trials[3])
    assert some.sentences()[-1].startswith("In 2 of 4 whole trials the linear member answered alone")
    assert page(some, "t", "r", "c").count("at its end, the linear member alone") == 2


def test_a_lead_that_luck_explains_is_said() -> None:
    assert found(error=0.1).luck().endswith("(standard error 0.1000); its lead over the defaults is no larger.")
    assert "lead" not in found((0.95, 0.9), error=0.1).luck()  # the defaults are the best


def test_luck_that_cannot_be_told() -> None:
    assert found(error=math.nan).flatters is None
    assert "too few to say" in found(error=math.nan).luck()
    assert "nothing to choose from" in found((0.9,)).luck()
    assert "nothing to choose from" in found((0.9, 0.9)).luck()
