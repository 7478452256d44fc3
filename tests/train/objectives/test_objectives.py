"""Every objective in both engines, and where the perturbed ones move the words to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from reread.errors import ConfigError
from reread.kernel import available
from reread.nn.model import TextNet, build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.tasks import tasks
from reread.train.engine import TORCH, use_engine
from reread.train.losses import build_loss
from reread.train.objectives import Batch, Objective, build_objective, objectives
from reread.train.objectives.perturbed import Perturbed, of_norm, same_draws
from reread.windows import pad
from support import tiny

KERNEL = f"kernel-{available()[0]}"
DROPOUTS = {"word_dropout": 0.2, "embedding_dropout": 0.3, "input_dropout": 0.2, "dropout": 0.3}
NETWORKS: dict[str, dict[str, Any]] = {
    "lstm": {"weight_dropout": 0.3, "recurrent_dropout": 0.2, "learned_start": True, "layers": 2},
    "word beside, latent": {"concat_word": True, "latent": (6,), "embedding_dropout_by": "position"},
    "sru": {"recurrence": "sru", "pooling": "mean"},
    "attention": {"pooling": "attention", "bidirectional": False},
}
PERTURBED = [name for name in objectives if issubclass(objectives.get(name), Perturbed)]
LENGTHS = (9, 2, 14, 1, 5)
every_objective = pytest.mark.parametrize("name", objectives.names())
every_perturbed = pytest.mark.parametrize("name", PERTURBED)
every_network = pytest.mark.parametrize("spec", [pytest.param(spec, id=name) for name, spec in NETWORKS.items()])


def network(**spec: Any) -> TextNet:
    torch.manual_seed(0)
    net = build_model(ModelSpec(**{"embedding_dim": 6, "hidden": 5, **DROPOUTS, **spec}), [tiny.WORDS], tiny.TASK.size)
    torch.nn.init.normal_(net.embedding.tables[0].weight)
    return net.train()


def objective(name: str, net: TextNet, *, window: int = 4096, **options: Any) -> Objective:
    settings = TrainingSettings(objective=name, window=window, objective_options=options)
    return build_objective(net, build_loss(tiny.TASK), settings)


def batch_of(lengths: tuple[int, ...] = LENGTHS) -> Batch:
    random = np.random.default_rng(0)
    ids, real = pad([random.integers(1, tiny.WORDS, (length, 1), dtype=np.int32) for length in lengths])
    targets = torch.arange(len(lengths), dtype=torch.float32)[:, None] % 3
    return Batch(torch.from_numpy(ids), torch.from_numpy(real), targets)


def carry_out(found: Objective, batch: Batch, seed: int = 0) -> list[Tensor]:
    """The terms of a step, each gone backward through in its turn."""
    torch.manual_seed(seed)
    found.net.zero_grad()
    terms = []
    for losses in found.losses(batch):
        losses.mean().backward()
        terms.append(losses.detach())
    return terms


def gradients(net: TextNet) -> dict[str, Tensor]:
    return {name: parameter.grad.to_dense() for name, parameter in net.named_parameters() if parameter.grad is not None}


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> list[Tensor | None]:
    """The perturbations with which a network is read from now on."""
    found: list[Tensor | None] = []
    read = Objective.read

    def spied(self: Objective, batch: Batch, perturbation: Tensor | None = None) -> Tensor:
        found.append(None if perturbation is None else perturbation.detach().clone())
        return read(self, batch, perturbation)

    monkeypatch.setattr(Objective, "read", spied)
    return found


@every_objective
@every_network
def test_the_gradient_reaches_every_parameter(name: str, spec: dict[str, Any]) -> None:
    net = network(**{**spec, **dict.fromkeys(DROPOUTS, 0.0)})
    terms = carry_out(objective(name, net), batch_of())
    assert all(term.shape == (len(LENGTHS),) and (term >= -1e-6).all() for term in terms)
    found = gradients(net)
    for parameter, _ in net.named_parameters():
        assert torch.isfinite(found[parameter]).all(), parameter
        assert found[parameter].any(), parameter


@every_objective
@every_network
@pytest.mark.parametrize("window", [4096, 4], ids=["whole", "windows"])
def test_the_kernel_s_gradients_are_torch_s(name: str, spec: dict[str, Any], window: int) -> None:
    net, batch = network(**spec), batch_of(LENGTHS if window > 14 else (14,))
    found = objective(name, net, window=window, **({"perturbation": 0.5} if name in PERTURBED else {}))
    results = []
    for engine in (KERNEL, TORCH):
        use_engine(net, engine)
        results.append((carry_out(found, batch), gradients(net)))
    (ours, our_gradients), (theirs, their_gradients) = results
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(our_gradients, their_gradients, rtol=1e-5, atol=1e-5)


@every_perturbed
@pytest.mark.parametrize("window", [4096, 4], ids=["whole", "windows"])
def test_a_text_is_moved_by_epsilon_in_all_and_nowhere_beyond_its_end(
    name: str, window: int, moves: list[Tensor]
) -> None:
    batch = batch_of(LENGTHS if window > 14 else (14,))
    net = network(pooling="mean", input_dropout=0.0)  # every position counts
    carry_out(objective(name, net, perturbation=3.0, window=window), batch)
    torch.testing.assert_close(moves[-1].flatten(1).norm(dim=1), torch.full((len(batch.lengths),), 3.0))
    for move, length in zip(moves[-1], batch.lengths, strict=True):
        assert (move[:length].norm(dim=1) > 0).all()
        assert not move[length:].any()


@pytest.mark.parametrize("engine", [KERNEL, TORCH])
def test_adversarial_words_raise_the_loss_as_fast_as_any_can(engine: str, moves: list[Tensor]) -> None:
    net, batch, small = network(), batch_of(), 1e-2
    use_engine(net, engine)
    found = objective("adversarial", net, perturbation=small)
    before, after = carry_out(found, batch)
    worst, rest = moves[-1], torch.zeros_like(moves[-1]).requires_grad_()
    torch.manual_seed(0)
    same_draws()()
    (steepest,) = torch.autograd.grad(found.loss(found.read(batch, rest), batch.targets).sum(), rest)
    rise = steepest.flatten(1).norm(dim=1) * small
    torch.testing.assert_close(after - before, rise, rtol=0.05, atol=1e-5)
    torch.testing.assert_close(of_norm(small, steepest), worst, rtol=1e-4, atol=1e-6)


def test_virtual_adversarial_words_move_the_answer_further_than_random_ones_do(moves: list[Tensor]) -> None:
    net, batch = network(**dict.fromkeys(DROPOUTS, 0.0)), batch_of()
    found = objective("virtual_adversarial", net, perturbation=1.0)
    moved = [carry_out(found, batch, seed)[1] for seed in range(8)]
    answer, at_random = found.read(batch).detach(), moves[1::3]
    by_chance = [
        found.loss.divergence(found.read(batch, of_norm(1.0, each)), answer).detach() for each in at_random[:8]
    ]
    assert (torch.stack(moved).mean(dim=0) > 2 * torch.stack(by_chance).mean(dim=0)).all()


def test_a_virtual_adversary_knows_no_targets() -> None:
    found, batch = objective("virtual_adversarial", network()), batch_of()
    second = carry_out(found, batch)[1]
    others = Batch(batch.ids, batch.lengths, (batch.targets + 1) % 3)
    assert torch.equal(carry_out(found, others)[1], second)


@every_network
@pytest.mark.parametrize("engine", [KERNEL, TORCH])
def test_all_readings_of_a_step_drop_the_same(spec: dict[str, Any], engine: str) -> None:
    net, batch = network(**spec), batch_of()
    use_engine(net, engine)
    found = objective("adversarial", net)
    begin, readings = same_draws(), []
    for perturbation in (None, found.at_rest(batch), None):
        begin()
        readings.append(found.read(batch, perturbation).detach())
    torch.testing.assert_close(readings[1], readings[0], rtol=1e-5, atol=1e-5)
    assert torch.equal(readings[2], readings[0])
    assert not torch.allclose(found.read(batch), readings[0], atol=1e-3)


@every_perturbed
@pytest.mark.parametrize("task", tasks.names())
def test_every_task_can_be_perturbed(name: str, task: str, one_of: dict[str, Any]) -> None:
    made = tasks.get(task).fit(one_of[task])
    torch.manual_seed(0)
    net = build_model(ModelSpec(embedding_dim=6, hidden=5), [tiny.WORDS], made.size).train()
    found = build_objective(net, build_loss(made), TrainingSettings(objective=name))
    batch = batch_of()
    terms = carry_out(found, Batch(batch.ids, batch.lengths, torch.from_numpy(made.encode(one_of[task]))))
    assert [term.shape for term in terms] == [(5,)] * (3 if name == "mixed" else 2)
    assert terms[1].sum() > (0 if name == "virtual_adversarial" else terms[0].sum())
    assert all(torch.isfinite(gradient).all() for gradient in gradients(net).values())


@pytest.fixture
def one_of() -> dict[str, Any]:
    """Targets of five texts for each task."""
    simple: dict[str, Any] = {
        "classification": list("babca"),
        "multilabel": [["a", "b"], [], ["c"], ["b"], ["a"]],
        "ordinal": [1, 3, 2, 5, 4],
        "regression": [3.0, -1.0, 2.5, 8.0, 0.5],
    }
    return {**simple, "joint": {"topic": simple["classification"], "price": simple["regression"]}}


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_directions_get_their_length_however_small_they_are(scale: float) -> None:
    directions = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(0))
    directions[1] = 0
    found = of_norm(2.0, directions * scale)
    torch.testing.assert_close(found.flatten(1).norm(dim=1), torch.tensor([2.0, 0.0, 2.0]))
    torch.testing.assert_close(found[0] / found[0].norm(), directions[0] / directions[0].norm())


def test_an_objective_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigError, match=r'unknown objective "adversary"\. Did you mean "adversarial"'):
        objectives.get("adversary")


@every_perturbed
def test_a_row_of_weight_0_changes_nothing(name: str) -> None:
    ended = []
    for word in (1, 2):
        rows = tiny.texts(8)
        rows.weights[3], rows.texts[3][:] = 0, word
        run = tiny.trainer({"dropout": 0.0, "word_dropout": 0.0}, rows=rows, objective=name, steps=1)
        run.run()
        ended.append(run.net.state_dict())
    torch.testing.assert_close(*ended)


def test_an_option_that_an_objective_does_not_have_is_named() -> None:
    with pytest.raises(ConfigError, match='unknown option "perturbation" of objective plain'):
        objective("plain", network(), perturbation=5.0)
    with pytest.raises(ConfigError, match=r"training.objective_options.perturbation = -1.0: expected a number above 0"):
        objective("adversarial", network(), perturbation=-1.0)


@pytest.mark.parametrize(
    ("name", "terms"),
    [("plain", 0), ("mixup", 0), ("distilled", 0), ("adversarial", 0), ("virtual_adversarial", 1), ("mixed", 2)],
)
def test_a_batch_without_targets_gives_the_terms_that_read_none(name: str, terms: int) -> None:
    assert objectives.get(name).reads_unlabelled == bool(terms)
    labelled = batch_of()
    net = network()
    assert len(carry_out(objective(name, net), Batch(labelled.ids, labelled.lengths))) == terms
    assert any(grad.abs().sum() > 0 for grad in gradients(net).values()) == bool(terms)


def test_the_weights_of_a_mixed_objective_are_those_of_its_terms() -> None:
    net, batch = network(), batch_of()
    once = carry_out(objective("mixed", net), batch)
    twice = carry_out(objective("mixed", net, adversarial=2.0, virtual=3.0), batch)
    torch.testing.assert_close(twice, [once[0], 2 * once[1], 3 * once[2]])
    unlabelled = Batch(batch.ids, batch.lengths)
    entropy, change = carry_out(objective("mixed", net), unlabelled)
    torch.testing.assert_close(carry_out(objective("mixed", net, entropy=0.5, virtual=0.0), unlabelled), [entropy / 2])
    assert len(carry_out(objective("mixed", net, adversarial=0.0, virtual=0.0), batch)) == 1
    assert (change > 0).all()


def test_lower_entropy_is_a_surer_answer() -> None:
    net, batch = network(**dict.fromkeys(DROPOUTS, 0.0)), batch_of()
    found, unlabelled = objective("mixed", net, virtual=0.0), Batch(batch.ids, batch.lengths)
    before = torch.softmax(net.read(batch.ids, batch.lengths), 1).amax(1).mean()
    for _ in range(5):
        carry_out(found, unlabelled)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.sub_(0.1 * parameter.grad.to_dense())
    assert torch.softmax(net.read(batch.ids, batch.lengths), 1).amax(1).mean() > before
