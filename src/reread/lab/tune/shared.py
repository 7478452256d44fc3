"""What the trials of one process share: prepared rows, word vectors, and the linear member."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from reread.data.examples import Examples
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import prepare
from reread.pipeline.prepared import Prepared
from reread.train.listener import Listener
from reread.vectors.sources import WORD2VEC

KEPT = 3  # prepared rows that are kept, each with the ids of all texts


class Shared:
    """Prepares rows once for all plans with the same settings of texts, and trains word2vec once for the same vectors.

    A context manager: the vectors and the linear member are in a temporary folder.
    """

    def __init__(self, examples: Examples, listener: Listener) -> None:
        self._examples, self._listener = examples, listener
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._folder = tempfile.TemporaryDirectory(prefix="reread-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def prepared(self, plan: Plan) -> Prepared:
        """The rows as a plan reads them.

        Raises:
            ConfigError: the plan names an unknown task, option or setting.
            DataError: the examples cannot be learned from or split.
        """
        key = _key(plan)
        if key not in self._prepared:
            self._prepared[key] = prepare(self._examples, plan, self._listener)
            if len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        self._prepared.move_to_end(key)
        return self._prepared[key]

    def vectors(self, plan: Plan) -> Path | None:
        """The file that keeps the word vectors of a plan, if it starts from some; None if it starts from none."""
        if plan.recipe.vectors.source is None and plan.recipe.vectors.least_tokens is None:
            return None
        vectors = {**asdict(plan.recipe.vectors), "dim": plan.recipe.model.embedding_dim}
        name = hashlib.sha256(f"{_key(plan)} {_json(vectors)}".encode()).hexdigest()[:16]
        return Path(self._folder.name) / f"{name}.safetensors"

    def linear(self, plan: Plan) -> Path:
        """The file that keeps the linear member, which no setting of the network changes."""
        name = hashlib.sha256(_key(plan).encode()).hexdigest()[:16]
        return Path(self._folder.name) / f"linear-{name}.safetensors"


def _key(plan: Plan) -> str:
    """All of a plan that decides how rows are prepared: tasks and rows held out are the same in every trial."""
    recipe = plan.recipe
    vectors = None if recipe.vectors.source == WORD2VEC else recipe.vectors.source  # a file may say how texts are cut
    return _json({"recipe": recipe.text, "user": plan.text, "tokens": recipe.training.max_tokens, "vectors": vectors})


def _json(values: Any) -> str:
    return json.dumps(values, sort_keys=True, default=str)
