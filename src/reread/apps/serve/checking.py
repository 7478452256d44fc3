"""Whether a model that was just opened can answer, before requests wait for it."""

from __future__ import annotations

import numpy as np

from reread.apps.serve.served import Served
from reread.errors import BundleError
from reread.verification import compare_scores

TEXTS = ["one", "a text of some words, as many others are", "一段不太长的文字", "a longer text, " * 40]


def checked(served: Served) -> Served:
    """The model, warm: it has answered some texts, with finite scores that do not depend on the other texts.

    Raises:
        BundleError: it has not.
    """
    together = served.model.scores(TEXTS)
    alone = np.concatenate([served.model.scores([text]) for text in TEXTS])
    if not np.isfinite(together).all():
        raise BundleError(f"{served.path}: its scores are not finite; train it again")
    check = compare_scores("batch size", together.astype(np.float32), alone.astype(np.float32))
    if not check.ok:
        raise BundleError(f"{served.path}: its answers depend on the other texts ({check.detail}); see reread verify")
    served.model.postprocessor.answers(together)
    return served
