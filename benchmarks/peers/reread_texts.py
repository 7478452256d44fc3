"""The same network in reread: the recipe's extras taken off, as each option of `reread train` would; or a recipe as it is.

The options are ``recipe`` (bilstm_max), ``as_is`` (false) and other ``settings`` by table. `TextClassifier` trains one epoch;
for the accuracy after each of several, what the estimator calls is called here with a probe at each epoch's end.
"""

from __future__ import annotations

import math
from typing import Any

from contract import Judge, Settings, compete

from reread import TextClassifier
from reread.data.lists import examples_from_lists
from reread.model.network import Network
from reread.pipeline.fit import fit as fit_examples
from reread.pipeline.plan import Plan, label_plan
from reread.pipeline.run import Run
from reread.recipes import Recipe, load_recipe
from reread.scoring.scorer import Scorer
from reread.train.listener import Silent
from reread.train.state import State
from reread.typing import override


def bare(settings: Settings) -> dict[str, dict[str, Any]]:
    """What takes a recipe down to the network and the training that all sides share."""
    return {
        "text": {"max_vocabulary": settings.vocabulary, "min_count": 1},
        "model": {
            "embedding_dim": settings.dim, "hidden": settings.hidden, "concat_word": False, "latent": [],
            "word_dropout": 0.0, "embedding_dropout": 0.0, "dropout": 0.0,
        },
        "training": {
            "batch_size": settings.batch, "learning_rate": settings.rate, "epochs": settings.epochs, "optimiser": "adam", "parts": {},
            "warmup": 0, "decay": "constant", "clip": None, "ema": 0.0, "max_tokens": settings.words,
        },
    }  # fmt: skip


def tables_of(settings: Settings) -> dict[str, dict[str, Any]]:
    """Every setting that differs from the recipe's; a side's own come last."""
    own = settings.options.get("settings", {})
    tables = {} if settings.options.get("as_is") else bare(settings)
    always = {"validation": 0.0, "patience": None, "threads": settings.threads, "seed": settings.seed}
    tables["training"] = {**tables.get("training", {}), **always}
    return {name: {**tables.get(name, {}), **own.get(name, {})} for name in {*tables, *own}}


class Counting(Silent):
    """Knows how many words were trained on."""

    words = 0

    @override
    def on_step(self, state: State, last_step: int) -> None:
        self.words = state.words


def several_epochs(texts: list[str], labels: list[int], recipe: Recipe, judge: Judge) -> None:
    """Train with a probe at each epoch's end."""
    steps, counting = math.ceil(len(texts) / recipe.training.batch_size), Counting()

    def probe(scorer: Scorer) -> None:
        judge(Network(scorer).predict, counting.words)

    probes = {epoch * steps: probe for epoch in range(1, recipe.training.epochs + 1)}
    plan = Plan(recipe=recipe, targets={"label": label_plan("label", labels)}, baseline=False)
    fit_examples(examples_from_lists(texts, {"label": labels}), plan, Run(listener=counting, probes=probes))


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    name, tables = settings.options.get("recipe", "bilstm_max"), tables_of(settings)
    recipe = load_recipe(name).with_settings(tables)
    if recipe.training.epochs > 1:
        several_epochs(texts, labels, recipe, judge)
        return
    model = TextClassifier(recipe=name, settings=tables, baseline=False)
    model.fit(texts, labels)
    state = model.fitted_.state
    judge(model.predict, state.words)
    judge.found[-1]["loop_seconds"] = round(state.seconds, 3)


if __name__ == "__main__":
    compete(fit)
