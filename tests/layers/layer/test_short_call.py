"""Calls with several tensors, and with a mode, that go straight to ``call``."""

from __future__ import annotations

import pytest
import torch

from tests.python_calls import calls_of
from torchkeras_compat import layers
from torchkeras_compat.layers.layer import layer as layer_module
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.layers.layer.modes import SelfTraining


class Noted(Layer):
    """Keeps what `call` received."""

    def call(self, inputs, other=None, training=None):
        self.__dict__["received"] = (inputs, other, training)
        return inputs


@pytest.fixture
def full_calls(monkeypatch):
    """The layers that took the full call."""
    seen = []
    real = layer_module.full_call

    def full_call(layer, args, kwargs):
        seen.append(layer)
        return real(layer, args, kwargs)

    monkeypatch.setattr(layer_module, "full_call", full_call)
    return seen


@pytest.fixture
def noted(full_calls):
    layer = Noted()
    layer(torch.ones(2, 3))
    full_calls.clear()
    return layer


A, B = torch.ones(2, 3), torch.zeros(2, 3)


@pytest.mark.parametrize("inputs", [[A, B], (A, B), {"b": B, "a": A}], ids=["list", "tuple", "dict"])
def test_a_container_of_tensors_reaches_call_as_a_copy(noted, full_calls, inputs):
    noted(inputs)
    received = noted.received[0]
    assert full_calls == []
    assert type(received) is type(inputs)
    assert received is not inputs or isinstance(inputs, tuple)
    assert (list(received) if isinstance(inputs, dict) else None) == (
        list(inputs) if isinstance(inputs, dict) else None
    )
    for found, given in zip(*(x.values() if isinstance(x, dict) else x for x in (received, inputs)), strict=True):
        assert found is given


def test_two_tensors_by_position_reach_call(noted, full_calls):
    noted(A, B)
    assert full_calls == []
    assert noted.received[0] is A
    assert noted.received[1] is B
    assert noted.received[2] is False


@pytest.mark.parametrize("training", [False, None])
def test_the_mode_that_the_layer_is_in_changes_no_path(noted, full_calls, training, monkeypatch):
    monkeypatch.setattr(SelfTraining, "exists", False)  # layers of other tests, which `training=False` looks for
    noted(A, training=training)
    assert full_calls == []
    assert noted.received[2] is False
    noted.train()
    noted(A, training=True)
    assert full_calls == []
    assert noted.received[2] is True


def test_another_mode_takes_the_full_call(noted, full_calls):
    noted(A, training=True)
    assert full_calls == [noted]
    assert noted.received[2] is True


@pytest.mark.parametrize(
    "args",
    [
        ([A, None],),
        ([A, [B]],),
        ([],),
        (A, 3),
        (A, B, True),
        ([A.numpy(), B],),
    ],
    ids=["none", "nested", "empty", "number", "training by position", "array"],
)
def test_anything_else_takes_the_full_call(noted, full_calls, args):
    noted(*args)
    assert full_calls == [noted]


def test_an_input_with_a_mask_takes_the_full_call(noted, full_calls):
    masked = torch.ones(2, 3)
    set_mask(masked, torch.tensor([[True, True, False]] * 2))
    noted.supports_masking = True
    output = noted([masked, B])
    assert full_calls == [noted]
    assert get_mask(output[0]) is not None


def test_floats_are_cast_to_the_dtype_of_the_layer_and_integers_are_left(full_calls):
    layer = Noted(dtype="bfloat16")
    layer(A)
    full_calls.clear()
    layer([A.double(), torch.arange(2)])
    assert full_calls == []
    assert [x.dtype for x in layer.received[0]] == [torch.bfloat16, torch.int64]
    layer(A)
    assert layer.received[0].dtype is torch.bfloat16


@pytest.mark.parametrize(
    "layer", [layers.Add(), layers.Concatenate(), layers.Dot(1)], ids=["add", "concatenate", "dot"]
)
def test_a_merging_layer_costs_few_python_calls(layer):
    for _ in range(2):  # the second call decides how to go on
        layer([A, B])
    assert calls_of(layer, [A, B]) <= 20


def test_the_number_of_inputs_costs_a_merging_layer_nothing():
    layer = layers.Concatenate()
    for _ in range(2):
        layer([A] * 2)
    assert calls_of(layer, [A] * 9) == calls_of(layer, [A] * 2)


def test_an_error_names_the_layer_and_what_it_received():
    layer = layers.Concatenate(name="join")
    layer([A, B])
    with pytest.raises(ValueError, match=r"matching shapes[\s\S]*Concatenate 'join'[\s\S]*shape=\(4, 3, 1\)"):
        layer([A, torch.ones(4, 3, 1)])
