"""The errors of the Python API in the words of the command line: parameters become options."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COLUMN = "text|label|target|group|time|weight|slice|where"
_OPTIONS = {
    "recipe": "--model",
    "name": "--model",
    "pretrained": "--from",
    "baseline": "--no-baseline",
    "vectors.source": "--vectors",
    "vectors.frozen": "--freeze-vectors",
    "vectors.reduce": "--reduce",
    "text.segmenter_options.dictionary": "--dictionary",
    "training.epochs": "--epochs",
    "training.batch_size": "--batch-size",
    "training.learning_rate": "--learning-rate",
    "training.max_tokens": "--max-tokens",
    "training.validation": "--validation",
    "training.class_weights": "--class-weights",
    "training.seed": "--seed",
    "training.threads": "--threads",
    "training.device": "--device",
    "bag_size": "--bag-size",
    "candidates": "--candidates",
    "keep_labels": "--keep-labels",
    "language": "--language",
    "predict": "--predict",
    "pretrain_minutes": "--pretrain-minutes",
    "unlabelled": "--unlabelled",
}
"""The settings of a run that have an option of their own."""
_DIFFERS = re.compile(r"^--resume: (?:plan\.)?(?:recipe\.)?(?P<setting>\S+)(?: = (?P<value>.+?))?(?= differs from )")
_TERMS: Sequence[tuple[str, str]] = (
    (r"\bchoose another (folder|file)\b(?! with -o)", r"choose another \1 with -o"),
    (r"\b(overwrite|resume)=True\b", r"--\1"),
    (r'\bon_bad_rows="(set-aside)"', r"--on-bad-rows \1"),
    (r"\bon_bad_rows: ", "--on-bad-rows: "),
    (r'\b(device|method)="(cpu|attention)"', r"--\1 \2"),
    (r"\b(encoding|data)=(NAME|FOLDER)\b", r"--\1 \2"),
    (r'\banswer ?= ?"(stack|network|linear)"', r"--answer \1"),
    (r"\bbaseline=False\b", "--no-baseline"),
    (r"\blearning_curve=True\b", "--learning-curve"),
    (r"^pretrain_minutes = (?=\d)", "--pretrain-minutes "),
    (r"\bpretrain before \(reread pretrain\)$", "run reread pretrain before"),
    (r"^bag_size = (?=\d)", "--bag-size "),
    (r"\bor predict a bag$", "or pass --predict bag"),
    (r"\bkeep_labels=True\b", "--keep-labels"),
    (r"\b(a list of labels for each text), empty for none$", r"\1; pass --label-separator if a cell holds several"),
    (r"\bpretrained=MODEL( and)?\b", "--from MODEL"),
    (r'\bsay language="(\w+)"', r"pass --language \1"),
    (r"; add some of its rows$", "; name a file with some of its rows too, as in reread train new.csv old.csv"),
    (r"\bsource=FOLDER\b", "--from FOLDER"),
    (r'\btrain with recipe="(\w+)"', r"train with --model \1"),
    (r"\bspace=(?=\S)", "--space "),
    (r'^ray = "([^"]*)"', r"--ray \1"),
    (r"\b(say|pass) format \(", r"\1 --format ("),
    (r"\b(say|pass) output format \(", r"\1 --out-format ("),
    (r'^out_format = "(\w+)"', r"--out-format \1"),
    (r"^encoding: unknown", "--encoding: unknown"),
    (rf"(^|: )({_COLUMN}): (?=there is no column |several columns could |no column has )", r"\1--\2: "),
    (r'(; numbers are learned with )target="(.*)"$', r"\1--target \2"),
    (r"(; name another with )(text|label|target)$", r"\1--\2"),
    (r'^setting "', '--set "'),
    (r"\bvectors\.frozen = true\b", "--freeze-vectors"),
    (r"\bvectors\.reduce = (?=\d+ without)", "--reduce "),
    (r"\bwith vectors\.source\b", "with --vectors"),
    (r"\bname some with unlabelled$", "name some with --unlabelled"),
    (r'\bset vectors\.source = "word2vec"', "pass --vectors word2vec"),
    (r'\b(decide|calibration) = "([^"]*)"', r"--\1 \2"),
    (r"\bwith validation = 0: ", "with --set training.validation=0: "),
    (r"(?<!-)\bset ((?:model|training|text)\.\w+=)", r"pass --set \1"),
    (r"\bwith (text\.segmenter=)", r"with --set \1"),
    (r"\bor set clip\b", "or pass --set training.clip=1"),
    (r"\bmake batch_size, or a size of the network, smaller\b", "make --batch-size, or a size of the network, smaller"),
)
"""Parts of messages about a parameter, and their form for the option."""


def as_options(message: str) -> str:
    """A message of the library with the names that a command's options have."""
    for pattern, option in _TERMS:
        message = re.sub(pattern, option, message)
    return _DIFFERS.sub(_resumed, message)


def _resumed(match: re.Match[str]) -> str:
    """The option of a setting that differs from an interrupted run's, with its value if there is one."""
    setting, value = match["setting"], match["value"]
    if setting in _OPTIONS:
        return f"--resume: {_OPTIONS[setting]}{f' {value}' if value else ''}"
    if setting.partition(".")[0] in {"model", "training", "text", "vectors"}:
        return f"--resume: --set {setting}{f'={value}' if value else ''}"
    return match[0]
