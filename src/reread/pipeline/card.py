"""The model card: the folder's README.md."""

from __future__ import annotations

from collections.abc import Sequence

from reread.pipeline.facts import ModelFacts
from reread.wording import listed, metric_rows

CLASSES = 30  # named at most


def model_card(facts: ModelFacts) -> str:
    """Markdown for people who find the folder: what it is, how good, on what, how to use it."""
    classes = f": {listed(facts.classes, CLASSES)}" if facts.classes else ""
    texts = "Chinese texts" if facts.language == "zh" else "texts with words between spaces"
    data = [[name, f"`{value}`" if name.startswith("SHA") else value] for name, value in facts.data.items()]
    return f"""# A reread model

{facts.task.capitalize()} of {texts}{classes}.

{facts.network}

## How good

{facts.held_out}

{_table(["metric", *facts.figures], metric_rows(facts.figures)) if facts.figures else ""}
{"".join(f"{chr(10)}{note}{chr(10)}" for note in facts.notes)}
## What it was trained on

{_table(["", ""], data)}

It has learned from these texts only: expect worse answers on texts of another kind, time or place.

## How to use it

```python
from reread import load

model = load("this folder")
model.predict(["a text"])
```

or `reread predict FOLDER texts.csv -o answers.csv`. Made by reread {facts.version}; `config.json` and `run.toml` hold
every setting, `reread verify FOLDER` checks the files and the answers.
"""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in (header, lines, *rows))


def _cell(text: str) -> str:
    """Escape what would end a cell, or the table, in a column's name."""
    return " ".join(text.split()).replace("|", "\\|")
