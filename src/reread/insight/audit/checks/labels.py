"""Labels and numbers that are probably wrong."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np

from reread.data.subset import Subset
from reread.errors import DataError
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.judges import judge_of
from reread.insight.audit.predictors import Labelled, out_of_fold
from reread.insight.audit.settings import Settings
from reread.tasks import infer_task, tasks
from reread.typing import override
from reread.wording import number_of


@checks.register("labels")
class Labels(Check):
    """Rows whose label or number is improbable to a model trained on other rows; the worst first.

    With several targets, the worst of each come before the second worst: the scores of labels and numbers cannot be
    compared.
    """

    title = "the label is probably wrong"
    place = 8
    cheap = False

    @override
    def applies(self, audited: AuditData, settings: Settings) -> bool:
        return bool(audited.targets)

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        of_targets, notes = list[list[Finding]](), list[str]()
        for target in audited.targets:
            try:
                wrong, remarks = _judged(audited, target, settings)
            except DataError as error:
                wrong, remarks = [], [f"{target} was not judged: {error}"]
            of_targets.append(wrong)
            notes += remarks
        findings = [finding for rank in zip_longest(*of_targets) for finding in rank if finding is not None]
        summary = f"{number_of(len(findings), 'label is', 'labels are')} probably wrong" if findings else ""
        return CheckResult(findings, summary, tuple(notes))


def _judged(audited: AuditData, target: str, settings: Settings) -> tuple[list[Finding], list[str]]:
    """The rows whose target is probably wrong, and remarks on the models that judged them."""
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
        notes.append(f"{target}: models trained on other rows agree with {agreed:.1%} of the labels")
    if len(places) < len(rows):
        notes.append(
            f"{number_of(len(rows) - len(places), 'row')} of {target} not judged: no row of another fold has the label"
        )
    return findings, notes
