"""How the rows differ from another file's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from reread.data.subset import Subset
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult
from reread.insight.audit.settings import Settings
from reread.insight.audit.similar import token_settings
from reread.monitoring.figures.labels import NO_LABEL
from reread.monitoring.histogram import Figure, Histogram
from reread.monitoring.reference import text_figures
from reread.monitoring.shift import describe_shift, shifts
from reread.text.encoder import TextEncoder
from reread.typing import override

MOST = 20_000  # texts of each file that are compared, drawn by chance

Pair: TypeAlias = tuple[AuditData, AuditData]


@checks.register("against")
class Against(Check):
    """Whether lengths, unknown words and labels are distributed as in the other file."""

    title = "unlike the other file"
    place = 9
    cheap = False

    @override
    def applies(self, audited: AuditData, settings: Settings) -> bool:
        return settings.against is not None

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        if settings.against is None:
            return CheckResult()
        before, now = _figures((settings.against, audited), settings.seed)
        bins = {name: Histogram.of(figure) for name, figure in before.items()}
        changes = shifts(bins, {name: histogram.empty().plus(now[name]) for name, histogram in bins.items()})
        notes = [
            f"{shift.name}: {describe_shift(shift)}, stability index "
            f"{shift.index:.3f}{', differs' if shift.moved else ''}"
            for shift in changes
        ]
        moved = " and ".join(shift.name for shift in changes if shift.moved)
        return CheckResult((), f"{moved}: not as in {', '.join(settings.against.files)}" if moved else "", tuple(notes))


def _figures(both: Pair, seed: int) -> Sequence[dict[str, Figure]]:
    """The figures to compare, of the other file and of this one.

    Half of the other file's texts gives the known words and the other half is compared, so that its words are as new
    as those of these rows.
    """
    random = np.random.default_rng(seed)
    known, compared = np.array_split(random.permutation(len(both[0]))[:MOST], 2)
    rows = (compared, random.permutation(len(both[1]))[:MOST])
    other = both[0].texts
    encoder = TextEncoder.learn(token_settings(other), Subset(other, known))
    figures = [
        text_figures(encoder.encode_many(Subset(each.texts, drawn))) for each, drawn in zip(both, rows, strict=True)
    ]
    for target in both[0].targets:
        if target in both[1].targets:
            for figures_of_file, figure in zip(figures, _target_figures(both, target), strict=True):
                figures_of_file[target] = figure
    return figures


def _target_figures(both: Pair, target: str) -> Sequence[Figure]:
    """The numbers, or the labels as indices of the classes of both files.

    A list counts with each of its labels; an empty one counts as a label too.
    """
    values = [each.target(target)[1] for each in both]
    if target in both[0].numbers:
        return [Figure(np.asarray(column, dtype=np.float64)) for column in values]
    labels = [
        [str(label) for value in column for label in ((value or [NO_LABEL]) if isinstance(value, list) else [value])]
        for column in values
    ]
    place = {label: number for number, label in enumerate(sorted({*labels[0], *labels[1]}))}
    return [Figure(np.array([place[label] for label in column], dtype=np.float64), tuple(place)) for column in labels]
