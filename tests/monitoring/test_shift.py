from __future__ import annotations

import numpy as np
import pytest

from reread.errors import ConfigError
from reread.monitoring.histogram import Figure, Histogram
from reread.monitoring.shift import DRAWS, LOWEST_LEVEL, describe_shift, shifts, stability_index


def both(before: np.ndarray, now: np.ndarray) -> tuple[dict[str, Histogram], dict[str, Histogram]]:
    bins = Histogram.of(Figure(before))
    return {"length": bins}, {"length": bins.empty().plus(Figure(now))}


def test_the_index_is_that_of_its_formula() -> None:
    before, now = np.array([300, 500, 200]), np.array([20, 50, 30])
    p, q = (before + 0.5) / 1001.5, (now + 0.5) / 101.5
    assert float(stability_index(before, now)) == pytest.approx(float(np.sum(q * np.log(q / p) - p * np.log(q / p))))
    assert float(stability_index(before, 10 * before)) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("rows", [20, 500, 20_000])
def test_false_alarms_are_as_rare_as_the_level_says(rows: int) -> None:
    random = np.random.default_rng(rows)
    chances = [shifts(*both(random.gamma(2, 50, 400), random.gamma(2, 50, rows)))[0].chance for _ in range(60)]
    assert np.mean(np.array(chances) <= 0.1) <= 0.1 + 3 * np.sqrt(0.09 / 60)
    assert np.mean(np.array(chances) <= 0.5) > 0.25  # nor are they never near


def test_a_shift_is_seen_if_it_is_both_large_and_no_chance() -> None:
    random = np.random.default_rng(0)
    before = random.normal(0, 1, 2000)
    large, small = both(before, random.normal(1, 1, 200)), both(before, random.normal(0.1, 1, 500_000))
    [seen], [not_seen] = shifts(*large), shifts(*small)
    assert (seen.moved, seen.chance < 0.01, seen.index > 0.2) == (True, True, True)
    assert (not_seen.moved, not_seen.chance < 0.01, not_seen.index > 0.2) == (False, True, False)
    [few] = shifts(*both(before, np.array([-0.5, 0.2, 0.4])))
    assert (few.moved, few.index > 0.2) == (False, True)


def test_a_figure_that_never_varied_is_seen_to_vary() -> None:
    before, now = np.zeros(500), np.r_[np.zeros(60), np.full(40, 0.3)]
    assert shifts(*both(before, now))[0].moved
    assert not shifts(*both(before, np.zeros(100)))[0].moved


@pytest.mark.parametrize("name", ["confidence", "mood.confidence"])
@pytest.mark.parametrize(("mean", "moved"), [(0.7, False), (0.596, False), (0.5, True)])
def test_answers_must_be_less_sure_by_a_hundredth(name: str, mean: float, moved: bool) -> None:  # noqa: FBT001
    random = np.random.default_rng(0)
    before = Histogram.of(Figure(random.normal(0.6, 0.001, 2000)))
    [own] = shifts({name: before}, {name: before.empty().plus(Figure(random.normal(mean, 0.001, 500)))})
    assert own.index > 0.2
    assert own.chance < 0.01
    assert own.moved is moved


def test_many_figures_are_corrected_for_their_number() -> None:
    random = np.random.default_rng(0)
    before, now = both(random.normal(0, 1, 300), random.normal(0.45, 1, 60))
    [alone] = shifts(before, now)
    together = shifts({str(k): before["length"] for k in range(20)}, {str(k): now["length"] for k in range(20)})
    assert together[0].chance == pytest.approx(min(1, 20 * alone.chance), rel=0.5)


def test_what_is_told_of_numbers_and_of_classes() -> None:
    [numbers] = shifts(*both(np.array([1.0, 2.0, 3.0]), np.array([3.0, 4.0])))
    assert describe_shift(numbers) == "2 → 3.5"
    bins = Histogram.of(Figure(np.array([0.0, 0.0, 1.0, 2.0]), ("a", "b", "c")))
    [classes] = shifts({"x": bins}, {"x": bins.empty().plus(Figure(np.array([2.0, 2.0, 2.0, 0.0]), bins.names))})
    assert describe_shift(classes) == "c 25% → 75%"


def test_of_very_many_classes_the_most_frequent_are_told_by_name() -> None:
    random, names = np.random.default_rng(0), tuple(f"topic {k}" for k in range(120))
    bins = Histogram.of(Figure(random.integers(0, 60, 2000).astype(float), names))
    common = np.concatenate([random.integers(0, 60, 500), np.full(500, 7)]).astype(float)
    for values, words in (
        (common, "topic 7 2% → 51%"),
        (random.integers(60, 120, 500).astype(float), "others 13% → 100%"),
    ):
        [shift] = shifts({"prediction": bins}, {"prediction": bins.empty().plus(Figure(values, names))})
        assert (shift.moved, describe_shift(shift)) == (True, words)


@pytest.mark.parametrize("empty", [0, 1, 2])
@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_a_figure_without_values_on_a_side_has_not_moved(empty: int, names: tuple[str, ...]) -> None:
    values = [np.zeros(0) if empty in {side, 2} else np.array([0.0, 1.0] * 200) for side in (0, 1)]
    bins = Histogram.of(Figure(values[0], names))
    [shift] = shifts({"x": bins}, {"x": bins.empty().plus(Figure(values[1], names))})
    assert (shift.moved, shift.index, shift.chance, describe_shift(shift)) == (False, 0, 1, "nothing to compare")


def test_a_low_level_is_looked_at_closely_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def counted(before: np.ndarray, now: np.ndarray) -> np.ndarray:
        drawn.append(before.size // before.shape[-1])
        return stability_index(before, now)

    monkeypatch.setattr("reread.monitoring.shift.stability_index", counted)
    random = np.random.default_rng(0)
    before = random.normal(0, 1, 500)
    [shift] = shifts(*both(before, random.normal(2, 1, 500)), level=LOWEST_LEVEL)
    assert shift.moved
    assert (sum(drawn) >= 10 / LOWEST_LEVEL, max(drawn)) == (True, DRAWS)
    drawn.clear()
    [shift] = shifts(*both(before, random.normal(0, 1, 500)), level=LOWEST_LEVEL)
    assert (shift.moved, sum(drawn)) == (False, DRAWS + 1)  # it is plain that chance does it


@pytest.mark.parametrize("level", [0, LOWEST_LEVEL / 2, 1, float("nan")])
def test_another_level_is_refused(level: float) -> None:
    with pytest.raises(ConfigError, match=r"level = .*: expected a number from 0.0001 to below 1"):
        shifts(*both(np.zeros(5), np.zeros(5)), level=level)


def test_fewer_unknown_words_are_no_reason_to_train_again() -> None:
    random = np.random.default_rng(0)
    few, many = random.beta(1, 30, 1000).round(4), random.beta(2, 10, 1000).round(4)
    for name, rises in (("unknown words", False), ("length", True)):
        low, high = Histogram.of(Figure(few)), Histogram.of(Figure(many))
        [risen] = shifts({name: low}, {name: low.empty().plus(Figure(many))})
        [fallen] = shifts({name: high}, {name: high.empty().plus(Figure(few))})
        assert (risen.moved, fallen.moved) == (True, rises)
        assert fallen.index > 0.2


def test_words_that_were_hardly_ever_unknown_are_seen_to_be() -> None:
    before = Histogram.of(Figure(np.concatenate([np.zeros(950), np.linspace(0.01, 0.5, 50)])))
    for rates, moved in (
        (np.linspace(0.0, 0.3, 500), True),
        (np.concatenate([np.zeros(470), np.full(30, 0.1)]), False),
    ):
        (shift,) = shifts({"unknown words": before}, {"unknown words": before.empty().plus(Figure(rates))})
        assert shift.moved == moved
