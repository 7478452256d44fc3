"""Texts without labels that a model may learn from: none that stands among the rows held out, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from reread.data.split import text_keys
from reread.data.store import TextStore
from reread.data.subset import Subset
from reread.pipeline.prepare import Prepared
from reread.wording import number_of

MOST = 50_000  # texts that are labelled and learned from, a sample if there are more
CHUNK = 1024  # texts looked at together


def usable(prepared: Prepared, unlabelled: Iterable[str], seed: int, note: Callable[[str], None]) -> TextStore:
    """The texts to learn from, at most `MOST`, drawn by the seed; reads them once, in bounded memory.

    Args:
        prepared: the rows: those held out must not be among the texts, those trained on need not be.
        unlabelled: the texts, of any number.
        seed: of the sample.
        note: is told what was dropped.
    """
    held_out = text_keys(Subset(prepared.texts, prepared.validation))
    known = set(text_keys(Subset(prepared.texts, prepared.train)).tolist())
    random, kept = np.random.default_rng(seed), list[str]()
    read = leaks = new = 0
    for text, key, leaked in _with_keys(unlabelled, held_out):
        read, leaks = read + 1, leaks + leaked
        if leaked or key in known:
            continue
        known.add(key)
        new += 1
        if len(kept) < MOST:
            kept.append(text)
        elif (place := int(random.integers(new))) < MOST:  # Vitter 1985, algorithm R
            kept[place] = text
    dropped = f"; {number_of(leaks, 'text')} dropped that {'stands' if leaks == 1 else 'stand'} among the rows held out"
    same = f"; {number_of(read - leaks - new, 'text')} known already" if read - leaks > new else ""
    drawn = f"; a sample of {len(kept):,} is used" if new > len(kept) else ""
    note(f"{number_of(read, 'unlabelled text')}{dropped if leaks else ''}{same}{drawn}")
    return TextStore(kept)


def _with_keys(texts: Iterable[str], held_out: NDArray[np.uint64]) -> Iterator[tuple[str, int, bool]]:
    """Each text, its key, and whether it is held out."""
    for chunk in _chunks(texts):
        keys = text_keys(chunk)
        yield from zip(chunk, keys.tolist(), np.isin(keys, held_out).tolist(), strict=True)


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
