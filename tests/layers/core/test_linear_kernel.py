"""Products by oneDNN, on any processor that has it, beside `torch.nn.Linear`."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras_compat import Model, Sequential, layers
from torchkeras_compat.layers.core import linear_kernel
from torchkeras_compat.layers.core.linear_kernel import linear

pytestmark = pytest.mark.skipif(
    not (torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")),
    reason="torch has no oneDNN here",
)


class Seen(TorchDispatchMode):
    def __enter__(self):
        self.names = []
        return super().__enter__()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


@pytest.fixture(autouse=True)
def chosen(monkeypatch):
    monkeypatch.setattr(linear_kernel, "PREFERS_ONEDNN", True)
    monkeypatch.setattr(linear_kernel, "_WIDE", 1)
    monkeypatch.setattr(linear_kernel, "_ENOUGH", 1)


def runs_onednn(function):
    with Seen() as seen:
        function()
    return "_linear_pointwise.default" in seen.names


@pytest.mark.parametrize("shape", [(6, 5), (2, 3, 5), (200, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_gradients_are_those_of_the_module(shape, bias):
    module, x = nn.Linear(5, 4, bias=bias), torch.randn(shape)
    other = copy.deepcopy(module)
    a, b = x.clone().requires_grad_(), x.clone().requires_grad_()
    weights = torch.randn(*shape[:-1], 4)
    found, expected = linear(module, a), other(b)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    (found * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(a.grad, b.grad, rtol=1e-5, atol=1e-6)
    for p, q in zip(module.parameters(), other.parameters(), strict=True):
        assert p.grad.stride() == q.grad.stride()
        torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-5)
    assert runs_onednn(lambda: linear(module, x))


@pytest.mark.parametrize(
    ("inputs", "weight", "bias"),
    [
        (lambda: torch.randn(2, 5, 6, 7).permute(0, 2, 3, 1), lambda: torch.randn(4, 5), lambda: torch.randn(4)),
        (lambda: torch.randn(1, 5).expand(6, 5), lambda: torch.randn(5, 4).T, lambda: torch.randn(8)[::2]),
        (lambda: torch.randn(6, 10)[:, ::2], lambda: torch.randn(4, 10)[:, ::2], lambda: torch.randn(1).expand(4)),
        (lambda: torch.randn(31)[1:].view(6, 5), lambda: torch.randn(1, 5).expand(4, 5), lambda: torch.randn(5)[1:]),
        (lambda: torch.randn(0, 5), lambda: torch.randn(4, 5), lambda: torch.randn(4)),
    ],
)
@pytest.mark.parametrize("records", [True, False])
def test_memory_may_lie_in_any_way(inputs, weight, bias, records, monkeypatch):
    monkeypatch.setattr(linear_kernel, "_ENOUGH", 0)
    module, x = nn.Linear(5, 4), inputs()
    module.weight.data, module.bias.data = weight(), bias()
    with torch.set_grad_enabled(records):
        torch.testing.assert_close(linear(module, x), module(x), rtol=1e-5, atol=1e-5)


def test_gradients_of_gradients():
    module, x = nn.Linear(5, 4), torch.randn(6, 5, requires_grad=True)

    def penalty(call):
        (gradient,) = torch.autograd.grad(call(x).pow(3).sum(), x, create_graph=True)
        return torch.autograd.grad(gradient.square().sum(), [x, *module.parameters()])

    for a, b in zip(penalty(lambda x: linear(module, x)), penalty(module), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_frozen_weights_and_inputs_without_gradients():
    module = nn.Linear(5, 4)
    module.weight.requires_grad_(False)
    linear(module, torch.randn(6, 5)).sum().backward()
    assert module.weight.grad is None
    assert torch.equal(module.bias.grad, torch.full((4,), 6.0))


@pytest.mark.parametrize(
    "prepare",
    [
        lambda m: m.register_forward_hook(lambda *_: None),
        lambda m: m.double(),
        lambda m: nn.utils.parametrizations.weight_norm(m),
    ],
)
def test_anything_else_goes_through_the_module(prepare):
    module = nn.Linear(5, 4)
    prepare(module)
    x = torch.randn(6, 5, dtype=module.weight.dtype)
    assert not runs_onednn(lambda: linear(module, x))


def test_autocast_transforms_and_switched_off_libraries_go_through_the_module():
    module, x = nn.Linear(5, 4), torch.randn(6, 5)
    with torch.autocast("cpu", torch.bfloat16):
        assert linear(module, x).dtype is torch.bfloat16
    expected = torch.stack([module(row) for row in x])
    torch.testing.assert_close(torch.func.vmap(lambda row: linear(module, row))(x), expected)
    torch._C._set_mkldnn_enabled(False)
    try:
        assert not runs_onednn(lambda: linear(module, x))
    finally:
        torch._C._set_mkldnn_enabled(True)


def test_dense_and_attention_use_it_and_train_the_same(monkeypatch):
    inputs = layers.Input((6, 8))
    attended = layers.MultiHeadAttention(2, 4)(inputs, inputs)
    model = Model(inputs, layers.Dense(3)(layers.Flatten()(attended)))
    other = copy.deepcopy(model)
    x, y = torch.randn(16, 6, 8), torch.randn(16, 3)
    for m in (model, other):
        m.compile("sgd", "mse")
    assert runs_onednn(lambda: model(x))
    found = model.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"]
    monkeypatch.setattr(linear_kernel, "PREFERS_ONEDNN", False)
    expected = other.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert found == pytest.approx(expected, rel=1e-5)


def test_small_products_go_through_the_module(monkeypatch):
    monkeypatch.setattr(linear_kernel, "_ENOUGH", 10**6)
    model = Sequential([layers.Input((5,)), layers.Dense(4)])
    assert not runs_onednn(lambda: model(torch.randn(6, 5)))
