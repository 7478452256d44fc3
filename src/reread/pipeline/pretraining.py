"""Texts without labels → a pretrained network: prepare, train as a language model, measure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import compress, islice
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from reread.data.fingerprint import Fingerprint, FingerprintBuilder
from reread.data.split import split_rows, text_keys
from reread.errors import DataError, TrainingError
from reread.nn.language_model import CandidateSampler, LanguageModel
from reread.nn.model import build_model
from reread.pipeline.run import Run, last_step_at, out_of_time
from reread.pretrained import Pretrained, PretrainedConfig
from reread.recipes import Recipe
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.registry import unknown_name
from reread.scoring.backends.torch import use_threads
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.train.amount import by_rows, steps_an_epoch, texts_a_step
from reread.train.engine import use_engine
from reread.train.language_modelling import NextWords, Perplexity, Stretches, measure
from reread.train.listener import Listener
from reread.train.loop import Trainer
from reread.train.memory import enough_memory
from reread.version import __version__
from reread.wording import number_of

CANDIDATES = 1_000
PASSES, STRETCH = 5, 200  # over the texts; tokens of a stretch, at most
HELD_OUT, MOST_HELD_OUT = 0.05, 1_000  # of the texts, to measure the perplexity on
MEASURED_TOKENS = 20_000  # of these, at most: each is scored against every word of the vocabulary
LANGUAGE_SAMPLE = 1_000  # texts that decide the language
COUNTED = 1_000_000  # ids counted at a time
SAMPLE_TOKENS, ROUNDS = 500, 3  # by which the time of measuring is estimated
MEASURING = 0.1  # of a bounded run's time, at most: beyond that, fewer texts are measured
LEARNING = ("optimiser", "learning_rate", "weight_decay", "warmup", "decay", "clip", "ema", "batch_size", "seed")
MACHINE = ("threads", "device", "engine", "precision", "checkpoint_seconds")
SETTINGS = (*LEARNING, *MACHINE, "parts", "epochs", "steps", "minutes", "window")
"""The settings of a training that pretraining has."""
PARTS = ("embedding", "layers", "towards", "bias")
"""The parts of a language model, which ``training.parts`` can name."""
DROPOUTS = ("word_dropout", "embedding_dropout", "input_dropout", "recurrent_dropout", "weight_dropout")


@dataclass(frozen=True, kw_only=True)
class PretrainingPlan:
    """What to pretrain.

    Attributes:
        recipe: the network, its training as a language model, and its text settings.
        language: "zh", "en" or another with spaces between words; None: detected.
        candidates: among how many words each is predicted in training, on average.
    """

    recipe: Recipe
    language: str | None = None
    candidates: int = CANDIDATES

    def trained_by(self, settings: TrainingSettings) -> Self:
        """The plan with other settings of the training."""
        return replace(self, recipe=replace(self.recipe, training=settings))

    def to_config(self) -> dict[str, Any]:
        """The plan as JSON can write it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What a language model reads.

    Attributes:
        encoder: text → ids, with the vocabulary of the texts to train on.
        train: what it learns from.
        held_out: what its perplexity is measured on.
        counts: how often each token occurs in the texts to train on, the unknown one first; for each feature.
        fingerprint: of all texts.
        texts: to train on.
        tokens: of these.
    """

    encoder: TextEncoder
    train: Stretches
    held_out: Stretches
    counts: list[NDArray[np.int64]] = field(repr=False)
    fingerprint: Fingerprint
    texts: int
    tokens: int


def for_pretraining(recipe: Recipe) -> Recipe:
    """A recipe's network, without dropout, and what of its training is true of a language model too.

    The texts are many and read few times, so nothing is hidden from the network by default.
    """
    training = recipe.training
    kept = {name: getattr(training, name) for name in (*LEARNING, *MACHINE)}
    parts = {name: values for name, values in training.parts.items() if name in PARTS}
    settings = TrainingSettings(**kept, parts=parts, epochs=PASSES, window=STRETCH, patience=None, validation=0.0)
    shown: dict[str, Any] = dict.fromkeys(DROPOUTS, 0.0)
    return replace(recipe, model=replace(recipe.model, **shown), training=settings)


def check_settings(tables: dict[str, dict[str, Any]]) -> None:
    """Refuse settings that would change nothing.

    Raises:
        ConfigError: a table or a setting that pretraining does not have.
    """
    for name in tables:
        if name not in {"text", "model", "training"}:
            raise unknown_name("table of settings", name, ["text", "model", "training"])
    for name in tables.get("training", {}):
        if name not in SETTINGS:
            raise unknown_name("setting of training for a language model", name, sorted(SETTINGS))


def check_network(spec: ModelSpec) -> None:
    """Refuse a network that cannot be a language model, before the texts are read.

    Raises:
        ConfigError: the network cannot be built, or knows the words to predict.
    """
    with torch.random.fork_rng(devices=()):
        LanguageModel(build_model(spec, [1], 1), torch.ones(1))


def prepare_corpus(texts: Iterable[str], plan: PretrainingPlan, listener: Listener) -> Corpus:
    """Hold out some texts, count the vocabulary, and turn texts into ids.

    Args:
        texts: can be iterated several times; never all in memory.
        plan: what to pretrain.
        listener: is told how it goes.

    Raises:
        DataError: there are too few texts, or too few words in them.
    """
    training, note = plan.recipe.training, listener.on_note
    listener.on_stage("reading the texts")
    settings = _text_settings(texts, plan, listener)
    builder = FingerprintBuilder(("text",))
    keys = text_keys(_seen(texts, builder))
    held_out = split_rows(keys, fraction=min(HELD_OUT, MOST_HELD_OUT / len(keys)), seed=training.seed)
    listener.on_stage("counting the vocabulary")
    encoder = TextEncoder.learn(settings, compress(texts, ~held_out))
    if len(encoder.vocabularies[0]) == 1:
        raise DataError(f"no word occurs {settings.min_count} times; set text.min_count=1, or read more texts")
    listener.on_stage("turning texts into ids")
    encoded = encoder.encode_many(texts, threads=training.threads or 1)
    rows = np.flatnonzero(~held_out)
    measured = np.random.default_rng(training.seed).permutation(np.flatnonzero(held_out))
    train, watched = (Stretches(encoded, some, training.window) for some in (rows, measured))
    for some, what in ((train, "to train on"), (watched, "held out")):
        if not len(some):
            raise DataError(f"no text {what} has two tokens, so there is no next word to predict; read more texts")
    tokens = int(encoded.lengths[rows].sum())
    vocabulary = " and ".join(f"{len(each):,}" for each in encoder.vocabularies)
    note(f"{number_of(len(rows), 'text')} of {tokens:,} tokens to train on, {int(held_out.sum()):,} held out")
    note(f"vocabulary of {vocabulary} from them; {encoded.unknown_rate:.1%} of the tokens are not in it")
    return Corpus(
        encoder=encoder,
        train=train,
        held_out=watched.within(MEASURED_TOKENS),
        counts=_counts(encoder, encoded, held_out),
        fingerprint=builder.finish(),
        texts=len(rows),
        tokens=tokens,
    )


def _text_settings(texts: Iterable[str], plan: PretrainingPlan, listener: Listener) -> TextSettings:
    settings = dict(plan.recipe.text)
    language = plan.language or settings.pop("language", None)
    settings.pop("language", None)
    if language is None:
        language, detected = language_by_script(list(islice(texts, LANGUAGE_SAMPLE)))
        listener.on_note(detected)
    return TextSettings.for_language(language, **settings)


def _seen(texts: Iterable[str], builder: FingerprintBuilder) -> Iterator[str]:
    """The texts, added to their fingerprint on the way.

    Raises:
        DataError: there is none.
    """
    none = True
    for text in texts:
        builder.add(text, ())
        none = False
        yield text
    if none:
        raise DataError("no row has a text to learn from")


def _counts(encoder: TextEncoder, texts: EncodedTexts, left_out: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """How often each id occurs in all texts but some, for each feature."""
    counts = [np.zeros(len(vocabulary), dtype=np.int64) for vocabulary in encoder.vocabularies]
    for begin in range(0, len(texts.ids), COUNTED):
        _count(counts, texts.ids[begin : begin + COUNTED], 1)
    for row in np.flatnonzero(left_out).tolist():
        _count(counts, texts[row], -1)
    return counts


def _count(counts: list[NDArray[np.int64]], ids: NDArray[np.int32], times: int) -> None:
    for k, total in enumerate(counts):
        total[:] += times * np.bincount(ids[:, k], minlength=len(total))


def pretrain(corpus: Corpus, plan: PretrainingPlan, run: Run) -> Pretrained:
    """Train a language model and measure it.

    Args:
        corpus: what it reads.
        plan: what to pretrain, with the choices of the machine made.
        run: how it is carried out.

    Raises:
        ConfigError: the network cannot be built, or knows the words to predict.
        TrainingError: the loss is not finite, or the memory does not suffice.
    """
    threads = plan.recipe.training.threads or 1
    enough = enough_memory(TrainingError, "make batch_size, or a size of the network, smaller")
    with use_threads(threads), torch.random.fork_rng(devices=()), enough:
        return _pretrain(corpus, plan, run)


def _pretrain(corpus: Corpus, plan: PretrainingPlan, run: Run) -> Pretrained:
    settings, spec, counts = plan.recipe.training, plan.recipe.model, corpus.counts
    settings = by_rows(settings, len(corpus.train))
    run.listener.on_note(_amount(settings, len(corpus.train)))
    torch.manual_seed(settings.seed)
    words = torch.from_numpy(counts[0])
    model = LanguageModel(build_model(spec, [len(each) for each in counts], 1), words)
    model.to(settings.device)
    use_engine(model, settings.engine, settings.precision)
    sampler = CandidateSampler(words.to(settings.device), plan.candidates)
    held_out, last_step = _time_measuring(model, corpus, run)
    trainer = Trainer(
        model,
        NextWords(model, sampler),
        corpus.train.training_set(),
        None,
        settings,
        workers=run.workers,
        listener=run.listener,
        checkpoint=run.checkpoint,
        deadline=last_step,
    )
    if run.resume:
        trainer.resume()
    state = trainer.run()
    if state.stopped == "time":
        run.listener.on_note(f"the time is used up: training ends at step {state.step:,} of {trainer.planned:,}")
    run.listener.on_stage("measuring the perplexity of the texts held out")
    measured = measure(model, held_out, counts[0])
    return Pretrained(
        config=_config(
            corpus, plan.trained_by(replace(settings, steps=state.step)), measured, state.words, state.seconds
        ),
        encoder=corpus.encoder,
        counts=counts,
        weights={
            name: tensor.cpu().numpy()
            for name, tensor in model.state_dict().items()
            if name.startswith(("embedding.", "layers."))
        },
    )


def _amount(settings: TrainingSettings, stretches: int) -> str:
    """How much is trained, in one line."""
    size = texts_a_step(settings, stretches)
    steps = settings.epochs * steps_an_epoch(stretches, size) if settings.steps is None else settings.steps
    cut = f"{number_of(stretches, 'stretch', 'stretches')} of at most {settings.window} tokens"
    return f"{cut}, {size} a step, {number_of(settings.epochs, 'epoch')} ({number_of(steps, 'step')})"


def _time_measuring(model: LanguageModel, corpus: Corpus, run: Run) -> tuple[Stretches, float | None]:
    """The texts to measure, and when training must end for that, and for the folder to be written, by the deadline."""
    if run.deadline is None:
        return corpus.held_out, None
    sample, seconds = corpus.held_out.within(SAMPLE_TOKENS), []
    for _ in range(ROUNDS):
        started = time.monotonic()
        measure(model, sample, corpus.counts[0])
        seconds.append(time.monotonic() - started)
    a_token = min(seconds) / int(sample.lengths.sum())
    most = MEASURING * max(0.0, run.deadline - time.monotonic())
    held_out = corpus.held_out.within(int(most / a_token))
    saving = a_token * int(held_out.lengths.sum()) + run.kept_free(0, sum(each.numel() for each in model.parameters()))
    if out_of_time(run.deadline, saving):
        run.listener.on_note(
            f"no time is left for training: reading used it, and measuring and saving take about {saving:.0f} s; "
            "training stops after one step, and the command may end late"
        )
    return held_out, last_step_at(run.deadline, saving)


def _config(
    corpus: Corpus, plan: PretrainingPlan, measured: Perplexity, words: int, seconds: float
) -> PretrainedConfig:
    return PretrainedConfig(
        recipe=plan.recipe.name,
        model=asdict(plan.recipe.model),
        text=corpus.encoder.to_config(),
        texts=corpus.texts,
        tokens=corpus.tokens,
        words=words,
        sha256=corpus.fingerprint.sha256,
        perplexity=measured.model,
        unigram_perplexity=measured.unigram,
        predictions=measured.predictions,
        training=asdict(plan.recipe.training),
        candidates=plan.candidates,
        seconds=round(seconds, 2),
        reread=__version__,
    )
