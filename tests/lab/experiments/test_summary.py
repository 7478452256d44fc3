from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.lab.experiments.records import RunRecord
from reread.lab.experiments.summary import BASELINE, Cell, Summary, summarise
from reread.statistics.bootstrap import bootstrap_interval
from reread.statistics.significance import paired_examples, paired_seeds
from support.made_runs import run

ROWS = 500


def runs_of(model: str, setting: str, right: float, seeds: int, **facts: Any) -> tuple[list[RunRecord], dict[str, NDArray[np.bool_]]]:  # fmt: skip
    records, answered = [], {}
    for seed in range(seeds):
        random = np.random.default_rng([seed, int(1000 * right)])
        correct = random.random(ROWS) < right
        record = run(model, setting, seed, float(correct.mean()), **facts)
        records.append(record)
        answered[record.name] = correct
    return records, answered


def cell(summary: Summary, model: str, setting: str) -> Cell:
    return next(cell for cell in summary.cells if (cell.model, cell.setting) == (model, setting))


def test_a_cell_is_mean_deviation_and_interval_in_percent() -> None:
    records = [run("lstm", "1", seed, value) for seed, value in enumerate([0.9, 0.92, 0.91, 0.95])]
    found = cell(summarise(records, printed={("lstm", "1"): 90.4}), "lstm", "1")
    assert (found.n, found.printed) == (4, 90.4)
    assert found.mean == pytest.approx(92)
    assert found.std == pytest.approx(np.sqrt((4 + 0 + 1 + 9) / 3))
    assert found.interval == bootstrap_interval([90, 92, 91, 95])


def test_one_run_has_no_deviation_and_no_interval() -> None:
    summary = summarise([run("lstm", "1", 0, 0.9)])
    assert summary.cells == (Cell(model="lstm", setting="1", n=1, mean=90.0),)
    assert any(note.startswith("One run has no standard deviation and no interval") for note in summary.notes)
    assert not any("independent" in note or "P-values" in note for note in summary.notes)


def test_rows_stand_in_the_asked_order_and_the_baseline_last() -> None:
    records = [run(model, setting, 0, 0.9) for model in ("a", "b", "extra") for setting in ("2", "1")]
    summary = summarise(records, models=("b", "a", "none_yet"), settings=("1", "2"), baseline=0.88)
    rows = [(found.setting, found.model) for found in summary.cells]
    assert rows == [(setting, model) for setting in "12" for model in ("b", "a", "none_yet", "extra", BASELINE)]
    assert cell(summary, "none_yet", "1") == Cell(model="none_yet", setting="1", n=0)
    assert cell(summary, BASELINE, "2") == Cell(model=BASELINE, setting="2", n=1, mean=88.0)


def test_intervals_of_few_runs_are_said_to_be_too_narrow() -> None:
    def few(*counts: int) -> list[str]:
        records = [run(f"m{n}", "1", seed, 0.8 + seed / 1000) for n in counts for seed in range(n)]
        return [note for note in summarise(records).notes if "too narrow" in note]

    (note,) = few(3, 2, 1, 7)
    assert note.endswith("is at most 50 % for 2 runs, 75 % for 3 runs, not 95 %.")
    assert few(1, 6, 7) == []
    random = np.random.default_rng(0)
    samples = [bootstrap_interval(random.normal(size=2)) for _ in range(400)]
    assert np.mean([low <= 0 <= high for low, high in samples]) == pytest.approx(0.5, abs=0.1)


def test_the_baseline_is_compared_over_examples() -> None:
    records: list[RunRecord] = []
    right: dict[str, NDArray[np.bool_]] = {BASELINE: np.random.default_rng(9).random(ROWS) < 0.9}
    for model, share, seeds in (("a", 0.8, 3), ("b", 0.9, 2)):
        for setting in ("1", "2"):
            made, answered = runs_of(model, setting, share, seeds)
            records, right = records + made, {**right, **answered}
    summary = summarise(records, baseline=float(right[BASELINE].mean()), right=right)
    pairs = [(found.setting, found.first, found.second) for found in summary.comparisons]
    assert pairs == [(setting, *pair) for setting in "12" for pair in (("a", "b"), ("a", BASELINE), ("b", BASELINE))]
    against = summary.comparisons[1]
    assert against.over_seeds is None
    assert against.over_examples is not None
    assert against.over_examples.test == paired_examples([right[f"a-1-{seed}"] for seed in range(3)], right[BASELINE])
    assert against.over_examples.family == 6  # corrected together with the networks' tests
    assert against.sentence.startswith("Would these very models differ on other examples")
    assert f"{BASELINE} beats a" in against.sentence
    assert any("is tested over examples, not over seeds" in note for note in summary.notes)
    assert not any("without a seed in common" in note for note in summary.notes)


def test_a_baseline_without_answers_is_said_not_to_be_tested() -> None:
    records, right = runs_of("a", "1", 0.8, 2)
    summary = summarise(records, baseline=0.88, right=right)
    assert summary.comparisons == ()
    assert any("baseline is not tested against the networks" in note for note in summary.notes)
    for other in (summarise(records, right=right), summarise([], models=("a",), settings=("1",), baseline=0.88)):
        assert not any("not tested against the networks" in note for note in other.notes)


def test_differences_over_some_of_the_seeds_are_said_to_be() -> None:
    def partly(of_a: int, of_b: int) -> bool:
        records = [run("a", "1", seed, 0.8) for seed in range(of_a)] + [
            run("b", "1", seed, 0.9) for seed in range(of_b)
        ]
        return any("over the seeds that both have" in note for note in summarise(records).notes)

    assert partly(3, 2)
    assert not partly(3, 3)


def test_nothing_finished_is_an_empty_table() -> None:
    summary = summarise([], models=("a",), settings=("1",))
    assert summary.cells == (Cell(model="a", setting="1", n=0),)
    assert (summary.comparisons, summary.conclusions, summary.best) == ((), (), ())


def test_models_are_compared_within_a_setting_and_corrected_over_all() -> None:
    records: list[RunRecord] = []
    right: dict[str, NDArray[np.bool_]] = {}
    for model, share in (("a", 0.8), ("b", 0.9), ("c", 0.9)):
        for setting in ("1", "2"):
            made, answered = runs_of(model, setting, share + 0.01 * int(setting), 10)
            records, right = records + made, {**right, **answered}
    summary = summarise(records, right=right)
    pairs = [(found.setting, found.first, found.second) for found in summary.comparisons]
    assert pairs == [(setting, *pair) for setting in "12" for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    first = summary.comparisons[0]
    assert first.over_seeds is not None
    assert first.over_examples is not None
    of_a, of_b = ({run_.seed: run_.test_accuracy for run_ in records if run_.setting == "1" and run_.model == model} for model in "ab")  # fmt: skip
    assert first.over_seeds.test == paired_seeds(of_a, of_b)
    names = [[f"{model}-1-{seed}" for seed in range(10)] for model in "ab"]
    assert first.over_examples.test == paired_examples(*([right[name] for name in side] for side in names))
    assert first.over_seeds.family == first.over_examples.family == 6
    assert first.over_seeds.p_value == pytest.approx(6 * 2 / 2**10)
    assert [line[:2] for line in summary.conclusions] == ["1:", "1:", "2:", "2:"]
    assert "b beats a" in summary.conclusions[0]
    assert "b beats a" in first.sentence
    assert first.sentence.count("?") == 2


def test_examples_are_compared_over_the_runs_of_common_seeds() -> None:
    first, answered = runs_of("a", "1", 0.8, 4)
    second, more = runs_of("b", "1", 0.9, 2)
    compared = summarise(first + second, right={**answered, **more}).comparisons[0]
    assert compared.over_examples is not None
    assert compared.over_seeds is not None
    assert compared.over_seeds.test.n == 2
    assert compared.over_examples.test.difference == pytest.approx(compared.over_seeds.test.difference)


def test_without_common_seeds_only_the_networks_themselves_are_compared() -> None:
    first, answered = runs_of("a", "1", 0.8, 2)
    second = run("b", "1", 7, 0.9)
    right = {**answered, second.name: np.arange(ROWS) % 10 > 0}
    summary = summarise([*first, second], right=right)
    assert summary.comparisons[0].over_seeds is None
    assert summary.comparisons[0].over_examples is not None
    assert any("without a seed in common" in note for note in summary.notes)
    assert len(summary.conclusions) == 1


def test_without_right_answers_there_are_no_tests_over_examples() -> None:
    records = [run(model, "1", seed, 0.9) for model in "ab" for seed in range(3)]
    summary = summarise(records)
    assert summary.comparisons[0].over_examples is None
    assert any("right answers are not known" in note for note in summary.notes)


def test_the_best_of_several_is_of_validation_rows_only() -> None:
    values = [0.80, 0.90, 0.85]
    held = [run("a", "1", seed, 0.7, validation={"accuracy": value}) for seed, value in enumerate(values)]
    none = [run("b", "1", seed, 0.99) for seed in range(3)]
    summary = summarise(held + none)
    (best,) = summary.best
    assert (best.model, best.n) == ("a", 3)
    assert best.expected[1] == pytest.approx(85)
    assert best.expected[3] == pytest.approx((80 + 85 * 7 + 90 * 19) / 27)
    assert list(best.expected) == [1, 2, 3]
    assert any("selecting on test data" in note for note in summary.notes)
    assert not any("selecting on test data" in note for note in summarise(held).notes)


def test_some_runs_with_validation_rows_are_not_the_best_of_all() -> None:
    records = [run("a", "1", 0, 0.7, validation={"accuracy": 0.8}), run("a", "1", 1, 0.7)]
    assert summarise(records).best == ()


def test_runs_that_are_the_beginning_of_longer_ones_say_so() -> None:
    records = [run("a", "1", seed, 0.8, read_from=f"a-2-{seed}") for seed in range(2)]
    records += [run("a", "2", seed, 0.9) for seed in range(2)]
    summary = summarise(records)
    assert cell(summary, "a", "1").read_from == ("a-2-0", "a-2-1")
    assert [note for note in summary.notes if "independent" in note] == [
        "1: 2 runs are measurements on the way of longer runs (a-2-0, …), so the two settings are not independent."
    ]


def test_six_hundred_runs_of_25_000_rows_are_summarised() -> None:
    random = np.random.default_rng(0)
    records, right = [], {}
    for model, share in (("a", 0.85), ("b", 0.87), ("c", 0.88), ("d", 0.88)):
        for setting in "123":
            for seed in range(50):
                correct = random.random(25_000, dtype=np.float32) < share
                record = run(model, setting, seed, float(correct.mean()))
                records.append(record)
                right[record.name] = correct
    summary = summarise(records, right=right)
    assert len(summary.comparisons) == 18
    assert "b beats a" in summary.conclusions[0]
    assert "c or d" in summary.conclusions[0]
