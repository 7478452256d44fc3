"""Training once more with corrections: on which rows, and how the new model stands beside the old one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reread.apps.serve.served import Served
from reread.apps.serve.training.bodies import Again
from reread.apps.serve.training.corrected import Corrected, Correction, correct
from reread.apps.serve.training.deciding import Verdict, as_corrected, compared
from reread.apps.serve.training.understood import read_labelled, understand
from reread.apps.serve.work import Origin, Work
from reread.data.read import open_rows
from reread.data.split import text_keys
from reread.errors import DataError
from reread.web.problems import Problem


def origin_of(work: Work, served: Served, asked: Again) -> Origin:
    """What a model was trained on.

    Raises:
        Problem: it has to be sent.
    """
    if asked.data is None:
        known = work.origin(served.path)
        if known is None:
            said = f"the file that {served.name} was trained on is not here; send it, and name it as data"
            raise Problem(422, said, field="/data")
        return known
    found = understand(work.data(asked.data), asked.text, asked.label)
    if found.why is not None or found.text is None or found.label is None:
        raise Problem(422, found.why or "nothing can be learned from this file", field="/data")
    return Origin(asked.data, found.text, found.label)


def corrected_rows(work: Work, served: Served, origin: Origin, corrections: Sequence[Correction]) -> Corrected:
    """The rows that a model was trained on, with corrections of its answers.

    Raises:
        DataError: they cannot be learned from.
    """
    rows = open_rows(str(work.data(origin.data)))
    task = served.model.task
    label = origin.label if task.target_kind == "label" else None  # a column that is named has labels
    examples, kind, _ = read_labelled(rows, origin.text, label)
    if kind != task.target_kind:
        raise DataError(f"the rows have a {kind} each, and {served.name} answers with a {task.target_kind}")
    return correct(examples, corrections, served.seen(), task=task)


def judged(candidate: Served, served: Served, corrected: Corrected) -> Verdict:
    """The new model beside the old one, on rows held out."""
    unseen = any(corrected.held_out)
    rows = [number for number, held_out in enumerate(corrected.held_out) if held_out]
    if not unseen:
        seen = candidate.seen()
        rows = [] if seen is None else np.flatnonzero(seen.among(text_keys(corrected.texts))[1]).tolist()
    texts, answers = [corrected.texts[row] for row in rows], [corrected.answers[row] for row in rows]
    verdict = compared(candidate, served, texts, answers, unseen=unseen)
    verdict.corrected = as_corrected(candidate, served, corrected.right)
    return verdict
