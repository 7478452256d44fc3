"""The schema of a model folder's config.json: written from it, checked by it, read through it."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, TypeVar

from reread.plugins import needed_by
from reread.recipes.fitting import Bound, Count, WholeNotNegative, fit_table, fit_value
from reread.recipes.spec import ModelSpec, spec_from

FORMAT_VERSION = 2
FILLED = Bound("with at least one entry", bool)
FILE = "config.json"
ANSWERS = STACK, NETWORK, LINEAR = ("stack", "network", "linear")
"""What can answer: the linear member with the network on top, and each of the two."""
BLEND = ("network", "baseline")
"""The parts of a blend, which folders of version 1 can answer with, in the order of its weights."""

K = TypeVar("K")


@dataclass(frozen=True, kw_only=True)
class RecipeConfig:
    """The recipe that the model was trained by."""

    name: str = ""
    summary: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetConfig:
    """A target: its task, and the column that it was read from."""

    task: str
    column: str


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """What the model was trained on. The first of the columns holds the texts, the others the targets."""

    columns: Annotated[tuple[str, ...], FILLED]
    rows: WholeNotNegative = 0
    characters: WholeNotNegative = 0
    sha256: str = ""
    train_rows: WholeNotNegative = 0
    taught_rows: WholeNotNegative = 0
    """Texts without labels that self-training learned from."""
    validation_rows: WholeNotNegative = 0
    tokens: WholeNotNegative = 0
    unknown_rate: float = 0.0
    vocabulary: tuple[WholeNotNegative, ...] = ()
    class_rows: tuple[float, ...] = ()
    """Of one class a text: how many rows each class stands for, in the order of the classes."""


@dataclass(frozen=True, kw_only=True)
class BlendConfig:
    """How much network and linear baseline count in the blend, in sum 1."""

    network: float
    baseline: float

    def weights(self) -> tuple[float, float]:
        """In the order of ``BLEND``."""
        return self.network, self.baseline


@dataclass(frozen=True, kw_only=True)
class Config:
    """The content of config.json. Folders of older versions may lack the entries with a default here.

    Attributes:
        data: what the model was trained on.
        label_separator: between the labels of a cell, if a cell holds several.
        max_tokens: the most tokens used of each text.
        model: the network, as `ModelSpec` reads it.
        targets: by their names.
        task: what the scores mean, as ``Task.to_config`` wrote it.
        text: the path from text to ids, as ``TextEncoder.to_config`` wrote it.
        window: tokens that are read in one call.
        format_version: of the folder.
        reread: the version that wrote it.
        recipe: what it was trained by.
        training: the settings of the training.
        vectors: the word vectors that the network started from.
        pretrained: the pretrained network that it started from.
        blend: the weights of network and baseline in a folder of version 1 that answers with the mean of both.
        answer: what answers; empty in folders of version 1: the blend if there is one, else the network.
        members: how much network and linear member count in the stack, if there is a linear member.
        offset: whether the network's scores come on top of the linear member's.
        fast: the cheapest that answers as well as the stack; empty in folders without a linear member.
        calibration: how each part's scores are calibrated.
        decision: the rule that chose thresholds, and the thresholds.
        libraries: their versions by name.
        python: its version.
        plugins: the packages that some of its parts come from, with their versions; written by `to_json`.
    """

    data: DataConfig
    label_separator: str | None
    max_tokens: Count | None
    model: Mapping[str, Any]
    targets: Mapping[str, TargetConfig]
    task: Mapping[str, Any]
    text: Mapping[str, Any]
    window: Count
    format_version: int = FORMAT_VERSION
    reread: str = ""
    recipe: RecipeConfig = field(default_factory=RecipeConfig)
    training: Mapping[str, Any] = field(default_factory=dict)
    vectors: Mapping[str, Any] | None = None
    pretrained: Mapping[str, Any] | None = None
    blend: BlendConfig | None = None
    answer: str = ""
    members: Mapping[str, float] | None = None
    offset: bool = False
    fast: str = ""
    calibration: Mapping[str, Any] | None = None
    decision: Mapping[str, Any] | None = None
    libraries: Mapping[str, Any] = field(default_factory=dict)
    python: str = ""
    plugins: Mapping[str, str] = field(default_factory=dict)

    @property
    def text_column(self) -> str:
        """The column of training with the texts."""
        return self.data.columns[0]

    @property
    def answers(self) -> str:
        """The name of what answers by default."""
        return self.answer or (STACK if self.blend else NETWORK)

    def spec(self) -> ModelSpec:
        """The network's description.

        Raises:
            ConfigError: a setting that a network does not have, or of another type.
        """
        return spec_from(ModelSpec, self.model, "model")

    def to_json(self) -> str:
        """The text of the file; the format version comes first."""
        values = {"format_version": self.format_version, **asdict(self)}
        values["plugins"] = needed_by(_texts_in(values))
        return json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, content: bytes) -> Config:
        """Read the file; additions of later versions of this format are ignored.

        Raises:
            ConfigError: a value is missing or of the wrong type.
            ValueError: it is not JSON.
        """
        values = fit_table(json.loads(content), {"model": Mapping[str, Any], "targets": Mapping[str, Any]}, FILE)
        fit_table(values["model"], {"layers": Count}, f"{FILE}: model")
        fit_value(Annotated[Mapping[str, Any], FILLED], values["targets"], f"{FILE}: targets")
        targets = {
            name: _read(TargetConfig, each, f"{FILE}: targets: {name}") for name, each in values["targets"].items()
        }
        parts: dict[str, Any] = {"targets": targets}
        for name, kind in (("data", DataConfig), ("recipe", RecipeConfig), ("blend", BlendConfig)):
            if values.get(name) is not None:
                parts[name] = _read(kind, values[name], f"{FILE}: {name}")
        return _read(cls, {**values, **parts}, FILE)


def _texts_in(value: Any) -> Iterator[str]:
    """All texts in tables and lists: some of them name parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts_in(each)


def _read(kind: type[K], values: Any, where: str) -> K:
    """A table of the file as this dataclass; unknown keys are ignored."""
    hints = typing.get_type_hints(kind, include_extras=True)
    needed = [each.name for each in dataclasses.fields(kind) if not _has_default(each)]  # type: ignore[arg-type]
    fitted = fit_table(values, {name: hints[name] for name in needed}, where)
    optional = [name for name in hints if name in fitted and name not in needed]
    given = {name: fit_value(hints[name], fitted[name], f"{where}: {name}") for name in optional}
    return kind(**{name: fitted[name] for name in needed}, **given)


def _has_default(each: dataclasses.Field[Any]) -> bool:
    return each.default is not dataclasses.MISSING or each.default_factory is not dataclasses.MISSING
