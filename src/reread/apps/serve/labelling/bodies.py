"""What the tab Label and the server tell each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from reread.apps.serve.replies import Columns


class Sent(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a file of texts is called that is sent."""

    name: str = "texts"


class Looked(Columns, kw_only=True):
    """The columns of a file that was sent, and what it is called here."""

    data: str


class Column(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The column of a file that is looked at."""

    text: str


class Counts(msgspec.Struct):
    """What a column holds.

    Attributes:
        texts: to label, each once.
        equal: rows whose text stood before.
        left_out: rows without a text, or that cannot be read.
        why: most of them are left out; None: there are none.
    """

    texts: int
    equal: int
    left_out: int
    why: str | None


class Begin(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is to be labelled.

    Attributes:
        data: what the file is called here.
        text: the column with the texts; None: found by name.
        kind: of the question.
        asked: the classes, or the lowest and the highest number, with commas between them.
        blind: whether what the linear member says is shown only after the person's own answer.
        by: who labels.
    """

    data: str
    text: str | None = None
    kind: Literal["classes", "ordinal", "multilabel", "numbers"] = "classes"
    asked: str
    blind: bool = False
    by: str = ""


class Begun(msgspec.Struct):
    """A labelling, and how far it is.

    Attributes:
        name: of its page.
        kind: of the question.
        asked: the classes, or the lowest and the highest number.
        labelled: texts with a label.
        texts: all.
    """

    name: str
    kind: str
    asked: str
    labelled: int
    texts: int


class All(msgspec.Struct):
    """The labellings that there are, that which was worked on last first."""

    labellings: list[Begun]
