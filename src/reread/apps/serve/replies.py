"""What comes back, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType


class Answer(msgspec.Struct):
    """The answer to one text; of a joint model each value is an object with one value a target."""

    prediction: Any
    probabilities: Annotated[dict[str, Any], Meta(description="By class.")] | None
    error: Annotated[str, Meta(description="Why there is no answer.")] | None
    abstained: Any = UNSET
    set: Any = UNSET
    lower: Any = UNSET
    upper: Any = UNSET
    explanations: list[dict[str, Any]] | UnsetType = UNSET
    members: Annotated[dict[str, dict[str, Any]], Meta(description="Each member's own answer.")] | UnsetType = UNSET


class AnswerLine(Answer, kw_only=True):
    """The answer to a line."""

    id: Annotated[str | int, Meta(description="What the line was called.")] | None


class Answers(msgspec.Struct):
    """The answers, one a text, in order."""

    model: str
    answers: list[Answer]


class Model(msgspec.Struct):
    """A model, and what can be asked of it."""

    name: str
    task: str
    classes: Any
    config: Annotated[dict[str, Any], Meta(description="The task's settings, as in the model folder.")]
    answers: Annotated[str, Meta(description="What of it answers: stack, network or linear.")]
    members: Annotated[list[str], Meta(description="Whose own answers there are beside it.")]
    checksum: Annotated[str, Meta(description="Of the model's files: another one, another model.")]
    options: list[str]
    card: str | None
    report: Annotated[str, Meta(description="The path of its report.")] | None


class Models(msgspec.Struct):
    """The models that answer."""

    models: list[Model]
    trains: Annotated[bool, Meta(description="Whether the page can train: --work.")]
    neighbours: Annotated[list[str], Meta(description="The models whose training file is at hand: --examples.")]


class Like(msgspec.Struct):
    """A row of the file that a model was trained on."""

    text: Annotated[str, Meta(description="Its first 1,000 characters.")]
    targets: Annotated[dict[str, Any], Meta(description="What the file says of it, by column.")]
    place: Annotated[str, Meta(description="Where it stands in the file.")]
    cosine: Annotated[float, Meta(description="How like the text it is to the model's network: from -1 to 1.")]


class Neighbours(msgspec.Struct):
    """The rows of that file that are most like a text."""

    model: str
    file: str
    rows: Annotated[int, Meta(description="Of the file, with a text.")]
    compared: Annotated[int, Meta(description="Of them, with the text: at most 20,000, drawn at random.")]
    neighbours: Annotated[list[Like], Meta(description="The most like it first.")]


class Columns(msgspec.Struct):
    """What a file has."""

    columns: list[str]
    text: Annotated[str, Meta(description="The column with the texts, as it is found by name.")] | None
    why: Annotated[str, Meta(description="Why none is found.")] | None
    rows: int
    first: Annotated[list[list[str]], Meta(description="The first rows, the start of each value.")]


class Named(msgspec.Struct):
    """A model that is compared."""

    name: str
    checksum: str


class Disagreement(msgspec.Struct):
    """Two answers to one text."""

    at: str
    characters: Annotated[int, Meta(description="Of the text.")]
    answer: dict[str, Any]
    shadow: dict[str, Any]
    text: Annotated[str, Meta(description="With --shadow-texts only.")] | UnsetType = UNSET


class Comparison(msgspec.Struct):
    """How often the shadow disagrees with the model that answers."""

    model: Named
    shadow: Named
    compared: int
    disagree: int
    left_out: Annotated[int, Meta(description="Texts that the shadow did not answer.")]
    sentence: Annotated[str, Meta(description="How often they disagree, and whether chance explains it.")]
    examples: Annotated[list[Disagreement], Meta(description="The newest.")]


class Health(msgspec.Struct):
    """How the server is."""

    status: str


class FieldError(msgspec.Struct):
    """What is wrong with a field of the body, or with a parameter of the address."""

    detail: str
    pointer: Annotated[str, Meta(description="The field, such as #/texts/1.")] | UnsetType = UNSET
    parameter: Annotated[str, Meta(description="The parameter of the address.")] | UnsetType = UNSET


class ProblemDetails(msgspec.Struct):
    """Why a request has no answer: RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | UnsetType = UNSET
