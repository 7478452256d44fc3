"""The models that answer, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from reread.bundle import CARD, REPORT, SEEN, model_checksum
from reread.data.seen import SeenTexts
from reread.errors import DataError, RereadError
from reread.model.base import Model
from reread.scoring.predict_options import PredictOptions
from reread.scoring.scorer import Scorer
from reread.web.problems import Problem

SUFFIX = ".reread"


@dataclass(frozen=True)
class Served:
    """One model.

    Attributes:
        name: what requests and answers call it: its folder's name without ``.reread``.
        path: its folder.
        model: the model.
        answer: what of the folder answers: stack, network or linear.
        checksum: that of the folder's files when it was opened.
        text_column: the column of the texts that it was trained on.
        members: its network and its linear member, by name; empty if there is no linear member.
        network: what finds texts that are like one.
        targets: the columns of the targets that it was trained on.
    """

    name: str
    path: Path
    model: Model
    answer: str
    checksum: str = ""
    text_column: str | None = None
    members: Mapping[str, Model] = field(default_factory=dict, compare=False)
    network: Scorer | None = field(default=None, compare=False)
    targets: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """What it is, and what can be asked of it."""
        return {
            "name": self.name,
            "task": self.model.task.name,
            "classes": _plain(self.model.task.class_names()),
            "config": self.model.task.to_config(),
            "answers": self.answer,
            "members": list(self.members),
            "checksum": self.checksum,
            "options": sorted(self.model.postprocessor.can),
            "card": self.prose(CARD),
            "report": f"/v1/models/{self.name}/report" if self.prose(REPORT) is not None else None,
        }

    def prose(self, file: str) -> str | None:
        """A page of the folder.

        None: there is none, or a link that leads out of the folder, or the folder holds another model by now.
        """
        place = self.path / file
        if not (place.resolve().is_relative_to(self.path.resolve()) and self._is_there()):
            return None
        return place.read_text(encoding="utf-8") if place.is_file() else None

    def seen(self) -> SeenTexts | None:
        """The texts that it was trained on, and those held out; None: its folder does not say, or is another by now."""
        place = self.path / SEEN
        if not (place.is_file() and self._is_there()):
            return None
        try:
            return SeenTexts.from_arrays(load_tensors(place.read_bytes()))
        except (DataError, SafetensorError, OSError):
            return None

    def _is_there(self) -> bool:
        try:
            return not self.checksum or model_checksum(self.path) == self.checksum
        except (RereadError, OSError):
            return False


def chosen(models: Mapping[str, Served], name: str | None) -> Served:
    """The model that a request names; the only one if it names none.

    Raises:
        Problem: there is no such model, or there are several.
    """
    known = ", ".join(models)
    if name is None:
        if len(models) > 1:
            raise Problem(422, f"expected the name of a model: {known}", field="/model")
        (only,) = models.values()
        return only
    if name not in models:
        raise Problem(422, f"there is no model {name!r}; expected one of: {known}", field="/model")
    return models[name]


def check_options(served: Served, options: PredictOptions) -> None:
    """Refuse what the model cannot give.

    Raises:
        Problem: 422, with the field.
    """
    for name, value in vars(options).items():
        if value is not None and name not in served.model.postprocessor.can:
            able = ", ".join(sorted(served.model.postprocessor.can)) or "none of these options"
            raise Problem(422, f"the model {served.name} cannot give {name}; it can give {able}", field=f"/{name}")


def _plain(classes: Any) -> Any:
    if isinstance(classes, Mapping):
        return {name: _plain(each) for name, each in classes.items()}
    return classes.tolist() if isinstance(classes, np.ndarray) else classes
