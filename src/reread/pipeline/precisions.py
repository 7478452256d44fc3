"""The cost of lower precisions: how a trained network's answers to the rows held out change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.subset import Subset
from reread.kernel import load
from reread.nn.model import TextNet
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.scoring.backends.choose import EXACT, PRECISIONS
from reread.scoring.backends.kernel import KernelBackend
from reread.scoring.backends.torch import stored_network
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.network.build import missing_part
from reread.scoring.precision import state
from reread.scoring.scorer import Scorer


def state_precisions(
    net: TextNet,
    prepared: Prepared,
    postprocessor: AnyPostprocessor,
    plan: Plan,
    *,
    exact: NDArray[np.float32],
    offset: NDArray[np.float32] | float = 0.0,
) -> dict[str, dict[str, Any]]:
    """The statement of each precision that the compiled kernel has here; none if no rows were held out.

    Args:
        net: the network.
        prepared: the rows.
        postprocessor: how the network's scores are read.
        plan: what the network was built from, and how texts are read.
        exact: the network's raw scores of the rows held out, with what is added to them, (rows, scores).
        offset: what is added to them, (rows, scores).
    """
    library, statements = load(), {}
    spec, settings = plan.recipe.model, plan.recipe.training
    if library is None or not len(exact):
        return {}
    network = stored_network(net, spec, prepared.task.size)
    for precision in PRECISIONS:
        if precision == EXACT or missing_part(spec, library, precision):
            continue
        backend = KernelBackend(network, library, precision=precision, threads=settings.threads or 1)
        scorer = Scorer(
            prepared.encoder, prepared.task, backend, window=settings.window, max_tokens=settings.max_tokens
        )
        scores = scorer.score_ids(Subset(prepared.encoded, prepared.validation)) + offset
        statements[precision] = state(
            postprocessor, prepared.validation_targets, exact, scores, prepared.validation_weights
        )
    return statements
