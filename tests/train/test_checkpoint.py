"""A run on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.errors import BundleError, TrainingError
from reread.recipes.spec import TrainingSettings
from reread.train import checkpoint as module
from reread.train.checkpoint import optimiser_tensors, read_checkpoint, restore_optimisers, write_checkpoint
from reread.train.optimisers import DENSE, build_optimisers
from reread.train.steps import Optimiser
from support import tiny

names = st.text("abc./_", min_size=1, max_size=8)
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
facts_of = st.dictionaries(st.text(max_size=5), plain | st.lists(plain, max_size=3), max_size=4)


@given(shapes=st.dictionaries(names, st.lists(st.integers(0, 4), max_size=3), max_size=4), facts=facts_of)
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read(shapes: dict[str, list[int]], facts: dict[str, Any]) -> None:
    tensors = {name: torch.randn(shape) for name, shape in shapes.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        write_checkpoint(path, tensors, facts)
        found, found_facts = read_checkpoint(path)
        assert [file.name for file in Path(folder).iterdir()] == ["run"]
    assert found_facts == facts
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)


def test_views_and_transposed_tensors_are_written_as_they_look(tmp_path: Path) -> None:
    matrix = torch.randn(3, 4)
    write_checkpoint(tmp_path / "run", {"turned": matrix.T, "column": matrix[:, 1]}, {})
    tensors, _ = read_checkpoint(tmp_path / "run")
    assert torch.equal(tensors["turned"], matrix.T)
    assert torch.equal(tensors["column"], matrix[:, 1])


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run"
    write_checkpoint(path, {"a": torch.ones(2)}, {"step": 1})

    def full(tensors: Any, target: Path, metadata: Any) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "save_file", full)
    with pytest.raises(TrainingError, match=r"cannot be written: .*No space left on device"):
        write_checkpoint(path, {"a": torch.zeros(2)}, {"step": 2})
    assert read_checkpoint(path)[1] == {"step": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("content", [b"", b"no tensors at all", None])
def test_what_is_no_checkpoint(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BundleError, match="is not a readable checkpoint"):
        read_checkpoint(path)


def test_a_truncated_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "run"
    write_checkpoint(path, {"a": torch.ones(50)}, {"step": 1})
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BundleError, match="is not a readable checkpoint"):
        read_checkpoint(path)


@pytest.mark.parametrize("name", sorted(DENSE))
def test_optimisers_go_on_as_if_nothing_had_happened(name: str) -> None:
    parts = {"head": {"optimiser": "adam", "learning_rate": 0.3}, "embedding": {"learning_rate": 0.2}}
    made = TrainingSettings(optimiser=name, parts=parts)
    net, twin = tiny.network(), tiny.network()
    optimisers, restored = build_optimisers(net, made), build_optimisers(twin, made)

    def step(network: Any, using: list[Optimiser], seed: int) -> None:
        torch.manual_seed(seed)
        network.zero_grad()
        text = torch.randint(0, tiny.WORDS, (2, 3, 1))
        (network.read(text, torch.tensor([3, 2])) ** 2).sum().backward()
        for optimiser in using:
            optimiser.step()

    for seed in range(3):
        step(net, optimisers, seed)
    twin.load_state_dict(net.state_dict())
    restore_optimisers(restored, {name: tensor.clone() for name, tensor in optimiser_tensors(optimisers).items()})
    for seed in range(3, 6):
        step(net, optimisers, seed)
        step(twin, restored, seed)
    assert name == "sgd" or optimiser_tensors(restored)["0/0/step"] == 6
    for (key, tensor), other in zip(net.state_dict().items(), twin.state_dict().values(), strict=True):
        assert torch.equal(tensor, other), key
