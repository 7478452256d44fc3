"""The vectors that the linear member reads beside n-grams."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from reread.data.lists import examples_from_lists
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.run import Run
from reread.pipeline.vectors import given_vectors
from reread.pretrained import read_pretrained
from reread.recipes import load_recipe
from reread.train.listener import Silent

ROWS = examples_from_lists(
    [f"{('good', 'bad')[k % 2]} film number{k}" for k in range(32)], {"label": ["pos", "neg"] * 16}
)
RECIPE = load_recipe("standard").with_settings(
    {
        "model": {"embedding_dim": 6, "hidden": 4, "latent": [4]},
        "text": {"min_count": 1},
        "training": {"epochs": 1, "batch_size": 8, "threads": 1},
    }
)
PLAN = Plan(recipe=RECIPE, targets={"label": TargetPlan(task="classification")}, baseline=False)


def test_the_linear_member_reads_the_vectors_of_a_pretrained_network(tmp_path: Path) -> None:
    fit(ROWS, replace(PLAN, pretrain_minutes=0.002), Run(pretrained=tmp_path / "p"))
    pretrained = read_pretrained(tmp_path / "p")
    plan = replace(PLAN, pretrained=str(tmp_path / "p"))
    given = given_vectors(prepare(ROWS, plan, Silent()), plan)
    assert given is not None
    table = pretrained.weights["embedding.tables.0.weight"]
    assert len(given.matrix) == len(pretrained.vocabularies[0].tokens) == len(table) - 1
    assert np.array_equal(given.matrix, table[1:])


def test_a_run_that_starts_from_random_numbers_has_none_to_give() -> None:
    assert given_vectors(prepare(ROWS, PLAN, Silent()), PLAN) is None
