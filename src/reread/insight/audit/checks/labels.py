"""Labels and numbers that are probably wrong."""

from __future__ import annotations

from reread.errors import DataError
from reread.estimators.prepare import Subset
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check, Settings
from reread.insight.audit.findings import Finding, Found, counted
from reread.insight.audit.judges import JUDGES
from reread.insight.audit.material import Material
from reread.insight.audit.predictors import Labelled, out_of_fold
from reread.tasks import infer_task, tasks
from reread.typing import override


@checks.register("labels")
class Labels(Check):
    """Rows whose label, or number, is improbable to a model that was trained on other rows; the worst first."""

    title = "the label is probably wrong"
    place = 8
    cheap = False

    @override
    def applies(self, material: Material, settings: Settings) -> bool:
        return bool(material.targets)

    @override
    def find(self, material: Material, settings: Settings) -> Found:
        findings, notes = list[Finding](), list[str]()
        for target in material.targets:
            try:
                own, unjudged = _judged(material, target, settings)
            except DataError as error:
                notes.append(f"{target} was not judged: {error}")
                continue
            findings += own
            if unjudged:
                notes.append(f"{counted(unjudged, 'row')} of {target} not judged: no row of another fold has the label")
        said = f"{counted(len(findings), 'label is', 'labels are')} probably wrong" if findings else ""
        return Found(findings, said, tuple(notes))


def _judged(material: Material, target: str, settings: Settings) -> tuple[list[Finding], int]:
    """The rows whose target is probably wrong, and how many could not be judged."""
    rows, values = material.target(target)
    task = tasks.get(infer_task(values, kind="number" if target in material.numbers else "label")).fit(values)
    labelled = Labelled(Subset(material.texts, rows), values, task, material.groups(target))
    answers, known = out_of_fold(labelled, settings)
    judgements = JUDGES[task.name](task, [values[k] for k in known.nonzero()[0]], answers[known])
    places = rows[known]
    return [
        Finding(row=int(places[wrong.place]), target=target, suggested=wrong.suggested, score=wrong.score)
        for wrong in judgements
    ], int((~known).sum())
