"""What the second run of a call finds and leaves: all as if there had been one run only."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.normalization.spectral_normalization import SpectralNormalization
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.remat.remat_scope import RematScope, remat
from torchkeras_compat.layers.rnn.lstm import LSTM
from torchkeras_compat.metrics.reduction import Mean


class Block(Layer):
    """Several layers in one."""

    def __init__(self, *parts: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = list(parts)
        self.supports_masking = True
        self.runs = 0

    def call(self, x: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        for part in self.parts:
            x = part(x)
        return x


class Counter(Layer):
    """Counts, penalises and measures what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")
        self.batches = self.add_weight(shape=(), initializer="zeros", dtype="int64", trainable=False, name="batches")
        self.mean = Mean(name="mean")

    def call(self, x: torch.Tensor) -> torch.Tensor:
        self.calls.assign_add(1)
        self.batches.assign_add(1)
        self.add_loss((x**2).sum())
        self.mean.update_state(x.detach())
        return x * self.calls.value.clone()


def pair(make: Any, x: torch.Tensor) -> tuple[Any, Any]:
    """Return a layer, and its twin with the same weights that is recomputed."""
    plain = make()
    plain(x)
    twin = copy.deepcopy(plain)
    for layer in twin._flatten_layers():
        RematScope().take(layer)
    return plain, twin


def gradients(layer: Any, x: torch.Tensor, **kwargs: Any) -> list[torch.Tensor]:
    """Return output, gradients and non-trainable state after one step."""
    torch.manual_seed(3)
    x = x.clone().requires_grad_() if x.is_floating_point() else x
    y = layer(x, **kwargs)
    loss = (y.float() ** 2).sum() + sum(layer.losses)
    inputs = [x] if x.requires_grad else []
    found = torch.autograd.grad(loss, [*inputs, *layer.parameters()])
    return [y, *found, *[v.value.clone() for v in layer.non_trainable_variables]]


MAKERS = {
    "dense": lambda: Dense(3, activation="tanh"),
    "dropout": lambda: Block(Dense(6), Dropout(0.5), Dense(2)),
    "seeded dropout": lambda: Block(Dense(6), Dropout(0.5, seed=1), Dense(2)),
    "batch normalization": lambda: Block(Dense(3), BatchNormalization(momentum=0.5)),
    "spectral normalization": lambda: SpectralNormalization(Dense(3)),
    "state, loss, metric": lambda: Block(Dense(3), Counter()),
    "mixed precision": lambda: Block(Dense(3), Dense(2, dtype="float32"), dtype="mixed_bfloat16"),
    "mixed layers": lambda: Dense(3, activation="gelu", dtype="mixed_bfloat16"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
@pytest.mark.parametrize("training", [True, False])
def test_outputs_gradients_and_state_are_those_without(make, training):
    x = torch.randn(5, 4)
    plain, twin = pair(make, x)
    for _ in range(2):  # the second step starts from the state of the first
        expected, found = gradients(plain, x, training=training), gradients(twin, x, training=training)
        torch.testing.assert_close(found, expected)
    for a, b in zip(plain.metrics, twin.metrics, strict=True):
        assert float(a.result()) == float(b.result())


def test_masks_are_there_in_the_second_run():
    x = torch.tensor([[1, 2, 0], [3, 0, 0]])
    plain, twin = pair(lambda: Block(Embedding(4, 3, mask_zero=True), Block(LSTM(2))), x)
    torch.testing.assert_close(gradients(twin, x), gradients(plain, x))
    inner = torch.randn(2, 3, 3)
    inner._keras_mask = x != 0
    plain, twin = pair(lambda: Block(Dense(3), LSTM(2)), inner)

    def of(layer: Any) -> torch.Tensor:
        y = inner.clone().requires_grad_()
        y._keras_mask = x != 0
        layer.zero_grad()
        layer(y).sum().backward()
        return y.grad

    torch.testing.assert_close(of(twin), of(plain))
    assert (of(twin)[x == 0] == 0).all()


def test_the_state_after_a_step_has_no_gradient_graph():
    layer = pair(MAKERS["state, loss, metric"], torch.randn(5, 4))[1]
    (layer(torch.randn(5, 4)).sum() + sum(layer.losses)).backward()
    assert len(layer.losses) == 1
    assert all(v.value.grad_fn is None for v in layer.non_trainable_variables)


def test_two_backward_passes_through_one_call():
    x = torch.randn(5, 4)
    plain, twin = pair(MAKERS["spectral normalization"], x)
    found = []
    for layer in (plain, twin):
        y = layer(x, training=True).sum()
        y.backward(retain_graph=True)
        y.backward()
        found.append([p.grad for p in layer.parameters()])
    torch.testing.assert_close(*found)


def test_a_module_that_was_switched_after_the_call_runs_as_it_did():
    x = torch.randn(5, 4)
    plain, twin = pair(lambda: Block(Dense(6), Dropout(0.5), Dense(2)), x)
    found = []
    for layer in (plain, twin):
        torch.manual_seed(0)
        layer.train()
        y = layer(x)
        layer.eval()
        y.sum().backward()
        assert not any(part.training for part in layer.modules())
        found.append([p.grad for p in layer.parameters()])
    torch.testing.assert_close(*found)


def test_other_weights_for_one_call_are_those_of_its_second_run():
    plain, twin = pair(lambda: Dense(3, activation="tanh"), torch.ones(1, 4))
    found = []
    for layer in (plain, twin):
        values = [torch.ones(4, 3, requires_grad=True), torch.zeros(3, requires_grad=True)]
        y, _ = layer.stateless_call(values, [], torch.full((1, 4), 0.1))
        found.append(torch.autograd.grad(y.sum(), values))
    torch.testing.assert_close(*found)


def test_nothing_is_recomputed_where_no_gradients_are_wanted():
    with RematScope():
        layer = Block(Dense(3))
    x = torch.ones(2, 4)
    layer(x)
    layer.runs = 0
    with torch.no_grad():
        assert layer(x).grad_fn is None
    with torch.inference_mode():
        layer(x)
    layer.trainable = False
    assert layer(x).grad_fn is None
    assert layer.runs == 3


def test_functions_keep_their_state():
    block = Block(Dense(3), BatchNormalization(momentum=0.5))
    block(torch.ones(2, 4))
    twin = copy.deepcopy(block)
    x = torch.randn(5, 4)
    found = []
    for layer, function in ((block, block), (twin, remat(twin))):
        y = function(x, training=True)
        (y**2).sum().backward()
        found.append([y, *[p.grad for p in layer.parameters()], *layer.buffers()])
    torch.testing.assert_close(*found)
    assert twin.runs == block.runs + 1


def test_torch_modules_can_be_recomputed():
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
    twin = copy.deepcopy(module)
    x = torch.randn(5, 4)
    for function in (module, remat(twin)):
        (function(x) ** 2).sum().backward()
    torch.testing.assert_close([p.grad for p in twin.parameters()], [p.grad for p in module.parameters()])
    torch.testing.assert_close(twin.state_dict(), module.state_dict())
