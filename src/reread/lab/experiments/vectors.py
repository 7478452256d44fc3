"""The word vectors of an experiment: trained once, kept with a checksum, shared by all runs that start from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from reread.lab.experiments.experiment import Experiment
from reread.lab.experiments.experiment_data import ExperimentData
from reread.locks import lock
from reread.recipes import Recipe
from reread.recipes.spec import VectorSettings
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.vectors.files import read_vectors
from reread.vectors.files.safetensors import save_vectors
from reread.vectors.sentences import Sentences
from reread.vectors.sources import WORD2VEC, vector_source
from reread.vectors.word2vec import train_word2vec

Note = Callable[[str], None]


@dataclass(frozen=True)
class Vectors:
    """A file of word vectors, or their name."""

    path: Path
    checksum: str


def vectors_of(
    experiment: Experiment,
    experiment_data: ExperimentData,
    recipe: Recipe,
    note: Note,
    on_progress: Callable[[int, int], None],
) -> Vectors | None:
    """The vectors that a recipe starts from, trained if the file is missing; None: random numbers.

    The corpus is the training texts, and the unlabelled ones that are not in test. One file serves all recipes with the
    same text and vector settings, whatever their seed: its name is a hash of both.

    Raises:
        DataError: no word is frequent enough, or the file is incomplete.
    """
    settings = recipe.vectors
    if settings.source is None:
        return None
    if settings.source != WORD2VEC:
        return Vectors(Path(settings.source), vector_source(settings.source).read().checksum())
    language = experiment.data.language or detect_language(experiment_data.train.texts)
    text = TextSettings.for_language(
        language, **{key: value for key, value in recipe.text.items() if key != "language"}
    )
    settings = replace(
        settings,
        dim=settings.dim or recipe.model.embedding_dim,
        min_count=settings.min_count or text.min_count,
        seed=settings.seed or 0,
    )
    key = json.dumps([changed(text), changed(settings), experiment_data.identity()], sort_keys=True)
    path = experiment.folder / "vectors" / f"{hashlib.sha256(key.encode()).hexdigest()[:12]}.safetensors"
    with lock(experiment.folder / ".locks", path.stem, wait=True):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            texts = Texts(experiment_data)
            workers = 1 if settings.deterministic else None
            sentences = Sentences(texts, TextEncoder(text))
            save_vectors(train_word2vec(sentences, settings, workers, on_progress, note=note), path)
    return Vectors(path, read_vectors(path).checksum())


def changed(settings: TextSettings | VectorSettings) -> dict[str, Any]:
    """The settings that differ from the defaults, so that a new setting changes no key."""
    plain = asdict(type(settings)())
    return {name: value for name, value in asdict(settings).items() if value != plain[name]}


class Texts:
    """The texts of the corpus; can be read many times."""

    def __init__(self, experiment_data: ExperimentData) -> None:
        self._experiment_data = experiment_data

    def __iter__(self) -> chain[str]:
        return chain(self._experiment_data.train.texts, self._experiment_data.unlabelled)
