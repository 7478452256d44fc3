"""Texts without labels that a model learns from: none that stands among the rows held out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reread.data.learnable import LearnableTexts
from reread.data.split import text_keys
from reread.data.store import TextStore
from reread.data.subset import Subset
from reread.pipeline.prepared import Prepared
from reread.train.listener import Note
from reread.wording import number_of

MOST = 50_000  # texts that are labelled and learned from, a sample if there are more


def learnable_texts(prepared: Prepared, unlabelled: Iterable[str], note: Note) -> LearnableTexts:
    """The texts but those of the rows held out; how many these are is said once."""

    def told(left_out: int) -> None:
        note(f"{number_of(left_out, 'unlabelled text')} left out, as the rows held out have them too")

    return LearnableTexts(unlabelled, text_keys(Subset(prepared.texts, prepared.validation)), told)


def new_texts(prepared: Prepared, unlabelled: LearnableTexts, seed: int, note: Note) -> TextStore:
    """The texts that are not among the training rows, each once; at most `MOST`, drawn by the seed.

    Reads them once, in bounded memory.
    """
    known = set(text_keys(Subset(prepared.texts, prepared.train)).tolist())
    random, kept = np.random.default_rng(seed), list[str]()
    new = 0
    for text, key in unlabelled.with_keys():
        if key in known:
            continue
        known.add(key)
        new += 1
        if len(kept) < MOST:
            kept.append(text)
        elif (place := int(random.integers(new))) < MOST:  # Vitter 1985, algorithm R
            kept[place] = text
    known_already = unlabelled.read - unlabelled.left_out - new
    same = f"; {number_of(known_already, 'text')} known already" if known_already else ""
    drawn = f"; a sample of {len(kept):,} is used" if new > len(kept) else ""
    note(f"{number_of(unlabelled.read, 'unlabelled text')}{same}{drawn}")
    return TextStore(kept)
