"""A model behind LitServe. A side of benchmarks/reliability/serve_speed.py.

    python benchmarks/peers/serving_litserve.py MODEL --port N [--batch 64] [--batch-timeout 0.005]

`POST /v1/predict` takes and gives what `reread serve` does. With --batch 1, LitServe's default, each request is one call of the model; else requests that come
within --batch-timeout seconds are one. Queues are ZeroMQ's, as LitServe advises for more than a hundred requests a second.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import litserve
from serving_fastapi import answers

from reread import load


class Answering(litserve.LitAPI):
    """Requests with many texts, of which several can be one batch."""

    folder: Path

    def setup(self, device: str) -> None:  # noqa: ARG002  # LitServe's form
        """Open the model, in the process that answers."""
        self.reader = load(self.folder)

    def decode_request(self, request):  # noqa: ANN001, ANN201  # LitServe takes an annotation for the query's form
        """The texts."""
        return request["texts"]

    def predict(self, x: Any) -> Any:
        """Answer the texts of one request, or of several at once."""
        if self.max_batch_size == 1:
            return answers(self.reader, x)
        found = iter(answers(self.reader, [text for texts in x for text in texts])["answers"])
        return [{"answers": [next(found) for _ in texts]} for texts in x]


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--batch-timeout", type=float, default=0.005)
    asked = parser.parse_args()
    api = Answering(asked.batch, 0.0 if asked.batch == 1 else asked.batch_timeout, api_path="/v1/predict")
    api.folder = asked.model
    server = litserve.LitServer(api, accelerator="cpu", devices=1, fast_queue=True, timeout=False)
    server.run(host="127.0.0.1", port=asked.port, num_api_servers=1, log_level="error", generate_client_file=False)


if __name__ == "__main__":
    main()
