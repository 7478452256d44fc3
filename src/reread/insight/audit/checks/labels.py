"""Labels and numbers that are probably wrong."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from reread.data.subset import Subset
from reread.errors import DataError
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import Finding, Found
from reread.insight.audit.judges import judge_of
from reread.insight.audit.predictors import Labelled, out_of_fold
from reread.insight.audit.settings import Settings
from reread.tasks import infer_task, tasks
from reread.typing import override
from reread.wording import number_of


@checks.register("labels")
class Labels(Check):
    """Rows whose label, or number, is improbable to a model that was trained on other rows; the worst first.

    Of several targets the worst of each come before the second worst: scores of labels and of numbers are no common scale.
    """

    title = "the label is probably wrong"
    place = 8
    cheap = False

    @override
    def applies(self, audited: AuditData, settings: Settings) -> bool:
        return bool(audited.targets)

    @override
    def find(self, audited: AuditData, settings: Settings) -> Found:
        of_targets, notes = list[list[Finding]](), list[str]()
        for target in audited.targets:
            try:
                own, told = _judged(audited, target, settings)
            except DataError as error:
                own, told = [], [f"{target} was not judged: {error}"]
            of_targets.append(own)
            notes += told
        findings = [finding for rank in zip_longest(*of_targets) for finding in rank if finding is not None]
        said = f"{number_of(len(findings), 'label is', 'labels are')} probably wrong" if findings else ""
        return Found(findings, said, tuple(notes))


def _judged(audited: AuditData, target: str, settings: Settings) -> tuple[list[Finding], list[str]]:
    """The rows whose target is probably wrong, and what is to be said of the judges."""
    rows, values = audited.target(target)
    task = tasks.get(infer_task(values, kind="number" if target in audited.numbers else "label")).fit(values)
    judge = judge_of(task)
    judge.check()
    answers, known = out_of_fold(Labelled(Subset(audited.texts, rows), values, task, audited.groups(target)), settings)
    places = np.flatnonzero(known)
    judged = [values[place] for place in places]
    findings = [
        Finding(row=int(rows[places[wrong.place]]), target=target, suggested=wrong.suggested, score=wrong.score)
        for wrong in judge.find(task, judged, answers[places])
    ]
    notes = []
    classes = task.stratum(task.encode(judged)) if judged else None
    if classes is not None:
        agreed = np.mean(answers[places].argmax(axis=1) == classes)
        notes.append(f"{target}: models that have not seen them agree with {agreed:.1%} of the labels")
    if len(places) < len(rows):
        notes.append(
            f"{number_of(len(rows) - len(places), 'row')} of {target} not judged: no row of another fold has the label"
        )
    return findings, notes
