"""The model card: what the folder's README.md says of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reread.bundle.readouts import readouts_from_config
from reread.scoring.decisions.learning import describe_thresholds
from reread.scoring.readout import Readout
from reread.tasks import task_from_config


def model_card(config: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Markdown for people who find the folder: what it is, how good, on what, how to use it."""
    data, task, recipe = config["data"], config["task"], config["recipe"]
    classes = ", ".join(map(str, task.get("classes", [])[:30]))
    columns = {"network": metrics["validation"], "linear baseline": metrics["baseline"]}
    if config["blend"]:
        columns["blend"] = metrics["blend"]
    figures = [[name, *(_number(column.get(name)) for column in columns.values())] for name in metrics["validation"]]
    return f"""# A reread model

{task["task"].capitalize()} of {config["text"]["language"]} texts{f": {classes}" if classes else ""}.

Network: `{recipe["name"]}`. {recipe["summary"]}. Source: {recipe["source"]}.

## How good

On {data["validation_rows"]:,} rows held out of the training file, which were also used to decide when to stop:

{_table(["metric", *columns], figures)}
{_blend(config["blend"])}{_sure(config, metrics)}{_precisions(metrics.get("precision") or {})}
## What it was trained on

{data["train_rows"]:,} rows, {data["characters"]:,} characters in all; SHA-256 of the rows read: `{data["sha256"]}`.
{data["unknown_rate"]:.1%} of the words are not in its vocabulary.{_vectors(config.get("vectors"))} It knows what these texts taught it and nothing
else: expect less of it on texts of another kind, time or place.

## How to use it

```python
from reread import load

model = load("this folder")
model.predict(["a text"])
```

or `reread predict FOLDER texts.csv -o answers.csv`. Made by reread {config["reread"]}; `config.json` and `run.toml` hold
every setting, `reread verify FOLDER` checks the files and the answers.
"""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, lines, *rows))


def _blend(weights: Mapping[str, float] | None) -> str:
    if not weights:
        return ""
    return f"""
It answers with the blend: {weights["network"]:.2f} times the network's answer and {weights["baseline"]:.2f} times the linear
baseline's. These rows chose the weights too: expect a little less of it on new texts. The baseline learned from them afterwards; its figures are from before.
"""


def _sure(config: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """How the probabilities of what answers were calibrated, and above which it decides."""
    part, figures = ("blend", "blend") if config["blend"] else ("network", "validation")
    readout = readouts_from_config(config, metrics, task_from_config(config["task"]))[part]
    return _calibration(readout, metrics["uncalibrated"][part], metrics[figures]) + _decision(
        config["decision"], readout
    )


def _calibration(readout: Readout, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    words = readout.calibration.describe()
    if not words:
        return ""
    changes = [
        f"{name.replace('_', ' ')} {_number(before[name])} became {_number(after[name])}"
        for name in after
        if name.rpartition(".")[2] in {"log_loss", "calibration_error"}
    ]
    return f"""
Its probabilities are calibrated on these rows ({words}): {", ".join(changes)}. The figures above are those of
calibrated answers, on the rows that also stopped the training and chose the calibration: expect a little less of both on new texts.
"""


def _decision(decision: Mapping[str, Any] | None, readout: Readout) -> str:
    if not decision:
        return ""
    return f"""
It decides by probabilities that the rule `{decision["rule"]}` chose on these rows too: {describe_thresholds(readout.task)}.
"""


def _precisions(stated: Mapping[str, Mapping[str, Any]]) -> str:
    if not stated:
        return ""
    lines = [
        f"`{name}` changed {each['changed']:.2%} of the answers there, {each['metric']} {_number(each['found'])} instead of {_number(each['exact'])}"
        for name, each in stated.items()
    ]
    return f"\nIn a lower precision (`--precision`) the network answers faster: {'; '.join(lines)}.\n"


def _vectors(found: Mapping[str, Any] | None) -> str:
    if not found:
        return ""
    counts = " and ".join(f"{known:,} of {words:,}" for known, words in found["words_with_vector"])
    trained = f"{found['algorithm']} trained on {found['tokens']:,} tokens" if "tokens" in found else found["source"]
    kept = ", which training left as they were" if found["frozen"] else ""
    return f" {counts} words of that started from word vectors ({trained}){kept}."


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
