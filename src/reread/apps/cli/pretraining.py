"""What `reread pretrain` does: texts → a pretrained folder."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from reread import pretrained
from reread.apps.cli.arguments.pretrain import PretrainArguments
from reread.apps.cli.arguments.shared import given
from reread.apps.cli.console import TrainingView, errors, number_of, print_json, results
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.texts import TextFiles
from reread.apps.cli.training import kept_in, tell_lateness, tell_time
from reread.apps.cli.training_places import check_run, check_unfinished, out_folder
from reread.apps.cli.unlabelled import UnlabelledFiles
from reread.apps.cli.where import parse_where
from reread.errors import BundleError, RereadError
from reread.pipeline.machine_choices import resolve
from reread.pipeline.partial import PartialRun
from reread.pipeline.plan import AUTO
from reread.pipeline.pretraining import pretrain as pretrain_on
from reread.pipeline.pretraining_corpus import Corpus, prepare_corpus
from reread.pipeline.pretraining_plan import BAG, PretrainingPlan, check_network, check_settings, for_pretraining
from reread.pipeline.run import Run
from reread.pretrained import Pretrained
from reread.recipes import load_recipe, parse_settings
from reread.train.engine import described
from reread.train.listener import Progress
from reread.train.predictions import predictions
from reread.typing import override

SHOWN_EVERY = 10.0  # seconds, where there is no bar


def pretrain(arguments: PretrainArguments, invocation: Invocation) -> None:
    """Run the command."""
    out = out_folder(arguments.out, arguments.data, ".pretrained")
    partial = PartialRun(out)
    plan = plan_of(arguments)
    check_unfinished(out, partial, resume=arguments.resume)
    pretrained.refuse_existing(out, overwrite=arguments.overwrite)
    inputs = [*arguments.data, *arguments.test, arguments.recipe]
    check_run(out, partial, inputs, resume=arguments.resume, overwrite=arguments.overwrite)
    check_network(plan.recipe.model)
    files = TextFiles(
        arguments.data,
        text=arguments.text,
        where=parse_where(arguments.where),
        file_format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
    )
    test = TextFiles(
        arguments.test, text=arguments.text, encoding=arguments.encoding, separator=arguments.separator, strict=False
    )
    texts = UnlabelledFiles(files, test)
    minutes = plan.recipe.training.minutes
    deadline = None if minutes is None else invocation.started + 60 * minutes
    with PretrainingView(quiet=arguments.quiet, deadline=deadline) as view:
        tell_time(minutes, invocation.started, view)
        texts.tell_to(view.on_note, kind="")
        corpus = prepare_corpus(texts, plan, view)
        with partial.held():
            made = _pretrain(corpus, plan, partial, Run(listener=view, resume=arguments.resume, deadline=deadline))
            view.on_stage("writing the folder")
            try:
                pretrained.save_pretrained(made, out, overwrite=arguments.overwrite)
            except BundleError as error:
                raise BundleError(f"{error}; {kept_in(partial)}") from error
            partial.remove()
        tell_lateness(minutes, invocation.started, view)
    _print(made, out, time.monotonic() - invocation.started, as_json=arguments.as_json)


def plan_of(arguments: PretrainArguments) -> PretrainingPlan:
    """What the options ask for.

    Raises:
        ConfigError: a recipe or a setting that does not exist, or that pretraining does not have.
    """
    tables = parse_settings(arguments.settings)
    tables["training"] = {
        **tables.get("training", {}),
        **given(
            epochs=arguments.epochs,
            minutes=arguments.minutes,
            batch_size=arguments.batch_size,
            learning_rate=arguments.learning_rate,
            seed=arguments.seed,
            threads=arguments.threads,
            device=arguments.device,
        ),
    }
    check_settings(tables)
    bag = arguments.predict == AUTO and arguments.bag_size is not None
    predict = BAG if bag else arguments.predict
    if predict != AUTO:
        predictions.get(predict).check(arguments.bag_size)
    recipe = for_pretraining(load_recipe(arguments.recipe)).with_settings(tables)
    return PretrainingPlan(
        recipe=recipe,
        language=arguments.language,
        candidates=arguments.candidates,
        predict=predict,
        bag_size=arguments.bag_size,
    )


def _pretrain(corpus: Corpus, plan: PretrainingPlan, partial: PartialRun, run: Run) -> Pretrained:
    """Train, or continue an interrupted training; after an interrupt, the progress is kept."""
    if run.resume:
        plan = partial.resume(plan, corpus.fingerprint)
    else:
        plan = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model))
        partial.begin(plan, corpus.fingerprint)
    run.listener.on_note(described(plan.recipe.model, plan.recipe.training))
    run = replace(run, checkpoint=partial.checkpoint, resume=run.resume and partial.checkpoint.exists())
    try:
        return pretrain_on(corpus, plan, run)
    except (KeyboardInterrupt, RereadError) as error:
        if not partial.checkpoint.exists():
            partial.remove()  # nothing was learned yet: the next run starts afresh
        elif isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(kept_in(partial)) from error
        raise


def _print(made: Pretrained, out: Path, seconds: float, *, as_json: bool) -> None:
    config = made.config
    facts = {
        "pretrained": str(out),
        "words": len(made.vocabularies[0]),
        "texts": config.texts,
        "tokens": config.tokens,
        "perplexity": config.perplexity,
        "unigram_perplexity": config.unigram_perplexity,
        "predictions": config.predictions,
        "predict": config.predict,
        "bag_size": config.bag_size,
        "steps": config.training["steps"],
        "words_per_second": round(config.words / max(config.seconds, 1e-9)),
        "seconds": round(seconds, 2),
    }
    if as_json:
        print_json(facts)
        return
    shown = (
        "{pretrained}: {words:,} words, {trained} at {words_per_second:,} words/s, {seconds:.0f} s in all\n"
        "perplexity {perplexity:,.1f} on {predictions:,} {predicted} of texts held out; "
        "of the words' frequencies alone {unigram_perplexity:,.1f}"
    )
    bag = f"pairs of a state and one of its next {config.bag_size} words, frequent words counted less,"
    trained = number_of(config.training["steps"], "step")
    results.print(
        shown.format(**facts, trained=trained, predicted=bag if config.bag_size > 1 else "predictions of words")
    )


class PretrainingView(TrainingView):
    """Shows a pretraining: a bar on a terminal, elsewhere a line now and then.

    Args:
        quiet: show nothing.
        deadline: `time.monotonic` by which the command should end.
    """

    def __init__(self, *, quiet: bool, deadline: float | None) -> None:
        super().__init__(quiet=quiet)
        self._deadline = deadline
        self._shown = time.monotonic()
        self._first: tuple[int, float] | None = None  # steps and seconds before this process took a step

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        super().on_step(state, total_steps)
        now = time.monotonic()
        if self._first is None:
            self._first = state.step, now
        if errors.is_interactive or now - self._shown < SHOWN_EVERY or state.step == self._first[0]:
            return
        self._shown = now
        left = (now - self._first[1]) / (state.step - self._first[0]) * (total_steps - state.step)
        if self._deadline is not None:
            left = min(left, max(0.0, self._deadline - now))
        speed = state.words / max(state.seconds, 1e-9)
        self.on_note(
            f"step {state.step:,} of {total_steps:,}: loss {state.loss:.3f}, {speed:,.0f} words/s, "
            f"about {duration(left)} left"
        )


def duration(seconds: float) -> str:
    """A time for people."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:,.0f} min"
