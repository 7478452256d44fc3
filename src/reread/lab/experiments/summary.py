"""Finished runs → a summary: a cell for each model and setting, tests between models, the best of several runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.insight.conclusions import Compared, Corrected, conclude_examples, conclude_seeds, correct
from reread.lab.experiments.records import RunRecord
from reread.statistics.best_of import expected_best
from reread.statistics.bootstrap import bootstrap_interval
from reread.statistics.significance import PairedTest, paired_examples, paired_seeds

BASELINE = "linear baseline"
HEADLINE = "accuracy"
FIGURES = (
    "Figures are the percentage of test rows with the right answer. The standard deviation (std) divides by n − 1; "
    "the interval is the expanded percentile bootstrap of the mean over seeds."
)
ONE_RUN = "One run has no standard deviation and no interval: it does not show how much other seeds would differ."
TESTS = (
    "P-values are two-sided and corrected (Holm) for all comparisons of their kind in the table. "
    "Tests over seeds ask about "
    "newly trained networks on this test set, tests over examples about the trained models on other examples."
)
COMMON_SEEDS = "Models are compared over the seeds that both have: a difference is not always that of the means above."
NO_SEEDS = "Models without a seed in common are not tested over seeds, since the test compares pairs of runs."
NO_EXAMPLES = "Runs whose right answers are not known are not tested over examples."
BASELINE_TESTS = "The linear baseline is one model without seeds: it is tested over examples, not over seeds."
BASELINE_UNTESTED = (
    "The linear baseline is not tested against the networks: its record, of an earlier version, "
    "has no answers beside it. "
    "Resume the comparison to make them."
)
NO_VALIDATION = (
    "Runs without validation rows have no expected best-of-n performance: "
    "choosing the best run by its test accuracy would be selecting on test data."
)
LEVEL = 0.95  # of the intervals
DRAWS = (1, 2, 3, 5, 10, 20, 50)  # runs of which the best is taken

Right: TypeAlias = Mapping[str, NDArray[np.bool_]]
"""Name of a run, or ``BASELINE`` → which test rows it answered correctly, (rows,)."""
Runs: TypeAlias = Mapping[tuple[str, str], Sequence[RunRecord]]
"""Model and setting → the runs, by seed."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A model under a setting; figures in percent of the test rows.

    Attributes:
        n: how many runs; 0 if none is finished.
        std: standard deviation of the runs, divisor n − 1; None for fewer than 2.
        interval: 95 % bootstrap interval of the mean; None for fewer than 2 runs.
        printed: the figure that the source printed.
        read_from: names of longer runs that these are the beginnings of.
    """

    model: str
    setting: str
    n: int
    mean: float | None = None
    std: float | None = None
    interval: tuple[float, float] | None = None
    printed: float | None = None
    read_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two models under one setting; no test if they have no common seed, or the right answers are not known."""

    setting: str
    first: str
    second: str
    over_seeds: Corrected | None
    over_examples: Corrected | None

    @property
    def sentence(self) -> str:
        """What can and what cannot be concluded about the two."""
        return " ".join(_conclusions([self]))


@dataclass(frozen=True)
class BestOf:
    """Expected validation accuracy, in percent, of the best of so many runs of a model under a setting."""

    model: str
    setting: str
    n: int
    expected: Mapping[int, float]


@dataclass(frozen=True)
class Picture:
    """A figure, in words and as SVG."""

    title: str
    svg: bytes


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The content of a table.

    Attributes:
        cells: by setting, then model, the linear baseline last.
        comparisons: every two models that both have runs under a setting, the linear baseline the last of them.
        conclusions: what can and what cannot be concluded from them, a paragraph for each setting and kind of test.
        best: where rows were held out for validation.
        notes: what a reader has to know, a sentence each.
        pictures: for the formats that can hold them.
    """

    cells: tuple[Cell, ...]
    comparisons: tuple[Comparison, ...]
    conclusions: tuple[str, ...]
    best: tuple[BestOf, ...]
    notes: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()


def summarise(  # keyword-only but for the runs
    records: Sequence[RunRecord],
    *,
    models: Iterable[str] = (),
    settings: Iterable[str] = (),
    printed: Mapping[tuple[str, str], float] | None = None,
    baseline: float | None = None,
    right: Right | None = None,
) -> Summary:
    """Summarise finished runs.

    Args:
        records: the runs.
        models: names in the order of the rows; those without a run have an empty row, others follow.
        settings: the same for settings.
        printed: percent that the source printed, by (model, setting).
        baseline: share of the same test rows that the linear baseline answers right.
        right: which test rows each run, and the baseline, answered correctly; None: no tests over examples.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    rows = list(dict.fromkeys([*models, *(record.model for record in records)]))
    columns = list(dict.fromkeys([*settings, *(record.setting for record in records)]))
    runs: dict[tuple[str, str], list[RunRecord]] = {(model, setting): [] for setting in columns for model in rows}
    for record in sorted(records, key=lambda record: record.seed):
        runs[record.model, record.setting].append(record)
    cells = [_cell(model, setting, of_cell, printed or {}) for (model, setting), of_cell in runs.items()]
    if baseline is not None:
        cells += [Cell(model=BASELINE, setting=setting, n=1, mean=100 * baseline) for setting in columns]
    cells.sort(key=lambda cell: columns.index(cell.setting))  # stable: the baseline stays last of its setting
    comparisons, best = _comparisons(runs, right or {}), _best(runs)
    conclusions = [
        f"{setting}: {sentence}"
        for setting, group in groupby(comparisons, key=lambda comparison: comparison.setting)
        for sentence in _conclusions(list(group))
    ]
    notes = _notes(cells, comparisons, best)
    return Summary(
        cells=tuple(cells),
        comparisons=tuple(comparisons),
        conclusions=tuple(conclusions),
        best=tuple(best),
        notes=tuple(notes),
    )


def _cell(model: str, setting: str, runs: Sequence[RunRecord], printed: Mapping[tuple[str, str], float]) -> Cell:
    values = 100 * np.array([run.test_accuracy for run in runs])
    several = len(values) > 1
    return Cell(
        model=model,
        setting=setting,
        n=len(values),
        mean=float(values.mean()) if runs else None,
        std=float(values.std(ddof=1)) if several else None,
        interval=bootstrap_interval(values, LEVEL) if several else None,
        printed=printed.get((model, setting)),
        read_from=tuple(run.read_from for run in runs if run.read_from),
    )


def _comparisons(runs: Runs, right: Right) -> list[Comparison]:
    """Every two models under each setting; all tests of a kind are corrected for one another."""
    settings = dict.fromkeys(setting for _, setting in runs)
    models = list(dict.fromkeys(model for model, _ in runs))
    if BASELINE in right:
        models.append(BASELINE)
    pairs = [
        (setting, first, second)
        for setting in settings
        for first, second in combinations(models, 2)
        if runs[first, setting] and (second == BASELINE or runs[second, setting])
    ]
    sides = [(runs[first, setting], runs.get((second, setting), ())) for setting, first, second in pairs]
    over_seeds = _corrected([_seed_test(*both) for both in sides])
    over_examples = _corrected([_example_test(*both, right) for both in sides])
    tests = zip(pairs, over_seeds, over_examples, strict=True)
    return [Comparison(*pair, of_seeds, of_examples) for pair, of_seeds, of_examples in tests]


def _conclusions(comparisons: Sequence[Comparison]) -> list[str]:
    """One paragraph over seeds, one over examples, of those that were tested."""
    seeds = [Compared(one.first, one.second, one.over_seeds) for one in comparisons if one.over_seeds]
    examples = [Compared(one.first, one.second, one.over_examples) for one in comparisons if one.over_examples]
    return [conclude(pairs) for conclude, pairs in ((conclude_seeds, seeds), (conclude_examples, examples)) if pairs]


def _corrected(tests: Sequence[PairedTest | None]) -> list[Corrected | None]:
    corrected = iter(correct([test for test in tests if test is not None]))
    return [None if test is None else next(corrected) for test in tests]


def _seed_test(first: Sequence[RunRecord], second: Sequence[RunRecord]) -> PairedTest | None:
    sides = [{run.seed: run.test_accuracy for run in side} for side in (first, second)]
    return paired_seeds(*sides) if sides[0].keys() & sides[1].keys() else None


def _example_test(first: Sequence[RunRecord], second: Sequence[RunRecord], right: Right) -> PairedTest | None:
    """Over the runs of common seeds, so that both tests are about one difference; over all runs if none is common.

    The side without runs is the baseline.
    """
    common = {run.seed for run in first} & {run.seed for run in second}
    sides = [[run.name for run in side if not common or run.seed in common] or [BASELINE] for side in (first, second)]
    if not all(name in right for side in sides for name in side):
        return None
    return paired_examples(*([right[name] for name in side] for side in sides))


def _best(runs: Runs) -> list[BestOf]:
    best = []
    for (model, setting), of_cell in runs.items():
        values = [100 * run.validation[HEADLINE] for run in of_cell if HEADLINE in run.validation]
        if values and len(values) == len(of_cell):
            expected = {n: expected_best(values, n) for n in DRAWS if n <= len(values)}
            best.append(BestOf(model, setting, len(values), expected))
    return best


def _notes(cells: Sequence[Cell], comparisons: Sequence[Comparison], best: Sequence[BestOf]) -> list[str]:
    trained = [cell for cell in cells if cell.n and cell.model != BASELINE]
    notes = [FIGURES]
    if any(cell.n == 1 for cell in trained):
        notes.append(ONE_RUN)
    notes += _few_runs(trained)
    for setting, group in groupby(trained, key=lambda cell: cell.setting):
        longer = [name for cell in group for name in cell.read_from]
        if longer:
            notes.append(
                f"{setting}: {len(longer)} runs are measurements on the way of longer runs ({longer[0]}, …), "
                "so the two settings are not independent."
            )
    notes += _about_tests(trained, comparisons)
    tested = any(one.second == BASELINE for one in comparisons)
    if trained and not tested and any(cell.model == BASELINE for cell in cells):
        notes.append(BASELINE_UNTESTED)
    if len(best) < len(trained):
        notes.append(NO_VALIDATION)
    return notes


def _few_runs(trained: Iterable[Cell]) -> list[str]:
    """A warning about few runs: no resample is beyond them, and all n are on one side of the median once in 2ⁿ⁻¹."""
    coverage = {cell.n: 1 - 2.0 ** (1 - cell.n) for cell in trained if cell.n > 1}
    few = [f"{100 * coverage[n]:.0f} % for {n} runs" for n in sorted(coverage) if coverage[n] < LEVEL]
    note = (
        "No bootstrap interval is wider than from the lowest run to the highest. "
        "That is too narrow for few runs: the share of intervals that hold the true mean is at most "
        f"{', '.join(few)}, not 95 %."
    )
    return [note] if few else []


def _about_tests(trained: Iterable[Cell], comparisons: Sequence[Comparison]) -> list[str]:
    networks = [one for one in comparisons if one.second != BASELINE]
    counts = {(cell.model, cell.setting): cell.n for cell in trained}
    partly = any(
        one.over_seeds is not None
        and {counts[name, one.setting] for name in (one.first, one.second)} != {one.over_seeds.test.n}
        for one in networks
    )
    notes = {
        TESTS: bool(comparisons),
        COMMON_SEEDS: partly,
        NO_SEEDS: any(one.over_seeds is None for one in networks),
        NO_EXAMPLES: any(one.over_examples is None for one in comparisons),
        BASELINE_TESTS: len(networks) < len(comparisons),
    }
    return [note for note, holds in notes.items() if holds]
