"""What a language model reads → a pretrained network: train it, measure it."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, replace

import torch

from reread.errors import TrainingError
from reread.nn.language_model import CandidateSampler, LanguageModel
from reread.nn.model import build_model
from reread.pipeline.pretraining_corpus import Corpus
from reread.pipeline.pretraining_plan import PretrainingPlan
from reread.pipeline.run import Run, last_step_at, out_of_time
from reread.pretrained import Pretrained, PretrainedConfig
from reread.recipes.spec import TrainingSettings
from reread.scoring.backends.torch import use_threads
from reread.train.amount import by_rows, steps_an_epoch, texts_a_step
from reread.train.engine import use_engine
from reread.train.language_modelling import Perplexity, Stretches, WordPrediction, measure
from reread.train.loop import Trainer
from reread.train.memory import enough_memory
from reread.train.predictions import Prediction, build_prediction
from reread.version import __version__
from reread.wording import number_of

SAMPLE_TOKENS, ROUNDS = 500, 3  # by which the time of measuring is estimated
MEASURING = 0.1  # of a bounded run's time, at most: beyond that, fewer texts are measured


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
    plan = plan.predicting_in(corpus.texts, corpus.tokens)
    settings, spec, counts = plan.recipe.training, plan.recipe.model, corpus.counts
    settings = _within(by_rows(settings, len(corpus.train)), corpus, plan.most_tokens)
    torch.manual_seed(settings.seed)
    prediction = build_prediction(plan.predict, counts[0], plan.bag_size)
    run.listener.on_note(f"{_amount(settings, len(corpus.train))}; each state predicts {prediction.what}")
    words = torch.from_numpy(prediction.counts)
    model = LanguageModel(build_model(spec, [len(each) for each in counts], 1), words)
    model.to(settings.device)
    use_engine(model, settings.engine, settings.precision)
    sampler = CandidateSampler(words.to(settings.device), plan.candidates)
    held_out, last_step = _time_measuring(model, prediction, corpus, run)
    trainer = Trainer(
        model,
        WordPrediction(model, prediction, sampler),
        corpus.train.training_set(),
        None,
        settings,
        workers=run.workers,
        listener=run.listener,
        checkpoint=run.checkpoint,
        deadline=last_step,
    )
    if run.resume:
        trainer.resume("pretraining")
    state = trainer.run()
    if state.stopped == "time":
        run.listener.on_note(f"the time is used up: training ends at step {state.step:,} of {trainer.planned:,}")
    run.listener.on_stage("measuring the perplexity of the texts held out")
    measured = measure(model, prediction, held_out)
    return Pretrained(
        config=_config(
            corpus,
            replace(plan, bag_size=prediction.words).trained_by(replace(settings, steps=state.step)),
            measured,
            state.words,
            state.seconds,
        ),
        encoder=corpus.encoder,
        counts=counts,
        weights={
            name: tensor.cpu().numpy()
            for name, tensor in model.state_dict().items()
            if name.startswith(("embedding.", "layers."))
        },
    )


def _within(settings: TrainingSettings, corpus: Corpus, most: int | None) -> TrainingSettings:
    """The settings with fewer passes, or a part of one, if all would read more tokens."""
    if most is None or settings.epochs * corpus.tokens <= most:
        return settings
    epoch = steps_an_epoch(len(corpus.train), texts_a_step(settings, len(corpus.train)))
    part = min(1.0, most / corpus.tokens)
    return replace(settings, epochs=max(1, most // corpus.tokens), steps=None if part == 1 else math.ceil(part * epoch))


def _amount(settings: TrainingSettings, stretches: int) -> str:
    """How much is trained, in one line."""
    size = texts_a_step(settings, stretches)
    steps = settings.epochs * steps_an_epoch(stretches, size) if settings.steps is None else settings.steps
    cut = f"{number_of(stretches, 'stretch', 'stretches')} of at most {settings.window} tokens"
    return f"{cut}, {size} a step, {number_of(settings.epochs, 'epoch')} ({number_of(steps, 'step')})"


def _time_measuring(
    model: LanguageModel, prediction: Prediction, corpus: Corpus, run: Run
) -> tuple[Stretches, float | None]:
    """The texts to measure, and when training must end for that, and for the folder to be written, by the deadline."""
    if run.deadline is None:
        return corpus.held_out, None
    sample, seconds = corpus.held_out.within(SAMPLE_TOKENS), []
    for _ in range(ROUNDS):
        started = time.monotonic()
        measure(model, prediction, sample)
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
        predict=plan.predict,
        bag_size=plan.bag_size or 0,
        seconds=round(seconds, 2),
        reread=__version__,
    )
