"""A model behind FastAPI as tutorials have it: one request is one call of the model. A side of benchmarks/reliability/serve_speed.py.

    python benchmarks/peers/serving_fastapi.py MODEL --port N

`POST /v1/predict` takes and gives what `reread serve` does. The path is a plain function, which FastAPI calls in its pool of threads, as it advises for what
computes; with --on-loop it is a coroutine, which costs no change of threads but lets nobody in meanwhile.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from reread import load


class Texts(BaseModel):
    """What is asked."""

    texts: list[str]


def answers(model: Any, texts: list[str]) -> dict[str, Any]:
    """The class and the probabilities of each text."""
    classes = model.classes_.tolist()
    found = [dict(zip(classes, row, strict=True)) for row in model.predict_proba(texts).tolist()]
    return {"answers": [{"prediction": max(each, key=each.__getitem__), "probabilities": each} for each in found]}


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--on-loop", action="store_true")
    asked = parser.parse_args()
    model, app = load(asked.model), FastAPI()

    def predict(body: Texts) -> dict[str, Any]:
        return answers(model, body.texts)

    async def predict_on_loop(body: Texts) -> dict[str, Any]:
        return answers(model, body.texts)

    app.post("/v1/predict")(predict_on_loop if asked.on_loop else predict)
    uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()
