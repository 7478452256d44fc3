"""The facts of a model, read from its folder: the model card and the report are two renderings of them.

What takes a sentence is a sentence here, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reread.baseline.learning_curve.curve import LearningCurve, told
from reread.bundle import LINEAR, NETWORK, STACK, BlendConfig, Config
from reread.bundle.postprocessors import postprocessors_from_config
from reread.pipeline.held_out import SIDES
from reread.pipeline.stacking import LEAST_HELD_OUT
from reread.scoring.decisions.learning import describe_thresholds
from reread.tasks import task_from_config
from reread.wording import Metrics, figure, listed, name_of, number, number_of, of_each_feature


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """The facts of a model.

    Attributes:
        task: the task's name.
        language: of the texts, such as "en" or "zh".
        classes: its classes; empty if it answers with numbers only.
        network: what it is, in sentences.
        figures: metrics on the rows held out of its training, by what answered: stack, network, linear baseline.
        held_out: what kind of rows those are, in a sentence.
        data: what it was trained on, as names and values.
        training: how it was trained, as names and values.
        notes: sentences for readers of its figures: about its members, its speed, lower precisions, word vectors.
        curve: a record for each evaluation while it trained: step, epoch, loss and metrics.
        best_step: the step whose weights were kept.
        headline: the metric that chose that step.
        version: of the reread that made it.
        learning_curves: what more labels would bring, for each target.
    """

    task: str
    language: str
    classes: Sequence[str]
    network: str
    figures: Mapping[str, Metrics]
    held_out: str
    data: Mapping[str, str]
    training: Mapping[str, str]
    notes: Sequence[str]
    curve: Sequence[Mapping[str, Any]]
    best_step: int
    headline: str
    version: str
    learning_curves: Sequence[LearningCurve] = ()


NAMED = 20  # labels, at most


def model_facts(config: Config, metrics: Mapping[str, Any]) -> ModelFacts:
    """Read the facts of a model out of its config.json and metrics.json; what an older folder lacks is left out."""
    task, recipe = config.task, config.recipe
    curves = [LearningCurve.from_config(each) for each in metrics.get("learning_curve", ())]
    notes = (
        _blend(config.blend),
        _members(config, metrics),
        _self_trained(metrics),
        *_sure(config, metrics),
        *told(curves, network=config.answers != LINEAR and bool((config.members or {}).get(NETWORK))),
        _speed(metrics.get("scoring") or {}),
        _precisions(metrics.get("precision") or {}),
        _vectors(config.vectors),
        _pretrained(config.pretrained),
    )
    return ModelFacts(
        task=task["task"],
        language=config.text["language"],
        classes=[str(label) for label in task.get("classes", ())],
        network=f"Network: {recipe.name}. {recipe.summary}. Source: {recipe.source}.",
        figures=_by_answer(config, metrics),
        held_out=_held_out(config.data.validation_rows),
        data=_data(config),
        training=_training(config, metrics),
        notes=[note for note in notes if note],
        curve=metrics.get("curve", ()),
        learning_curves=curves,
        best_step=metrics.get("best_step", 0),
        headline=next(iter(metrics["validation"]), ""),
        version=config.reread,
    )


def _held_out(rows: int) -> str:
    if not rows:
        return "No rows were held out of the training file: its quality is unknown."
    return f"On {number_of(rows, 'row')} held out of the training file, which were also used to decide when to stop."


def _data(config: Config) -> dict[str, str]:
    data = config.data
    targets = [f"{target.column} ({target.task})" for target in config.targets.values()]
    return {
        "rows trained on": f"{data.train_rows:,}",
        **({"texts labelled by itself": f"{data.taught_rows:,}"} if data.taught_rows else {}),
        "rows held out": f"{data.validation_rows:,}",
        "characters": f"{data.characters:,}",
        "column with the texts": config.text_column,
        "columns with the targets": listed(targets),
        "words are found as in": config.text["language"],
        "vocabulary": of_each_feature([f"{size:,}" for size in data.vocabulary], ""),
        "unknown words": f"{data.unknown_rate:.1%}",
        "SHA-256 of the rows": data.sha256,
    }


def _training(config: Config, metrics: Mapping[str, Any]) -> dict[str, str]:
    settings = config.training
    augment = ", ".join(settings.get("augment", {}))
    names = ("engine", "precision", "device", "threads", "seed", "batch_size", "learning_rate", "objective")
    return {
        "recipe": config.recipe.name,
        "steps": f"{metrics.get('steps', 0):,}",
        "best step": f"{metrics.get('best_step', 0):,}",
        "stopped because": name_of(metrics.get("stopped") or "all steps were done"),
        "seconds": f"{metrics.get('seconds', 0):,.0f}",
        "words a second": f"{metrics.get('words_per_second', 0):,}",
        **{name_of(name): str(settings[name]) for name in names if settings.get(name) is not None},
        **({"augmentation": augment} if augment else {}),
    }


def _by_answer(config: Config, metrics: Mapping[str, Any]) -> dict[str, Metrics]:
    """The figures on the rows held out by what answered; what answers by default comes first."""
    figures = {
        STACK: metrics.get("stack", metrics.get("blend")),
        NETWORK: metrics.get("network", metrics["validation"]),
        LINEAR: metrics["baseline"],
    }
    first = config.answers
    if config.members is not None and not config.members[NETWORK]:  # the stack is the linear member
        first = LINEAR if first == STACK else first
        del figures[STACK]
    order = dict.fromkeys([first, *figures])
    return {SIDES[name]: figures[name] for name in order if figures[name]}


def _members(config: Config, metrics: Mapping[str, Any]) -> str:
    """What answers, and what the rows held out say for it."""
    members, answer, rows = config.members, config.answers, config.data.validation_rows
    if members is None:
        return ""
    gain, error = metrics.get("gain") or (0.0, 0.0)
    sentence = members_sentence(answer, members, (gain, error), rows, offset=config.offset)
    network_alone = answer == NETWORK or (answer == STACK and not members[LINEAR])
    if not rows or (network_alone and not config.offset):
        return sentence
    if not linear_learned_all(config, metrics):
        return f"{sentence} The linear member learned from {metrics['baseline_rows']:,} rows, none of them held out."
    return f"{sentence} The linear member learned from the rows held out afterwards; the figures are from before."


def linear_learned_all(config: Config, metrics: Mapping[str, Any]) -> bool:
    """Whether the linear member was trained again with the rows held out, after these had been used for all choices."""
    learned = metrics.get("baseline_rows")
    return bool(config.data.validation_rows) and (learned is None or learned >= config.data.rows)


def _self_trained(metrics: Mapping[str, Any]) -> str:
    """What texts without labels gave the linear member."""
    texts = metrics.get("baseline_unlabelled")
    if not texts:
        return ""
    return (
        f"The linear member learned from {number_of(texts, 'text')} without labels too: one like it labelled them, and "
        "cross-validation was better with them."
    )


def members_sentence(
    answer: str, weights: Mapping[str, float], gain: tuple[float, float], rows: int, *, offset: bool
) -> str:
    """Which members answer, with what weight, and why.

    Args:
        answer: what answers.
        weights: of network and linear member in the stack.
        gain: by how much the stack's loss on the rows held out is below the linear member's, and the standard error.
        rows: how many rows were held out.
        offset: whether the network's scores come on top of the linear member's.
    """
    network, linear = weights[NETWORK], weights[LINEAR]
    if answer != STACK:
        return f"The {'network' if answer == NETWORK else 'linear member'} answers alone, as was asked for."
    if not network and rows < LEAST_HELD_OUT:
        few = number_of(rows, "row")
        verb = "is" if rows == 1 else "are"
        return f"The linear member answers alone: {few} held out {verb} too few to judge the network by."
    if not network:
        return (
            "The linear member answers alone: the rows held out do not show that a share of the network clearly lowers "
            "its loss and makes no other figure worse."
        )
    better = f"loss on the rows held out is {gain[0]:.3g} below the linear member's (standard error {gain[1]:.2g})"
    if offset:
        what = "what the network adds" if not linear else f"{network:.0%} of what the network adds"
        return f"The linear member answers with {what}{f'; their {better}' if gain[0] else ''}."
    if not linear:
        return f"The network answers alone: {f'its {better}' if gain[0] else 'the linear member learns no quantiles'}."
    why = f"; their {better}" if rows else ", as no rows were held out to weigh them"
    return f"The stack answers: {network:.0%} network and {linear:.0%} linear member{why}."


def _blend(weights: BlendConfig | None) -> str:
    if not weights:
        return ""
    return (
        f"It answers with the blend: {weights.network:.2f} times the network's answer and "
        f"{weights.baseline:.2f} times the "
        "linear baseline's. The rows held out chose the weights too: expect a little less of it on new "
        "texts. The baseline learned "
        "from them afterwards; its figures are from before."
    )


def _sure(config: Config, metrics: Mapping[str, Any]) -> Iterator[str]:
    """How its probabilities were calibrated, and its decision thresholds."""
    part = config.answers
    postprocessor = postprocessors_from_config(config, metrics, task_from_config(config.task))[part]
    after = next(iter(_by_answer(config, metrics).values()), {})
    before = metrics.get("uncalibrated", {}).get("blend" if config.blend else part, {})
    changes = [
        f"{name_of(name)} {number(before[name])} became {number(after[name])}"
        for name in after
        if name in before and name.rpartition(".")[2] in {"log_loss", "calibration_error"}
    ]
    if postprocessor.calibrated_by() and changes:
        yield (
            f"Its probabilities are calibrated on the rows held out ({postprocessor.calibrated_by()}): "
            f"{', '.join(changes)}. The "
            "figures are those of calibrated answers, on the rows that also stopped the training: "
            "expect a little less of both on new texts."
        )
    if config.decision:
        yield (
            "It gives a class or a label where its probability is high enough, chosen on these rows too by the rule "
            f"{config.decision['rule']}: {describe_thresholds(postprocessor.task)}."
        )


def _speed(measured: Mapping[str, Any]) -> str:
    """How fast it answers, as it was measured after the training."""
    if not measured:
        return ""
    return (
        f"On one core it answers {measured['texts_per_second']:,.10g} texts a second, of "
        f"{number_of(measured['characters'], 'character')} on average ({measured['machine']})."
    )


def _precisions(stated: Mapping[str, Mapping[str, Any]]) -> str:
    if not stated:
        return ""
    changes = [
        f"{name} changed {each['changed']:.2%} of the answers there, {each['metric']} "
        f"{figure(each['metric'], each['found'])} instead of {figure(each['metric'], each['exact'])}"
        for name, each in stated.items()
    ]
    return f"In a lower precision the network answers faster: {'; '.join(changes)}."


def _vectors(vectors: Mapping[str, Any] | None) -> str:
    if not vectors:
        return ""
    counts = of_each_feature([f"{known:,} of {words:,}" for known, words in vectors["words_with_vector"]])
    trained = (
        f"{vectors['algorithm']} trained on {vectors['tokens']:,} tokens"
        if "tokens" in vectors
        else ", ".join(vectors[fact] for fact in ("source", "licence") if fact in vectors)
    )
    kept = ", which training left as they were" if vectors["frozen"] else ""
    return f"{counts} of its vocabulary started from word vectors ({trained}){kept}."


def _model_before(start: Mapping[str, Any]) -> str:
    words = of_each_feature([f"{known:,} of {every:,}" for known, every in start["words_taken_over"]])
    over, new = (listed(start[which], NAMED) for which in ("labels_taken_over", "labels_new"))
    last = "the last layer" if start["scores_taken_over"] else ""
    parts = ["its recurrence", "its pooling", *([f"{last} for {over}" if over else last] if last else [])]
    fresh = f"; the last layer for {new} is new" if last and new else "" if last else "; the last layer is new"
    linear = " Its linear member learned from the scores of that model's linear member." if start["linear"] else ""
    return (
        f"{words} of its vocabulary, {', '.join(parts[:-1])} and {parts[-1]} started from the model "
        f"{start['model']}, which was trained on {number_of(start['rows'], 'row')}{fresh}.{linear}"
    )


def _pretrained(start: Mapping[str, Any] | None) -> str:
    if not start:
        return ""
    if "model" in start:
        return _model_before(start)
    words = of_each_feature([f"{known:,} of {words:,}" for known, words in start["words_taken_over"]])
    return (
        f"{words} of its vocabulary and its recurrence started from a {_predicting(start)} of "
        f"{start['texts']:,} texts without labels ({start['tokens']:,} tokens; perplexity {start['perplexity']:,.1f} "
        f"on texts held out, of the words' frequencies alone {start['unigram_perplexity']:,.1f}){_when(start)}."
    )


def _predicting(start: Mapping[str, Any]) -> str:
    size = start.get("bag_size", 1)  # folders of earlier versions do not name it
    return "language model" if size == 1 else f"model that predicts which words are among the next {size},"


def _when(start: Mapping[str, Any]) -> str:
    """That the run itself pretrained it, and on what."""
    if "minutes" not in start:
        return ""
    return (
        f", which was trained first, for {start['minutes']:g} minutes ({start['steps']:,} steps), on the texts of the "
        "training rows and those without labels"
    )
