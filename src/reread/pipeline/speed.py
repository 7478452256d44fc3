"""How many texts a second a finished model answers on one core."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from reread.data.examples import Examples
from reread.data.subset import Subset
from reread.machine import machine
from reread.model.base import Model
from reread.pipeline.fitted import Fitted

TEXTS = 8192  # at most that are answered at once
ENOUGH = 100  # rows held out; if there are fewer, training rows are answered too
FIRST = 4  # texts, however long they take
SECONDS = 0.4  # on the clock; the speed is by the processor's time, which other programs change least
RESOLUTION = time.get_clock_info("process_time").resolution


def texts_to_time(fitted: Fitted, examples: Examples) -> Sequence[str]:
    """Texts held out of the training in random order, again and again; if they are too few, all texts."""
    held_out = np.zeros(0, np.int64) if fitted.held_out is None else fitted.held_out.rows
    rows = held_out if len(held_out) >= ENOUGH else np.arange(len(examples))
    return Subset(examples.texts, np.resize(np.random.default_rng(0).permutation(rows), TEXTS))


def scoring_speed(model: Model, texts: Sequence[str]) -> dict[str, Any]:
    """Answer more and more texts at once until the time is over; the last call says how fast.

    Args:
        model: what answers, on one thread.
        texts: to answer, at least one.

    Returns:
        ``texts_per_second``, the number of ``texts`` in that call, their mean length in ``characters``, and the
        ``machine``.
    """
    model.predict(list(texts[:1]))  # the first call also fills tables
    size, end = min(FIRST, len(texts)), time.perf_counter() + SECONDS
    while True:
        some = list(texts[:size])
        started, spent = time.perf_counter(), time.process_time()
        model.predict(some)
        now, spent = time.perf_counter(), time.process_time() - spent
        if size == len(texts) or now + 2 * (now - started) > end:
            break
        size = min(2 * size, len(texts))
    return {
        "texts_per_second": float(f"{size / max(spent, RESOLUTION):.3g}"),
        "texts": size,
        "characters": round(sum(map(len, some)) / size),
        "machine": machine(),
    }
