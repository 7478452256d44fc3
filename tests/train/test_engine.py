"""Which engine trains a network, and that the choice is kept."""

from __future__ import annotations

import dataclasses

import pytest

from reread.errors import ConfigError
from reread.kernel import Library, available, load
from reread.kernel.light import Light
from reread.kernel.lstm import Lstm
from reread.kernel.sweeps import Sweeps
from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.train import engine
from reread.train.engine import KERNEL, TORCH, choose_engine, described, use_engine

NUMBERS = {"avx512": ("float32",), "avx512_bf16": ("float32", "bfloat16")}
LSTM = ModelSpec(recurrence="lstm", hidden=4, embedding_dim=4)
CPU = TrainingSettings(device="cpu")


def asked(name: str) -> TrainingSettings:
    return dataclasses.replace(CPU, engine=name)


def here(monkeypatch: pytest.MonkeyPatch, *levels: str) -> None:
    monkeypatch.setattr(engine, "available", lambda: levels)


def test_vector_instructions_decide_without_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, "avx2", "portable")
    monkeypatch.setattr(engine, "_seconds", None)
    assert choose_engine(LSTM, CPU) == choose_engine(LSTM, asked("kernel")) == "kernel-avx2"
    assert choose_engine(LSTM, asked("torch")) == "torch"
    assert choose_engine(LSTM, asked("kernel-portable")) == "kernel-portable"
    assert choose_engine(dataclasses.replace(LSTM, recurrence="sru"), CPU) == "kernel-avx2"


def test_without_them_torch_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is measured: equal runs have equal weights."""
    here(monkeypatch, "portable")
    monkeypatch.setattr(engine, "_seconds", None)
    assert choose_engine(LSTM, CPU) == "torch"
    assert choose_engine(LSTM, asked("kernel")) == "kernel-portable"


def test_a_step_can_be_measured() -> None:
    best = f"kernel-{available()[0]}"
    for name, precision in (("torch", "float32"), *((best, number) for number in load().numbers)):
        assert 0 < engine._seconds(LSTM, name, precision) < 60


@pytest.mark.parametrize(
    "spec", [dataclasses.replace(LSTM, recurrence="rnn"), dataclasses.replace(LSTM, recurrence="gru")]
)
def test_other_recurrences_are_torch_s(spec: ModelSpec) -> None:
    assert choose_engine(spec, CPU) == "torch"
    with pytest.raises(ConfigError, match=r'training\.engine = "kernel": this network has torch here'):
        choose_engine(spec, asked("kernel"))


def test_without_a_kernel_torch_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch)
    assert choose_engine(LSTM, CPU) == "torch"
    with pytest.raises(ConfigError, match=r'training\.engine = "kernel-avx2": this network has torch here'):
        choose_engine(LSTM, asked("kernel-avx2"))


def test_a_missing_kernel_is_said_where_it_would_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(CPU, engine="torch", threads=2)
    assert described(LSTM, settings) == "engine: torch, float32, 2 threads"
    here(monkeypatch)
    assert "no C compiler was found at installation" in described(LSTM, settings)
    assert "compiler" not in described(dataclasses.replace(LSTM, recurrence="gru"), settings)


def test_an_engine_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigError, match=r'unknown engine "kernle"\. Did you mean'):
        choose_engine(LSTM, asked("kernle"))


@pytest.mark.parametrize(("recurrence", "sweeps"), [("lstm", Lstm), ("sru", Light), ("min_lstm", Light)])
def test_a_network_is_given_its_engine_and_takes_another(recurrence: str, sweeps: type[Sweeps]) -> None:
    net = build_model(dataclasses.replace(LSTM, recurrence=recurrence), [9], 2)
    use_engine(net, f"kernel-{available()[0]}")
    assert all(type(layer.kernel) is sweeps for layer in net.layers)
    assert all(layer.kernel.library.level == available()[0] for layer in net.layers)
    use_engine(net, "torch")
    assert all(layer.kernel is None for layer in net.layers)


def test_precision_is_what_the_engine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(engine_name: str, precision: str) -> str:
        return engine.choose_precision(LSTM, dataclasses.replace(CPU, engine=engine_name, precision=precision))

    monkeypatch.setattr(engine, "load", lambda level: Library(level, 16, NUMBERS[level], None))
    for faster in NUMBERS["avx512_bf16"]:  # processors differ
        monkeypatch.setattr(engine, "_seconds", lambda *way, faster=faster: way[2] != faster)
        assert of("kernel-avx512_bf16", "auto") == faster
    monkeypatch.setattr(engine, "_seconds", None)  # nothing else is measured
    assert of("kernel-avx512", "auto") == of("torch", "auto") == of("kernel-avx512_bf16", "float32") == "float32"
    with pytest.raises(ConfigError, match=r'training\.precision = "bfloat16": the engine kernel-avx512 has float32'):
        of("kernel-avx512", "bfloat16")
    with pytest.raises(ConfigError, match=r'unknown precision "bfloat"\. Did you mean'):
        of("torch", "bfloat")


def test_a_network_sweeps_and_pools_on_the_level_that_the_run_chose() -> None:
    net = build_model(ModelSpec(embedding_dim=4, hidden=4, layers=2, pooling="max_mean"), [5], 2)
    for level in available():
        use_engine(net, f"{KERNEL}{level}")
        assert {layer.kernel.library.level for layer in net.layers} == {level}
        assert {net.pooling.library.level, net.pooling.max.library.level} == {level}
    use_engine(net, TORCH)
    assert {layer.kernel for layer in net.layers} == {net.pooling.library} == {net.pooling.max.library} == {None}
