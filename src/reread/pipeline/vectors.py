"""Word vectors: trained or read, kept for a resumed run, put into the network's tables, given to the linear member."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reread.baseline.limits import MAX_WEIGHTS
from reread.baseline.mean_vectors import MOST_WORDS, GivenVectors
from reread.data.learnable import LearnableTexts
from reread.data.subset import Subset
from reread.errors import ConfigError, DataError
from reread.pipeline.plan import AUTO, Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.progress import progress_notes
from reread.pipeline.run import Run
from reread.pipeline.unlabelled import BY_ITSELF, LEAST_MINUTES, Drawn
from reread.recipes import Recipe
from reread.recipes.spec import VectorSettings
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.segmenters import segmenters
from reread.text.vocabulary import Vocabulary
from reread.train.start import Start, build_start
from reread.train.start.base import has_read_much
from reread.vectors.files import read_vectors
from reread.vectors.files.safetensors import save_vectors
from reread.vectors.sentences import Sentences
from reread.vectors.sources import WORD2VEC, vector_source
from reread.vectors.word2vec import (
    check_reduce,
    check_settings,
    train_word2vec,
)
from reread.vectors.word_vectors import WordVectors
from reread.wording import of_each_feature

SHARE = 0.5  # of a run's remaining time that word2vec may take


def check_vectors(recipe: Recipe, kept: Path | None) -> None:
    """Refuse vectors that are not available, before work on the data begins.

    Args:
        recipe: the recipe that names them.
        kept: the file of an interrupted run's vectors.

    Raises:
        ConfigError: settings that contradict each other or the network.
        DataError: there is no such file, it holds no vectors, or named ones were not fetched.
        MissingExtraError: named ones come with a package that is not installed.
    """
    settings, dim = recipe.vectors, recipe.model.embedding_dim
    if settings.frozen and settings.source is None:
        raise ConfigError(
            "vectors.frozen = true would leave the random initial vectors untrained; name vectors with vectors.source"
        )
    if settings.reduce is not None and settings.source is None:
        raise ConfigError(
            f"vectors.reduce = {settings.reduce} without vectors to reduce; name them with vectors.source"
        )
    if settings.source is None or (kept is not None and kept.exists()):
        return
    if settings.source == WORD2VEC:
        check_settings(settings)
        vector_dim, place = settings.dim or dim, f"vectors.dim = {settings.dim}"
    else:
        vector_dim = vector_source(settings.source).dim()
        place = f"{settings.source} holds vectors of {vector_dim} numbers"
        check_reduce(settings, vector_dim)
    if settings.reduce is not None:
        vector_dim, place = settings.reduce, f"vectors.reduce = {settings.reduce}"
    if vector_dim != dim:
        raise ConfigError(f"{place}, but model.embedding_dim = {dim}; set model.embedding_dim={vector_dim}")


def for_many_tokens(plan: Plan, prepared: Prepared) -> Plan:
    """The plan with word2vec's vectors if nothing says what the network starts from, and the training rows suffice.

    A short run has no time for them, and its plan says so, for whoever repeats it without a time limit.

    Args:
        plan: as the user set it.
        prepared: the rows.
    """
    settings, minutes = plan.recipe.vectors, plan.recipe.training.minutes
    if settings.source is not None or settings.least_tokens is None or prepared.origin is not None:
        return plan
    if int(prepared.encoded.lengths[prepared.train].sum()) < settings.least_tokens:
        return plan
    if minutes is not None and minutes < LEAST_MINUTES:
        return replace(plan, recipe=replace(plan.recipe, vectors=replace(settings, least_tokens=None)))
    return replace(plan, recipe=replace(plan.recipe, vectors=replace(settings, **BY_ITSELF)))


def starting_vectors(
    prepared: Prepared, plan: Plan, run: Run, unlabelled: LearnableTexts | None, drawn: Drawn | None
) -> WordVectors | None:
    """The vectors that a run has; None if the recipe starts from random numbers.

    They are those of the vocabulary's words; word2vec's of the most frequent other words too, for the linear member.

    If the run keeps vectors in a file, they are written there once; the other workers and a resumed run read them.

    Args:
        prepared: the rows.
        plan: names the source.
        run: how the training is carried out.
        unlabelled: texts that word2vec learns from besides the training rows.
        drawn: some of them, which suffice where ``vectors.epochs`` is auto.

    Raises:
        DataError: the file is incomplete, no word of the corpus is frequent enough, or no word of the vocabulary has
            a vector; where ``vectors.epochs`` is auto, that is only noted.
        MissingExtraError: gensim is not installed.
    """
    if plan.recipe.vectors.source is None:
        return None
    run.listener.on_stage("word vectors")
    note = run.listener.on_note
    if drawn is not None and plan.recipe.vectors.epochs == AUTO:
        drawn()  # what is wrong with their file ends the run
    try:
        vectors = _made_or_kept(prepared, plan, run, unlabelled, drawn)
        covered = _covered(vectors, prepared)
    except DataError as error:
        if plan.recipe.vectors.epochs != AUTO:
            raise
        note(f"no word vectors, and the network starts from random numbers: {error}")
        return None
    note(f"word vectors for {covered} of the vocabulary{', frozen' if plan.recipe.vectors.frozen else ''}")
    return vectors


def _made_or_kept(
    prepared: Prepared, plan: Plan, run: Run, unlabelled: LearnableTexts | None, drawn: Drawn | None
) -> WordVectors:
    kept = run.vectors
    if kept is None:
        return _make(prepared, plan, run, unlabelled, drawn)
    try:
        if run.workers.leads:
            if kept.exists():
                run.listener.on_note("the word vectors were made before")
            else:
                save_vectors(_make(prepared, plan, run, unlabelled, drawn), kept)
    finally:
        run.workers.agree(stop=False)  # the others wait here for the file
    return read_vectors(kept)


def _covered(vectors: WordVectors, prepared: Prepared) -> str:
    """How many words of the vocabulary have a vector, in words.

    Raises:
        DataError: none has.
    """
    counts = coverage(vectors, prepared.encoder.vocabularies)
    covered = of_each_feature([f"{known:,} of {words:,}" for known, words in counts])
    if not any(known for known, _ in counts):
        raise DataError(
            f"{covered} of the vocabulary have a vector; were the vectors trained on texts that were "
            "split into words differently?"
        )
    return covered


def given_vectors(prepared: Prepared, plan: Plan, trained: WordVectors | None = None) -> GivenVectors | None:
    """The vectors for the linear member: word2vec's, a pretrained network's, or a file's; None if there are none.

    Words of no training row are among them: what is learned of a word's neighbours is true of it too.

    Args:
        prepared: the rows.
        plan: names the source.
        trained: what word2vec has made; None: nothing yet.

    Raises:
        DataError: the file is damaged.
    """
    source, settings = plan.recipe.vectors.source, prepared.encoder.settings
    most = min(MOST_WORDS, MAX_WEIGHTS // prepared.task.size)
    learned = prepared.origin.word_vectors if trained is None and prepared.origin is not None else trained
    if learned is not None and source in {None, WORD2VEC}:
        single = one_feature(settings)
        encoder = TextEncoder(single)
        words = [word for word in learned.words if encoder.tokens(word) == [word]]  # not pairs of them
        return GivenVectors.of(learned.restricted(words[:most]), single)
    if source in {None, WORD2VEC}:
        return None
    file = vector_source(str(source))
    own = TextSettings.for_language(settings.language, **{"segmenter": "words", **file.text()})
    return GivenVectors.of(file.first(most), own)


def one_feature(settings: TextSettings) -> TextSettings:
    """The same tokens, without the n-grams that they form."""
    pairs = segmenters.get(settings.segmenter).ngrams > 1
    return replace(settings, ngrams=1, segmenter="characters" if pairs else settings.segmenter)


def in_vocabulary(vectors: WordVectors | None, prepared: Prepared) -> WordVectors | None:
    """Those of the words that the network knows."""
    return None if vectors is None else vectors.restricted(_known(prepared))


def _known(prepared: Prepared) -> dict[str, None]:
    return dict.fromkeys(token for vocabulary in prepared.encoder.vocabularies for token in vocabulary.tokens)


def _make(
    prepared: Prepared, plan: Plan, run: Run, unlabelled: LearnableTexts | None, drawn: Drawn | None
) -> WordVectors:
    """Trained or read, with their source in ``meta``."""
    settings, encoder, wanted = plan.recipe.vectors, prepared.encoder, _known(prepared)
    about: Mapping[str, Any]
    if settings.source not in {None, WORD2VEC}:
        file = vector_source(str(settings.source))
        about = {**file.about, "sha256": file.fingerprint()}
        vectors = file.read(wanted.keys())
    else:
        now, deadline, note = time.monotonic(), run.deadline, run.listener.on_note
        more = drawn() if drawn is not None and settings.epochs == AUTO else unlabelled
        vectors = train_word2vec(
            Sentences(corpus_texts(prepared, more), encoder),
            word2vec_settings(plan, encoder.settings.min_count),
            plan.recipe.training.threads,
            progress_notes(note, "word2vec", "tokens"),
            note=note,
            deadline=None if deadline is None else now + SHARE * (deadline - now),
        )
        about = {"source": WORD2VEC}
        wanted |= dict.fromkeys(vectors.words[:MOST_WORDS])
    known_vectors = replace(vectors.restricted(wanted), meta={**vectors.meta, **about})
    return known_vectors if settings.reduce is None else known_vectors.reduced(settings.reduce)


def word2vec_settings(plan: Plan, min_count: int) -> VectorSettings:
    """How word2vec learns: what the plan leaves open is the network's, or the training's."""
    settings, training = plan.recipe.vectors, plan.recipe.training
    return replace(
        settings,
        dim=settings.dim or (plan.recipe.model.embedding_dim if settings.reduce is None else None),
        min_count=settings.min_count or min_count,
        seed=training.seed if settings.seed is None else settings.seed,
    )


def corpus_texts(prepared: Prepared, unlabelled: Iterable[str] | None) -> Iterator[str]:
    """The texts of the training rows, then the unlabelled ones.

    Texts that self-training added to the rows are read among the unlabelled ones only.
    """
    rows = prepared.train[: len(prepared.train) - prepared.taught]
    yield from Subset(prepared.texts, rows if unlabelled is not None else prepared.train)
    if unlabelled is not None:
        yield from unlabelled


def coverage(vectors: WordVectors, vocabularies: Sequence[Vocabulary]) -> list[tuple[int, int]]:
    """For each vocabulary, how many of its words have a vector, and how many there are."""
    return [(sum(token in vectors for token in known.tokens), len(known.tokens)) for known in vocabularies]


def vector_facts(vectors: WordVectors | None, prepared: Prepared, settings: VectorSettings) -> dict[str, Any]:
    """The entry in the model folder about the vectors that its network started from; empty if there are none."""
    if vectors is None:
        return {}
    words = [list(counts) for counts in coverage(vectors, prepared.encoder.vocabularies)]
    return {**vectors.meta, "checksum": vectors.checksum(), "words_with_vector": words, "frozen": settings.frozen}


def start_of(vectors: WordVectors | None, prepared: Prepared, plan: Plan) -> Start:
    """The start of the network: these vectors, or random weights if there are none."""
    if vectors is None:
        return build_start("random")
    tables = [vectors.rows_for(vocabulary.tokens) for vocabulary in prepared.encoder.vocabularies]
    scale = float(vectors.matrix.std())
    read = (vectors.meta.get(name, 0) for name in ("tokens", "trained_tokens"))  # fewer if the time was used up
    slow = has_read_much(min(read))  # published vectors do not say, and have read other texts
    return build_start("vectors", tables=tables, scale=scale, frozen=plan.recipe.vectors.frozen, slow=slow)
