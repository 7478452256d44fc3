"""The settings of a network and its training: plain data, no torch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reread.recipes.fitting import (
    Auto,
    Count,
    NotNegative,
    Positive,
    Seed,
    Share,
    Threads,
    WholeNotNegative,
    spec_from,
)

__all__ = ["ModelSpec", "TrainingSettings", "VectorSettings", "spec_from"]


USUAL_MEMORY = 4.0  # GB


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A network, from word vectors to scores. Sizes are numbers of units; dropouts are shares hidden in training."""

    embedding_dim: Count = 200
    word_dropout: Share = 0.0
    """Share of words replaced by the unknown token."""
    embedding_dropout: Share = 0.0
    """Share of word-vector components set to zero."""
    embedding_dropout_by: str = "word"
    """Whether each distinct word of a batch loses the same components everywhere (word), or each position loses
    others (position, slower)."""
    token_weights: bool = False
    """Whether each token's vector is multiplied by a number that is learned for it, as static sentence encoders do;
    frozen vectors leave it free."""
    recurrence: str = "lstm"
    hidden: Count = 128
    layers: Count = 1
    bidirectional: bool = True
    input_dropout: Share = 0.0
    """Share of each recurrent layer's inputs set to zero."""
    recurrent_dropout: Share = 0.0
    """Share of the recurrent connection's units set to zero, the same at every step (slow); not in light ones."""
    weight_dropout: Share = 0.0
    """Share of recurrent weights set to zero, the same in all texts of a batch and at every step (Merity et al. 2018);
    not in light recurrences."""
    learned_start: bool = False
    """Whether the states before the first word are learned; otherwise they are zeros, except in recurrent_context,
    which always learns them."""
    concat_word: bool = False
    """Whether the word's vector is concatenated to its states (docs/sources.md, S1, equation 13)."""
    latent: tuple[Count, ...] = ()
    """Dense layers that every position passes before pooling (equation 14)."""
    latent_activation: str = "tanh"
    pooling: str = "max"
    dense: tuple[Count, ...] = ()
    """Dense layers between pooling and scores."""
    activation: str = "relu"
    dropout: Share = 0.5
    """Share of the head's inputs set to zero."""


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How a network is trained: everything that can change a weight."""

    epochs: Count = 5
    """Passes over the training rows; the learning rate's schedule spans them."""
    steps: Count | None = None
    """Stop after this many optimiser steps, whatever the epochs say."""
    earliest: bool = False
    """Whether the epochs also end the training if ``steps`` is set, whichever comes first."""
    minutes: Positive | None = None
    """Stop in time for the whole command to end within this many minutes."""
    least_steps: WholeNotNegative = 0
    """Add epochs until there are at least this many steps; with more than two scores, such as classes or labels, so
    many times as many as the square root of half their number (four times at most). Ignored if epochs are given in
    addition to a recipe."""
    batch_size: Count | Auto = 64
    """Texts per step; auto: from 8 to 64, by the number of training rows."""
    optimiser: str = "adamw"
    learning_rate: Positive = 1e-3
    weight_decay: NotNegative = 0.01
    """For adamw: shrinks every weight except the word vectors."""
    parts: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """Another ``optimiser``, ``learning_rate`` (or ``learning_rate_factor``) or ``weight_decay`` for a part: embedding,
    layers, latent, pooling, head. ``pretrained_factor`` is one more factor where it has learned from a million
    tokens of texts without labels or more: word2vec, or a language model."""
    pretrained_epochs_factor: Positive = 1.0
    """So many times as many epochs where ``pretrained_factor`` slows all parts that have learned so. Ignored if epochs
    are given in addition to a recipe."""
    unfreezing: Share = 0.0
    """Share of the planned steps, from the first one, in which the parts that the network took over from what it starts
    from stay as they are and only the new ones learn; 0: all parts learn from the first step."""
    warmup: WholeNotNegative = 50
    """Steps over which the learning rate rises from 0."""
    decay: str = "linear"
    """How the rate falls over the epochs: constant, linear or cosine."""
    clip: Positive | None = 1.0
    """Largest norm of the whole gradient."""
    ema: Share = 0.0
    """Decay of the running average of the weights, which is validated and kept; 0: the weights themselves are kept."""
    patience: Count | None = 3
    """Stop after this many evaluations without improvement; none: never."""
    watch_loss: bool = False
    """Whether a falling validation loss also resets patience; otherwise only the headline metric counts."""
    keep_latest: bool = False
    """Keep the latest weights whose validation headline metric is within a standard error of the best; otherwise keep
    the best ones."""
    evaluations_per_epoch: Count = 1
    evaluations: Count | None = None
    """Number of evaluations over all epochs, evenly spaced, at most two per epoch, instead of evaluations_per_epoch;
    none: evaluations_per_epoch applies."""
    window: Count = 4096
    """Back-propagation is truncated after this many tokens."""
    max_tokens: Count | None = None
    """Tokens of each text that are used; the number of dropped tokens is printed."""
    validation: Share | Auto = 0.1
    """Share of the rows held out to choose the best weights; 0: none, and the last weights are kept; auto: a tenth, but
    no more rows than measure well enough."""
    split_seed: WholeNotNegative | None = None
    """Seed for choosing those rows; none: ``seed``."""
    class_weights: str | Mapping[str, float] | None = None
    """"balanced", or a weight for each class."""
    label_smoothing: Share = 0.0
    prior_bias: bool = False
    """Whether the head's bias starts at the best constant answer: the log-odds of the classes' shares, or the minimiser
    of the loss for numbers; otherwise with small random numbers."""
    offset: bool | Auto = False
    """Whether the network learns what the linear member leaves: its loss is that of the linear member's scores plus its
    own, which start at 0; in training, the linear scores of a row come from a model that has not seen it. auto: for
    texts with several labels, which gives rare ones more often but can rank them worse."""
    objective: str = "plain"
    """What a step minimises: the loss (plain), or also the loss (adversarial) or the change of the answer
    (virtual_adversarial) under small changes of the word vectors (Miyato et al. 2017), or both of these, and the
    entropy of unlabelled texts (mixed; Sachan et al. 2019), which take four to six times as long; or the loss of
    mixtures of two texts (mixup)."""
    objective_options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Options of the objective, such as ``perturbation`` of adversarial and virtual_adversarial, ``alpha`` of mixup."""
    augment: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """What is changed in the texts of a training batch (docs/augmentation.md): the name of an augmentation, with its
    options."""
    unlabelled_batch: WholeNotNegative = 0
    """Texts without targets that each step reads beside the labelled ones, for the objectives virtual_adversarial and
    mixed; 0: none."""
    unlabelled_weight: NotNegative = 1.0
    """What the mean objective of those texts counts beside that of the labelled ones."""
    linear_self_training: bool | Auto = "auto"
    """Whether the linear member labels the unlabelled texts and a second one learns from them as well, where
    cross-validation is better with it; for one class a text. auto: if there are such texts, unless self_training labels
    them; and word2vec learns from them, unless a setting says what else reads them."""
    self_training: WholeNotNegative = 0
    """Rounds in which the model labels the unlabelled texts with its probabilities, and a new one learns from them as
    well."""
    seed: Seed = 0
    threads: Threads | None = None
    """Threads of the network's arithmetic; none: one for each core."""
    device: str = "auto"
    engine: str = "auto"
    """What computes LSTMs and light recurrences: torch, kernel (compiled, best level here), kernel-LEVEL, or auto,
    the faster one here."""
    precision: str = "float32"
    """Precision of the kernel's products while training: float32, bfloat16 (sums stay float32), or auto, the faster."""
    checkpoint_seconds: NotNegative = 30.0
    """How often the run's state is saved, for --resume; it changes no weight."""
    memory: Positive | None = None
    """GB that rows and linear member may take beside the network: with less, more texts and ids go to temporary files,
    which changes no answer, and the linear member learns from fewer rows. none: 4, of which most runs take a part."""

    @property
    def memory_share(self) -> float:
        """Of what rows and linear member take at most where nothing is said."""
        return 1.0 if self.memory is None else self.memory / USUAL_MEMORY


@dataclass(frozen=True, kw_only=True)
class VectorSettings:
    """Which word vectors a network starts from, and how word2vec trains them (docs/sources.md, S1, equations 20-21)."""

    source: str | None = None
    """"word2vec": trained on the training rows and the unlabelled texts; a name of `reread vectors list`; or a file of
    vectors; none: random numbers."""
    least_tokens: Count | None = None
    """Without a source: word2vec is trained on the training rows if they have so many tokens; none: never."""
    frozen: bool = False
    """Whether the vectors are not trained; ``training.parts.embedding`` can set their learning rate."""
    algorithm: str | None = None
    """skip_gram or cbow; none: skip_gram for a large corpus, cbow for a small one."""
    dim: Count | None = None
    """Dimension of a vector; none: the network's embedding_dim, or 200 without a network."""
    reduce: Count | None = None
    """Principal components to keep of each vector; none: no reduction (docs/sources.md, S5)."""
    window: Count = 5
    """The most context words on either side."""
    negative: Count = 5
    """Negative samples for each context word."""
    hierarchical_softmax: bool = False
    """Hierarchical softmax instead of negative sampling."""
    min_count: Count | None = None
    """How often a word must occur in the corpus to get a vector; none: as for the network's vocabulary, or 5 without
    one."""
    sample: Share = 1e-3
    """Words with a larger share of the corpus than this are randomly downsampled; 0: none."""
    epochs: Count | Auto = 5
    """Passes over the corpus; auto: from 1 to 10, as many as read about 10 million tokens."""
    trained_tokens: Count | None = None
    """Stop after this many tokens over all passes; none: after the last pass. Set if --minutes ends the run."""
    learning_rate: Positive = 0.025
    """Learning rate of word2vec; it falls to nearly 0."""
    ngrams: bool = False
    """Whether words are also represented by their character n-grams (fastText), so that unknown words get a vector."""
    ngram_min: Count = 2
    """Characters of the shortest n-grams, with the marks at a word's ends: with 2, even Han pairs share n-grams."""
    ngram_max: Count = 6
    deterministic: bool = False
    """Train on one worker, because several give different vectors every time."""
    seed: Seed | None = None
    """None: the seed of the training."""
