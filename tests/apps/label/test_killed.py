"""kill -9 while labels are given: every label that was confirmed is in the file, and the file is whole."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reread.data.examples import read_examples
from reread.data.request import ColumnRequest
from support.labelling import true_label, write_texts
from support.serving import Labels, ask

pytest.importorskip("uvicorn")


def label_until_killed(server: Labels, confirmed: dict[int, str], begun: threading.Event) -> None:
    """Label as fast as the server answers; now and then a label is taken back."""
    connection, random_number = server.connect(), random.Random(len(confirmed))
    try:
        state = ask(connection, "/v1/label").json()
        while state["asked"] is not None:
            row = state["asked"]["row"]
            state = ask(connection, "/v1/label", {"row": row, "label": true_label(row)}).json()
            confirmed[row] = true_label(row)
            begun.set()
            if random_number.random() < 0.2:
                del confirmed[row]  # from here on until it is confirmed, both are right
                state = ask(connection, "/v1/label/undo", {"row": row}).json()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        begun.set()
        connection.close()


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_no_label_that_was_confirmed_is_lost(start: Callable[..., Labels], data: Path, out: Path, kills: int) -> None:
    write_texts(data, 100 * kills)  # more than are labelled meanwhile
    confirmed: dict[int, str] = {}
    for kill in range(kills):
        server, begun = start(), threading.Event()
        if kill:
            assert server.state()["labelled"] == len(out.read_bytes().splitlines())
        thread = threading.Thread(target=label_until_killed, args=(server, confirmed, begun))
        thread.start()
        begun.wait()
        time.sleep(random.Random(kill).random() / 20)  # wherever that meets it
        server.kill()
        thread.join()
        whole = out.read_bytes().rpartition(b"\n")[0].splitlines()
        found = {each["row"]: each["label"] for each in map(json.loads, whole)}
        assert len(found) == len(whole)
        assert confirmed.items() <= found.items()
        assert len(found) <= len(confirmed) + 1  # the one in the air
        confirmed = found
    start().stop()
    examples = read_examples(out, ColumnRequest())
    assert list(examples.targets["label"]) == [confirmed[row] for row in confirmed]
