"""An ONNX file that answers, run beside the model that it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ExportError
from reread.export.answers import SCORES, parts
from reread.export.onnx import TOLERANCE as SUMMED
from reread.export.quantising import EXACT
from reread.model.base import Model
from reread.model.network import Network
from reread.onnx_runtime import onnxruntime
from reread.scoring.backends.onnx import REFUSALS, OnnxBackend
from reread.scoring.precision import answers_changed
from reread.scoring.scorer import Scorer
from reread.verification import LENGTHS, TOLERANCE, Check, compare_scores
from reread.wording import percent

TEXTS = 240  # made up
TOGETHER = 16  # texts that are run at once
ON_THE_BORDER = 0.01  # the share of predictions that rounding may change
CHANGED = 0.05  # the share of predictions that a lower precision may change
MOVED = 0.05  # a number has changed if it moved by more than this share of the answers' standard deviation

Outputs = dict[str, NDArray[Any]]


def check_file(content: bytes, model: Model, precision: str = EXACT) -> list[Check]:
    """Whether a file gives the scores and answers of its model, of texts that are made up.

    Raises:
        ExportError: ONNX Runtime cannot run the file.
    """
    texts = made_texts(model)
    found = run_file(content, model, texts)
    expected = np.asarray(model.scores(texts))
    name, scores = "exported scores", found[SCORES]
    if precision == EXACT:  # a linear member sums numbers far larger than its scores, so rounding is larger too
        return [compare_scores(name, scores, expected, SUMMED), _answers(found, model)]
    return [_same_answers(model, name, scores, expected), _answers(found, model)]


def _same_answers(model: Model, name: str, scores: NDArray[Any], expected: NDArray[Any]) -> Check:
    """Whether scores (texts, scores) give nearly all of the answers of the expected ones."""
    share = float(np.mean(answers_changed(model.postprocessor, expected, scores, MOVED)))
    apart = float(np.abs(model.postprocessor.calibrated(scores) - model.postprocessor.calibrated(expected)).max())
    told = f"{percent(share)} of {len(scores)} made texts answered otherwise, allowed {percent(CHANGED)}"
    return Check(name, share <= CHANGED, f"{told}; largest difference of a calibrated score {apart:.2g}")


def check_network(content: bytes, network: Network) -> list[Check]:
    """Whether a file in int8 that reads windows of texts gives the answers of its network, of texts that are made up.

    Raises:
        BundleError: ONNX Runtime cannot run the file.
    """
    texts, scorer = made_texts(network), network.scorer
    own = scorer.backend
    backend = OnnxBackend(content, own.start_states, own.start_summary, layers=own.layers)
    smaller = Scorer(scorer.encoder, scorer.task, backend, window=scorer.window, max_tokens=scorer.max_tokens)
    return [_same_answers(network, "exported scores", smaller.scores(texts), scorer.scores(texts))]


def made_texts(model: Model) -> list[str]:
    """Texts of many lengths, made of the words that the model knows at random, and one without any."""
    random, words = np.random.default_rng(3), list[str]()
    if model.linear_share():
        words += [word for text in model.linear_member().sample_texts() for word in text.split()]
    if model.network_share():
        words += model.network().encoder.vocabularies[0].tokens
    lengths = [LENGTHS[row % len(LENGTHS)] for row in range(TEXTS)] if words else []
    made = (" ".join(words[place] for place in random.integers(0, len(words), length)) for length in lengths)
    return [*sorted(made, key=len), ""]


def run_file(content: bytes, model: Model, texts: Sequence[str]) -> Outputs:
    """The outputs of a model's file for texts, by name.

    Raises:
        ExportError: ONNX Runtime cannot run the file.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        names = [each.name for each in session.get_outputs()]
        batches = [
            session.run(names, model.onnx_inputs(texts[start : start + TOGETHER]))
            for start in range(0, len(texts), TOGETHER)
        ]
    except REFUSALS as error:
        raise ExportError(f"ONNX Runtime cannot run the exported file: {str(error).splitlines()[0]}") from error
    return {name: np.concatenate(each) for name, each in zip(names, zip(*batches, strict=True), strict=True)}


def _answers(found: Outputs, model: Model) -> Check:
    """Whether the file reads its scores as the model would read them."""
    largest, changed = 0.0, 0.0
    for part in parts(model.postprocessor):
        expected = part.link.answers(part.postprocessor.calibrated(found[SCORES][:, part.columns]))
        for port, numbers in zip(part.ports(), expected, strict=True):
            if np.dtype(port.kind).kind == "f":
                size = max(1.0, float(np.abs(numbers).max()))
                largest = max(largest, float(np.abs(found[port.name] - numbers).max()) / size)
            else:
                changed = max(changed, float(np.mean(found[port.name] != numbers)))
    ok = largest <= TOLERANCE and changed <= ON_THE_BORDER
    return Check("exported answers", ok, f"largest difference {largest:.1e}, allowed {TOLERANCE:.0e}")
