"""What the page and its trainings tell each other."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from reread.apps.serve.training.corrected import Correction
from reread.web.training.run import Figures, Progress


class Sent(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is said of a file that is sent, or looked at again."""

    name: str = "data"
    text: str | None = None
    label: str | None = None
    encoding: str | None = None


class Start(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is to be learned from.

    Attributes:
        data: what the file is called here.
        text: the column with the texts.
        label: that with the labels; None: found by name, as the other.
    """

    data: str
    text: str | None = None
    label: str | None = None


class Again(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a model is trained on once more.

    Attributes:
        model: its name.
        corrections: of its answers.
        data: what the file that it was trained on is called here; None: it was trained here.
        text: the column with the texts.
        label: that with the labels.
    """

    model: str
    corrections: Annotated[list[Correction], Meta(min_length=1)]
    data: str | None = None
    text: str | None = None
    label: str | None = None


class Named(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A model that answers."""

    model: str


class State(msgspec.Struct, kw_only=True):
    """What is trained, or was last.

    Attributes:
        able: whether this server can train.
        why: it cannot; or the training failed.
        state: of the training; deciding: it is over, and compared with the model that answers; None: there was none.
        purpose: a new model, or one that was corrected.
        name: of the model.
        model: that was corrected.
        progress: of it.
        figures: of it.
        seconds: that it took.
        report: whether it has one.
        resumable: whether it was stopped and can go on.
        verdict: a sentence on the corrected one and the one before.
        answering: the name by which the model answers; None: it does not.
        origins: names of the models that answer whose data file is here.
        back: names of those that can be gone back from.
    """

    able: bool
    why: str | None = None
    state: Literal["running", "deciding", "done", "failed", "cancelled"] | None = None
    purpose: Literal["new", "corrected"] = "new"
    name: str | None = None
    model: str | None = None
    progress: Progress | None = None
    figures: Figures | None = None
    seconds: float | None = None
    report: bool = False
    resumable: bool = False
    verdict: str | None = None
    answering: str | None = None
    origins: list[str] = []
    back: list[str] = []
