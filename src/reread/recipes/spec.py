"""What a recipe can say about the network and its training: plain data, no torch."""

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


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A network, from word vectors to scores. Sizes count units; dropouts are shares of what training hides."""

    embedding_dim: Count = 200
    word_dropout: Share = 0.0
    """Share of words read as unknown."""
    embedding_dropout: Share = 0.0
    """Share of word-vector components set to zero."""
    embedding_dropout_by: str = "word"
    """Whether every distinct word of a batch loses the same components wherever it stands (word), or every position others (position, slower)."""
    recurrence: str = "lstm"
    hidden: Count = 128
    layers: Count = 1
    bidirectional: bool = True
    input_dropout: Share = 0.0
    """Share of each recurrent layer's inputs set to zero."""
    recurrent_dropout: Share = 0.0
    """Share of the recurrent connection's units set to zero, the same ones at every step (slow); none in light recurrences."""
    weight_dropout: Share = 0.0
    """Share of recurrent weights set to zero, the same ones in all texts of a batch and at every step (Merity et al. 2018); none in light recurrences."""
    learned_start: bool = False
    """Whether the states before the first word are learned; else zeros, but for recurrent_context, which learns its own in any case."""
    concat_word: bool = False
    """Whether the word's own vector is joined to its states (docs/sources.md, S1, equation 13)."""
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
    """How a network is trained. Everything that can change a weight is in here."""

    epochs: Count = 5
    """Passes over the training rows; the learning rate's schedule spans them."""
    steps: Count | None = None
    """Stop after this many optimiser steps, whatever the epochs say."""
    earliest: bool = False
    """Whether the epochs end the training too where there are steps: whichever comes first."""
    minutes: Positive | None = None
    """Stop in time for the whole command to end within this many minutes."""
    least_steps: WholeNotNegative = 0
    """Make more epochs of few rows, so that there are so many steps; where epochs are named beside a recipe, they alone count."""
    batch_size: Count | Auto = 64
    """Texts a step; auto: from 8 to 64 by the number of training rows."""
    optimiser: str = "adamw"
    learning_rate: Positive = 1e-3
    weight_decay: NotNegative = 0.01
    """Of adamw: shrinks every weight but the word vectors."""
    parts: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """Other ``optimiser``, ``learning_rate`` (or ``learning_rate_factor``) or ``weight_decay`` for a part: embedding, layers, latent, pooling, head."""
    warmup: WholeNotNegative = 50
    """Steps over which the learning rate rises from 0."""
    decay: str = "linear"
    """How the rate falls over the epochs: constant, linear or cosine."""
    clip: Positive | None = 1.0
    """Largest norm of the whole gradient."""
    ema: Share = 0.0
    """Weight of the past in the running average of the weights that is validated and kept; 0 keeps the weights themselves."""
    patience: Count | None = 3
    """Stop after this many evaluations without a better one; none: never."""
    watch_loss: bool = False
    """Whether patience waits, too, while the loss on the rows held out falls; else the headline metric alone counts."""
    keep_latest: bool = False
    """Of the weights that a standard error of the headline metric on the rows held out does not tell from the best ones, keep the latest; else the best ones."""
    evaluations_per_epoch: Count = 1
    evaluations: Count | None = None
    """So many over all epochs, evenly, but at most two an epoch, whatever evaluations_per_epoch says; none: as that says."""
    window: Count = 4096
    """Tokens beyond which back-propagation is truncated."""
    max_tokens: Count | None = None
    """Tokens of each text that are used at all; what is cut is counted and printed."""
    validation: Share = 0.1
    """Share of the rows held out, which the best weights are chosen by; 0: none, the last weights are kept."""
    split_seed: WholeNotNegative | None = None
    """Of the choice of those rows; none: the seed."""
    class_weights: str | Mapping[str, float] | None = None
    """"balanced", or a weight for each class."""
    label_smoothing: Share = 0.0
    prior_bias: bool = False
    """Whether the head starts with what is known without a text: the log-odds of the classes' shares, of numbers what the loss asks for; else with small random numbers."""
    objective: str = "plain"
    """What a step lowers: the loss (plain), or also the loss (adversarial) or the change of the answer (virtual_adversarial) where every word vector is moved a little (Miyato et al. 2017); either takes about four times as long."""
    objective_options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Options of the objective itself, such as ``perturbation`` of adversarial and virtual_adversarial."""
    seed: Seed = 0
    threads: Threads | None = None
    """Threads of the network's arithmetic; none: one for each core."""
    device: str = "auto"
    engine: str = "auto"
    """What sweeps LSTMs and light recurrences: torch, kernel (the compiled one at its best level here), kernel-LEVEL, or auto, the faster one here."""
    precision: str = "float32"
    """Of the kernel's products while training: float32, bfloat16 (sums stay float32), or auto, the faster one here."""
    checkpoint_seconds: NotNegative = 30.0
    """How often the run's state is written down, for --resume; it changes no weight."""


@dataclass(frozen=True, kw_only=True)
class VectorSettings:
    """Which word vectors a network starts from, and how word2vec trains them (docs/sources.md, S1, equations 20-21)."""

    source: str | None = None
    """"word2vec": trained on the training rows and the unlabelled texts; or a file of vectors; none: random numbers."""
    frozen: bool = False
    """Whether training leaves the vectors as they are; ``training.parts.embedding`` gives them a rate of their own."""
    algorithm: str | None = None
    """skip_gram or cbow; none: skip_gram for a large corpus, cbow for a small one."""
    dim: Count | None = None
    """Numbers of a vector; none: the network's embedding_dim, without a network 200."""
    reduce: Count | None = None
    """Numbers that a principal component analysis leaves of each vector; none: all (docs/sources.md, S5)."""
    window: Count = 5
    """Words on either side that are context, at most."""
    negative: Count = 5
    """Wrong words drawn for every right one."""
    hierarchical_softmax: bool = False
    """A tree of yes-or-no questions instead of wrong words."""
    min_count: Count | None = None
    """How often a word must stand in the corpus to get a vector; none: as often as in the network's vocabulary, without one 5."""
    sample: Share = 1e-3
    """Words that are a larger share of the corpus than this are passed over now and then; 0: never."""
    epochs: Count = 5
    """Passes over the corpus."""
    trained_tokens: Count | None = None
    """Stop when so many were trained on, all passes together; none: after the last pass. A run that --minutes cut short says it here."""
    learning_rate: Positive = 0.025
    """Of word2vec; it falls to nearly 0."""
    ngrams: bool = False
    """Whether words are read as their characters' n-grams too (fastText), so that unknown ones get a vector."""
    ngram_min: Count = 2
    """Characters of the shortest n-grams, the marks at a word's ends included: two share something even between Han pairs."""
    ngram_max: Count = 6
    deterministic: bool = False
    """Train on one worker: several give other vectors every time."""
    seed: Seed | None = None
    """None: that of the training."""
