from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reread.errors import ConfigError, DataError
from reread.lab.experiments.observations import (
    check_observation,
    flattens_early,
    lead_narrows,
    observed,
    takes_the_lead,
    varies_least,
)
from reread.lab.experiments.records import RunRecord
from support.made_runs import run


def runs(model: str, accuracy: Callable[[int], float], setting: str = "1", top: float = 0.9) -> list[RunRecord]:
    """Two runs whose curves lie around ``accuracy`` of the iteration."""
    return [
        run(model, setting, seed, top, curve=[{"iteration": at, "accuracy": accuracy(at) + off} for at in range(50, 2001, 50)])
        for seed, off in ((0, 0.01), (1, -0.01))
    ]  # fmt: skip


LEVEL = runs("rnn", lambda _: 0.8) + runs("lstm", lambda _: 0.7)


def test_a_model_that_takes_the_lead() -> None:
    found = takes_the_lead(LEVEL + runs("new", lambda at: 0.75 if at < 400 else 0.9), "new", "1", 350)
    assert found.seen
    assert found.sentence == (
        "Seen: new under 1 is 5.00 points behind against the best other model before iteration 350 "
        "and 9.56 points ahead from there on, on average; it is ahead for good from iteration 400."
    )


def test_a_model_that_was_ahead_before_or_never_takes_no_lead() -> None:
    early = takes_the_lead(LEVEL + runs("new", lambda _: 0.9), "new", "1", 350)
    assert not early.seen
    assert early.sentence.endswith("it is ahead throughout.")
    never = takes_the_lead(LEVEL + runs("new", lambda _: 0.75), "new", "1", 350)
    assert not never.seen
    assert never.sentence.startswith("Not seen: ")
    assert never.sentence.endswith("it is never ahead for good.")


def test_a_lead_that_narrows() -> None:
    narrowing = runs("new", lambda at: 0.9 if at <= 1500 else 0.83)
    assert lead_narrows(LEVEL + narrowing, "new", "1", 1000).sentence == (
        "Seen: new under 1 is 10.00 points ahead around iteration 1,000 and 3.00 points ahead around 2,000."
    )
    assert not lead_narrows(LEVEL + runs("new", lambda at: 0.8 + at / 20_000), "new", "1", 1000).seen
    assert not lead_narrows(LEVEL + runs("new", lambda at: 0.8 - at / 20_000), "new", "1", 1000).seen


def test_a_curve_that_flattens_early() -> None:
    fast = runs("rnn", lambda at: 0.8 if at >= 200 else 0.5, "fast")
    slow = runs("rnn", lambda at: 0.5 + at / 10_000, "slow")
    found = flattens_early(fast + slow, "rnn", "fast", "slow")
    assert found.seen
    assert found.sentence == "Seen: rnn has done 90% of its rise by iteration 200 under fast and by 1,850 under slow."
    assert not flattens_early(fast + slow, "rnn", "slow", "fast").seen
    assert not flattens_early(fast, "rnn", "fast", "fast").seen


def test_a_model_that_varies_least() -> None:
    records = [
        *runs("rnn", lambda _: 0.5, "1", top=0.8), *runs("rnn", lambda _: 0.5, "2", top=0.86),
        *runs("new", lambda _: 0.5, "1", top=0.9), *runs("new", lambda _: 0.5, "2", top=0.91),
    ]  # fmt: skip
    found = varies_least(records, "new", ("1", "2"))
    assert found.seen
    assert found.sentence == "Seen: between 1, 2, mean test accuracy varies by (points): new 1.00, rnn 6.00."
    assert not varies_least(records, "rnn", ("1", "2")).seen


def test_what_cannot_be_observed() -> None:
    with pytest.raises(DataError, match="compared with other models"):
        takes_the_lead(runs("new", lambda _: 0.9), "new", "1", 350)
    with pytest.raises(DataError, match="no run of new under 1"):
        takes_the_lead(LEVEL, "new", "1", 350)
    for iteration in (50, 2000, 5000):
        with pytest.raises(DataError, match="measured from iteration 50 to 2000"):
            takes_the_lead(LEVEL, "rnn", "1", iteration)
    with pytest.raises(DataError, match="measured from iteration 50 to 2000"):
        lead_narrows(LEVEL, "rnn", "1", 2000)
    with pytest.raises(DataError, match="no run of lstm under 2"):
        varies_least([*LEVEL, *runs("rnn", lambda _: 0.8, "2")], "rnn", ("1", "2"))
    with pytest.raises(DataError, match="compared with other models; there are runs of lstm, rnn"):
        varies_least(LEVEL, "new", ("1",))


TOLD = {"text": "(b) its lead narrows", "kind": "lead_narrows", "model": "ours", "setting": "s", "iteration": 100}


def test_what_an_experiments_file_says_is_looked_for() -> None:
    check_observation(TOLD, ["ours"], ["s"])
    assert observed([], TOLD).startswith("(b) its lead narrows: Not decided: ")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({**TOLD, "kind": "lead_narows"}, 'unknown kind of observation "lead_narows". Did you mean "lead_narrows"'),
        ({**TOLD, "seed": 1}, "observation lead_narrows: it has iteration, .*seed.*; expected iteration, kind"),
        ({key: value for key, value in TOLD.items() if key != "model"}, "expected iteration, kind, model"),
        ({**TOLD, "iteration": "100"}, 'lead_narrows.iteration = "100": expected a whole number'),
        ({**TOLD, "model": "our"}, 'unknown name "our" in observation lead_narrows.model. Did you mean "ours"'),
        ({**TOLD, "setting": "t"}, 'unknown name "t" in observation lead_narrows.setting'),
        (
            {"text": "(c)", "kind": "varies_least", "model": "ours", "settings": "s"},
            'varies_least.settings = "s": expected a list',
        ),
        (
            {"text": "(c)", "kind": "varies_least", "model": "ours", "settings": ["s", "t"]},
            'unknown name "t" in observation varies_least.settings',
        ),
    ],
)
def test_an_observation_that_cannot_be_looked_for_is_refused(told: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_observation(told, ["ours"], ["s"])
