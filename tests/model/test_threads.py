"""A model can be asked from many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from reread import Model, TextClassifier, load
from support import folders

pytestmark = pytest.mark.usefixtures("one_thread")
KEPT = {told.stem: told.with_suffix(".reread") for told in sorted(folders.DATA.glob("folders_*/*.json"), reverse=True)}
THREADS = 16
TEXTS = [f"a {word} {thing}{', all in all' * (k % 5)}" for k, (word, thing) in enumerate(
    (word, thing) for word in ("lovely", "dull", "plain", "odd") for thing in ("film", "book", "zebra", "meal", "song"))]  # fmt: skip


def asked(model: Model, thread: int) -> tuple[Any, Any]:
    """What one thread asks: all texts, in an order of its own, then why one was answered so."""
    order = np.random.default_rng(thread).permutation(len(TEXTS))
    answers = model.predict([TEXTS[k] for k in order])
    found = model.explain(TEXTS[thread % len(TEXTS)], method="pooled_words")
    return answers[np.argsort(order)].tolist(), [span.weight for span in found.spans]


@pytest.mark.parametrize(
    ("kind", "backend"),
    [*product(("classes", "joint", "blend", "stack", "offset"), ("auto", "onnx")), ("fitted", "torch")],
)
def test_sixteen_threads_get_the_answers_of_one(kind: str, backend: str) -> None:
    """Each round opens the model afresh: what it works out when it is first asked is worked out by many at once."""
    alone = [asked(opened(kind, backend), thread) for thread in range(THREADS)]
    for _ in range(3):
        model, start = opened(kind, backend), Barrier(THREADS)

        def ask(thread: int, model: Model = model, start: Barrier = start) -> tuple[Any, Any]:
            start.wait()
            return asked(model, thread)

        with ThreadPoolExecutor(THREADS) as threads:
            together = list(threads.map(ask, range(THREADS)))
        for (answers, weights), (expected, expected_weights) in zip(together, alone, strict=True):
            assert answers == expected
            np.testing.assert_allclose(weights, expected_weights, rtol=1e-5, atol=1e-6)


def opened(kind: str, backend: str) -> Model:
    if kind != "fitted":
        return load(KEPT[kind], threads=1, backend=backend)
    tiny = {"model": {"hidden": 4, "embedding_dim": 4, "latent": (4,)}}
    model = TextClassifier(settings=tiny, epochs=1, baseline=False, threads=1, random_state=0)
    return model.fit(TEXTS, ["yes" if "dull" in text or "odd" in text else "no" for text in TEXTS]).fitted_.model()


def test_every_question_has_the_same_answer_type_loaded_or_not(tmp_path: Path) -> None:
    tiny = {"model": {"hidden": 4, "embedding_dim": 4, "latent": (4,)}, "training": {"validation": 0.4}}
    model = TextClassifier(settings=tiny, epochs=1, threads=1, random_state=0)
    model.fit(TEXTS, ["yes" if "dull" in text or "odd" in text else "no" for text in TEXTS])
    model.save(tmp_path / "model")
    opened = load(tmp_path / "model")
    questions: dict[str, tuple[Any, ...]] = {
        "scores": (),
        "predict": (),
        "predict_proba": (),
        "predict_set": (0.5,),
    }
    for question, more in questions.items():
        ours, theirs = (getattr(each, question)(TEXTS, *more) for each in (model, opened))
        assert type(ours) is type(theirs)
        if isinstance(ours, np.ndarray):
            assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    assert opened.predict(TEXTS, 0.9).dtype == object
    assert opened.classes_.tolist() == model.classes_.tolist() == ["no", "yes"]
