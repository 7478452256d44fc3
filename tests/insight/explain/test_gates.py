from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from reread.errors import ConfigError, DataError
from reread.insight.explain.gate_picture import draw_gates
from reread.insight.explain.gates import Gates, gates
from reread.nn.model import TextNet
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.scorer import Scorer
from support import net_properties as properties
from support.net_properties import network
from support.networks import stored

TEXT = "w3 w7 w3 W11"


def scorer(net: TextNet, **spec: Any) -> Scorer:
    plain = properties.scorer(TorchBackend(net), 64)
    return Scorer(plain.encoder, plain.task, plain.backend, network=stored(net, spec))


@pytest.mark.parametrize("spec", [{"learned_start": True}, {"bidirectional": False, "layers": 2}])
def test_gates_and_cell_make_the_states_of_the_network(spec: dict[str, Any]) -> None:
    net = network(**spec)
    own = scorer(net, **spec)
    found = gates(own, TEXT)
    assert [each.reads for each in found] == ["read ahead", "read back"][: 2 if net.bidirectional else 1]
    assert found[0].words == ("w3", "w7", "w3", "W11")
    ids = torch.from_numpy(own.encode(TEXT)[None]).long()
    with torch.no_grad():
        states = net.start_states().unsqueeze(1)
        layer = net.layers[0]
        outputs = layer(net.embedding(ids), torch.tensor([4]), states[: net.directions])[0][0].numpy()
    for each, expected in zip(found, np.split(outputs, len(found), axis=1), strict=True):
        assert np.abs(each.output * np.tanh(each.cell) - expected).max() < 1e-6
        assert all(((gate > 0) & (gate < 1)).all() for gate in (each.input, each.forget, each.output))


def test_the_cell_keeps_what_the_forget_gate_says() -> None:
    """Equation 7 between neighbours: |c_t - f c_{t-1}| is at most the input gate; read back the neighbour is the next one."""
    ahead, back = gates(scorer(network()), TEXT)
    taken = ahead.cell[1:] - ahead.forget[1:] * ahead.cell[:-1]
    assert (np.abs(taken) <= ahead.input[1:] + 1e-6).all()
    taken = back.cell[:-1] - back.forget[:-1] * back.cell[1:]
    assert (np.abs(taken) <= back.input[:-1] + 1e-6).all()


def test_only_an_lstm_has_gates() -> None:
    with pytest.raises(ConfigError, match="this network's recurrence is not an LSTM"):
        gates(scorer(network(recurrence="gru"), recurrence="gru"), TEXT)
    with pytest.raises(DataError, match="the text has no word"):
        gates(scorer(network()), " ")


def made(words: tuple[str, ...]) -> Gates:
    values = np.linspace(-1, 1, 3 * len(words), dtype=np.float32).reshape(len(words), 3)
    return Gates(
        reads="read ahead", words=words, input=abs(values), forget=abs(values), output=abs(values), cell=values
    )


def test_a_picture_names_the_words(tmp_path: Path) -> None:
    long = made(tuple(f"w{k}" for k in range(100)))
    for name in ("gates.svg", "gates.png"):
        draw_gates([long], tmp_path / name)
    svg = (tmp_path / "gates.svg").read_text(encoding="utf-8")
    assert "<!-- forget gate, read ahead -->" in svg
    assert "<!-- w79 -->" in svg
    assert "<!-- w80 -->" not in svg
    assert "the first 80 of 100 words -->" in svg
    assert "Bright, a gate is open (1)" in svg
    assert (tmp_path / "gates.png").read_bytes().startswith(b"\x89PNG")


def test_a_letter_that_no_font_has_is_its_number(tmp_path: Path) -> None:
    for name in ("a.svg", "a.png"):
        draw_gates([made(("$a$", "pay$", "so\U000f0000", "good"))], tmp_path / name)
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<!-- soU+F0000 -->" in svg
    assert "U+: a letter that no installed font has; Noto Sans CJK SC, for one, has Chinese letters -->" in svg
    draw_gates([made(("good",))], tmp_path / "a.svg")
    assert "U+:" not in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected a name that ends in \.svg or \.png"):
        draw_gates([made(("a",))], tmp_path / "a.gif")
