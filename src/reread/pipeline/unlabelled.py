"""Texts without labels that a model may learn from: none that stands among the rows held out, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from reread.data.split import text_keys
from reread.data.store import TextStore
from reread.data.subset import Subset
from reread.errors import ConfigError
from reread.pipeline.prepare import Prepared, encode
from reread.recipes import Recipe
from reread.recipes.spec import TrainingSettings
from reread.train.objectives import objectives
from reread.train.state import Unlabelled
from reread.vectors.sources import WORD2VEC
from reread.wording import number_of

MOST = 50_000  # texts that are labelled and learned from, a sample if there are more
CHUNK = 1024  # texts looked at together


def check_unlabelled(recipe: Recipe, *, given: bool) -> None:
    """Refuse texts that nothing reads, and settings that need texts, before work on the data begins.

    Args:
        recipe: the settings.
        given: whether there are texts without targets.

    Raises:
        ConfigError: there are none, and a setting asks for them; or the other way round; or the objective learns
            nothing from them.
    """
    training = recipe.training
    readers = {
        "training.self_training": training.self_training,
        "training.unlabelled_batch": training.unlabelled_batch,
    }
    for name, value in readers.items():
        if value and not given:
            raise ConfigError(f"{name} = {value} without texts to learn from; name some with unlabelled")
    if training.unlabelled_batch and not objectives.get(training.objective).reads_unlabelled:
        able = " or ".join(name for name in objectives.names() if objectives.get(name).reads_unlabelled)
        raise ConfigError(
            f"training.unlabelled_batch = {training.unlabelled_batch}: the objective {training.objective} learns "
            f"nothing from texts without targets; set training.objective to {able}"
        )
    if given and recipe.vectors.source != WORD2VEC and not any(readers.values()):
        raise ConfigError(
            'nothing reads the unlabelled texts: set vectors.source = "word2vec", training.self_training=1, or '
            "training.objective=mixed with training.unlabelled_batch=64, or leave them out"
        )


def encoded_unlabelled(
    prepared: Prepared, settings: TrainingSettings, unlabelled: Iterable[str], note: Callable[[str], None]
) -> Unlabelled | None:
    """The ids of the texts that steps read beside the labelled ones; None if they read none."""
    if not settings.unlabelled_batch:
        return None
    texts = usable(prepared, unlabelled, settings.seed, note)
    if not len(texts):
        return None
    encoded = encode(texts, prepared.encoder, settings, unsaid)
    return Unlabelled(encoded, encoded.lengths, settings.unlabelled_batch, settings.unlabelled_weight)


def unsaid(note: str) -> None:
    """Takes a note that would only repeat what was said of the labelled rows."""
    del note


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
