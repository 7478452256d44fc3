"""Examples → the input of training: task, split, vocabulary from training rows, ids."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.fingerprint import Fingerprint
from reread.data.soft_labels import Shares, as_matrix
from reread.data.split import split_rows, text_keys
from reread.data.subset import Subset, take
from reread.errors import ConfigError, DataError
from reread.ids import UNKNOWN
from reread.machine import available_cores
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.pretrained import check_fits, grown, grown_settings
from reread.pretrained import Pretrained, read_pretrained
from reread.recipes.spec import TrainingSettings
from reread.tasks import Task, tasks
from reread.tasks.class_task import has_classes
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import language_by_script
from reread.train.listener import Listener, Note
from reread.vectors.sources import WORD2VEC, vector_source
from reread.wording import number_of

HELD_OUT, MOST_HELD_OUT = (
    0.1,
    20_000,
)  # of the rows, by default: an accuracy of so many is known to 0.35 points or better
FEW = 30  # rows held out: an accuracy of so many has a standard error of up to 9 points


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a member learns from some rows. A row with soft labels counts as several with certain ones.

    Attributes:
        rows: the row of each, (examples,).
        targets: what the loss reads, (examples, width).
        weights: how much each counts, (examples,).
    """

    rows: NDArray[np.int64]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What training reads.

    Attributes:
        targets: the user's own values, one list, or one list for each target of a joint model.
        encoded_targets: what the loss reads, (rows, width).
        weights: how much each row counts, (rows,).
        encoded: the ids of every text.
        train: rows to train on.
        validation: rows held out.
        fingerprint: of the rows that were read.
        columns: the column of each target, by the target's name.
        groups: values that must not be on both sides of a split, one a row; None: there are none.
        shares: of soft labels, the probability of each class, (rows, classes); None: the targets are certain.
        taught: how many of the last rows are texts without labels of their own.
        pretrained: what the network starts from, if it is a folder of `reread pretrain`.
    """

    texts: Sequence[str]
    task: Task
    targets: Any
    encoded_targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    encoder: TextEncoder
    encoded: EncodedTexts
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    fingerprint: Fingerprint
    columns: dict[str, str]
    groups: Sequence[Any] | None = None
    shares: NDArray[np.float32] | None = None
    taught: int = 0
    pretrained: Pretrained | None = None

    def learned(self, rows: NDArray[np.int64]) -> Learned:
        """What is learned from some rows, in their order."""
        if self.shares is None or not has_classes(self.task):
            return Learned(rows=rows, targets=self.encoded_targets[rows], weights=self.weights[rows])
        places, targets, parts = self.task.certain(self.shares[rows])
        return Learned(rows=rows[places], targets=targets, weights=self.weights[rows[places]] * parts)

    @property
    def validation_targets(self) -> Any:
        """The user's own values of the rows held out."""
        return take(self.targets, self.validation)

    @property
    def validation_weights(self) -> NDArray[np.float32]:
        """How much each row held out counts, (rows,)."""
        return self.weights[self.validation]


def prepare(examples: Examples, plan: Plan, listener: Listener) -> Prepared:
    """Do everything that comes before the first model.

    Raises:
        ConfigError: the plan names an unknown task, option or setting.
        DataError: the examples cannot be learned from or split.
    """
    settings, note = plan.recipe.training, listener.on_note
    listener.on_stage("splitting the rows")
    targets: Any = examples.targets if len(plan.targets) > 1 else next(iter(examples.targets.values()))
    task = build_task(plan, targets if examples.shares is None else with_all_classes(targets, examples.shares))
    encoded_targets = task.encode(targets)
    held_out = hold_out(examples, plan, task.stratum(encoded_targets))
    train, validation = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    few = "; figures of so few say little" if 0 < len(validation) < FEW else ""
    note(f"{number_of(len(train), 'row')} to train on, {len(validation):,} held out for validation{few}")
    weights = relative_weights(examples.weights, train, validation, len(held_out))
    listener.on_stage("counting the vocabulary")
    pretrained = None if plan.pretrained is None else read_pretrained(plan.pretrained)
    encoder = learn_encoder(plan, examples.texts, train, pretrained, note)
    listener.on_stage("turning texts into ids")
    encoded = encode(examples.texts, encoder, settings, note)
    prepared = Prepared(
        texts=examples.texts,
        task=task,
        targets=targets,
        encoded_targets=encoded_targets,
        weights=weights,
        encoder=encoder,
        encoded=encoded,
        train=train,
        validation=validation,
        fingerprint=examples.fingerprint,
        columns=examples.target_columns,
        groups=examples.groups,
        shares=None if examples.shares is None else as_matrix(examples.shares, task.classes),
        pretrained=pretrained,
    )
    if examples.shares is not None:
        parts = len(prepared.learned(train).rows)
        note(
            f"soft labels: each row counts with every class in part, which makes {parts:,} to train on; those held "
            "out count with their likeliest class"
        )
    return prepared


def learn_encoder(
    plan: Plan, texts: Sequence[str], train: NDArray[np.int64], pretrained: Pretrained | None, note: Note
) -> TextEncoder:
    """Text → ids, with the words of the training rows, and those of a pretrained network before them.

    Raises:
        ConfigError: the network is another one, or read other texts, than the plan asks for.
    """
    if pretrained is None:
        encoder = TextEncoder.learn(text_settings(plan, texts, note), Subset(texts, train))
        sizes = " and ".join(f"{len(vocabulary):,}" for vocabulary in encoder.vocabularies)
        note(f"vocabulary of {sizes} from the training rows")
        return encoder
    recipe = replace(plan.recipe, text={**plan.recipe.text, **plan.text})
    check_fits(recipe, pretrained, plan.language)
    encoder = grown(TextEncoder.learn(grown_settings(recipe, pretrained), Subset(texts, train)), pretrained)
    sizes = " and ".join(
        f"{len(own):,}, {len(known):,} of them known to the pretrained network"
        for own, known in zip(encoder.vocabularies, pretrained.vocabularies, strict=True)
    )
    note(f"vocabulary of {sizes}")
    return encoder


def with_all_classes(targets: Sequence[Any], shares: Sequence[Shares]) -> list[Any]:
    """The likeliest classes of the rows, and the others that are nowhere the likeliest, for a task to know."""
    several = any(isinstance(target, list) for target in targets)
    return [*targets, *([label] if several else label for label in shares[0])]


def hold_out(examples: Examples, plan: Plan, strata: list[float] | None) -> NDArray[np.bool_]:
    """Which rows are held out, (rows,)."""
    training = plan.recipe.training
    if training.validation == 0:
        return np.zeros(len(examples), dtype=np.bool_)
    return split_rows(
        text_keys(examples.texts),
        fraction=share_held_out(training, len(examples)),
        seed=training.seed if training.split_seed is None else training.split_seed,
        strata=strata,
        groups=examples.groups,
        times=examples.times,
    )


def share_held_out(settings: TrainingSettings, rows: int) -> float:
    """The requested share of the rows; for "auto" a tenth of them, at most `MOST_HELD_OUT`."""
    if isinstance(settings.validation, float):
        return settings.validation
    return min(HELD_OUT, MOST_HELD_OUT / rows)


def relative_weights(
    weights: Sequence[float] | None, train: NDArray[np.int64], validation: NDArray[np.int64], rows: int
) -> NDArray[np.float32]:
    """How much each row counts, (rows,); 1 is the mean of those trained on.

    Raises:
        DataError: all rows trained on, or all rows held out, have weight 0.
    """
    counts = np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)
    for some, what in ((train, "to train on"), (validation, "held out for validation")):
        if len(some) and not counts[some].any():
            raise DataError(f"all {len(some)} rows {what} have weight 0; at least one must count")
    return np.asarray(counts / counts[train].mean(), dtype=np.float32)


def build_task(plan: Plan, targets: Any) -> Task:
    """The task that the plan's targets make, fitted to their values.

    Raises:
        ConfigError: the recipe has an option that none of these tasks takes.
    """
    for option in plan.recipe.task:
        if not any(option in options_of(target.task) for target in plan.targets.values()):
            task_names = " and ".join(target.task for target in plan.targets.values())
            raise ConfigError(f"task.{option}: {task_names} has no such option; leave it out, or name another target")
    if len(plan.targets) == 1:
        (target,) = plan.targets.values()
        return fit_task(target, targets, plan.recipe.task)
    parts = {name: fit_task(target, targets[name], plan.recipe.task) for name, target in plan.targets.items()}
    return tasks.get("joint").from_config(
        {
            "parts": {name: part.to_config() for name, part in parts.items()},
            "weights": {name: target.weight for name, target in plan.targets.items()},
        }
    )


def fit_task(target: TargetPlan, values: Sequence[Any], options: Mapping[str, Any]) -> Task:
    """The task of one target, with the options of the recipe that it takes, overridden by its own."""
    taken = {name: value for name, value in options.items() if name in options_of(target.task)}
    return tasks.get(target.task).fit(values, **{**taken, **target.options})


def options_of(task: str) -> set[str]:
    """The options of a task."""
    return set(inspect.signature(tasks.get(task).fit).parameters) - {"targets"}


def text_settings(plan: Plan, texts: Sequence[str], note: Note) -> TextSettings:
    """The path from text to ids: the language's own, then the vectors', then the recipe's, then the user's settings."""
    settings = {**plan.recipe.text, **plan.text}
    of_vectors = _text_of_vectors(plan.recipe.vectors.source) if "segmenter" not in settings else {}
    settings = {**of_vectors, **settings}
    named = settings.pop("language", None)
    language = plan.language or named
    if language is None:
        language, detected = language_by_script(texts)
        note(detected)
    if of_vectors:
        note(f"texts are cut into the tokens of the word vectors (segmenter {of_vectors['segmenter']})")
    return TextSettings.for_language(language, **settings)


def _text_of_vectors(source: str | None) -> Mapping[str, Any]:
    """The text settings that cut texts into the words of these vectors, if their file says how."""
    return {} if source in {None, WORD2VEC} else vector_source(str(source)).text()


def encode(texts: Sequence[str], encoder: TextEncoder, settings: TrainingSettings, note: Note) -> EncodedTexts:
    """All ids, up to the user's ``max_tokens``; what is dropped or truncated is counted."""
    encoded = encoder.encode_many(texts, settings.max_tokens, threads=settings.threads or available_cores())
    if encoded.dropped_tokens:
        cut = int((encoded.lengths == settings.max_tokens).sum())
        dropped = number_of(encoded.dropped_tokens, "token")
        texts_cut = number_of(cut, "text is that long or was longer", "texts are that long or were longer")
        note(f"max_tokens = {settings.max_tokens} drops {dropped}; {texts_cut}")
    long = int((encoded.lengths > settings.window).sum())
    if long:
        longer = number_of(long, "text is longer", "texts are longer")
        note(f"{longer} than {settings.window} tokens: back-propagation there is truncated, no token is dropped")
    return encoded


def facts(prepared: Prepared) -> dict[str, Any]:
    """Counts that the model card and the report give."""
    unknown = int(np.count_nonzero(prepared.encoded.ids[:, 0] == UNKNOWN))
    tokens = int(prepared.encoded.lengths.sum())
    return {
        "rows": len(prepared.texts) - prepared.taught,
        "train_rows": len(prepared.train) - prepared.taught,
        "taught_rows": prepared.taught,
        "validation_rows": len(prepared.validation),
        "tokens": tokens,
        "unknown_rate": unknown / max(1, tokens),
        "vocabulary": [len(vocabulary) for vocabulary in prepared.encoder.vocabularies],
    }


def check_device(device: str) -> None:
    """Refuse a device name that reread does not know.

    Raises:
        ConfigError: it is not auto, cpu or cuda.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise ConfigError(f'device "{device}": expected auto, cpu or cuda')
