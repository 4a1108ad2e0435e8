"""`SimpleRNN`, `LSTM` and `GRU` against real Keras: outputs, states and gradients over a grid of arguments."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import layers

UNITS, FEATURES, STEPS, BATCH = 4, 5, 6, 3
KINDS = {
    "lstm": ("LSTM", {}),
    "lstm_without_bias": ("LSTM", {"use_bias": False}),
    "lstm_hard": ("LSTM", {"recurrent_activation": "hard_sigmoid"}),
    "lstm_loop": ("LSTM", {"use_cudnn": False}),
    "gru": ("GRU", {}),
    "gru_without_bias": ("GRU", {"use_bias": False}),
    "gru_reset_before": ("GRU", {"reset_after": False}),
    "gru_reset_before_without_bias": ("GRU", {"reset_after": False, "use_bias": False}),
    "gru_softsign": ("GRU", {"activation": "softsign"}),
    "gru_loop": ("GRU", {"use_cudnn": False}),
    "rnn": ("SimpleRNN", {}),
    "rnn_relu": ("SimpleRNN", {"activation": "relu"}),
    "rnn_sigmoid": ("SimpleRNN", {"activation": "sigmoid", "use_bias": False}),
}
MASKS = {
    "none": None,
    "right_padded": [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]],
    "left_padded": [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]],
    "holes": [[1, 0, 1, 0, 0, 1], [0, 1, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0]],
}
OUTPUTS: dict[str, dict[str, Any]] = {
    "last": {},
    "sequences": {"return_sequences": True},
    "backwards": {"return_sequences": True, "return_state": True, "go_backwards": True},
    "zeros": {"return_sequences": True, "zero_output_for_mask": True},
    "zero_last": {"zero_output_for_mask": True, "return_state": True, "unroll": True},
}


def random(*shape: int) -> np.ndarray:
    return np.random.standard_normal(shape).astype("float32")


def pair(keras: Any, kind: str, **arguments: Any) -> tuple[Any, Any]:
    """A real layer and ours with the same weights."""
    real, ours = getattr(keras.layers, kind)(UNITS, **arguments), getattr(layers, kind)(UNITS, **arguments)
    real.build((BATCH, STEPS, FEATURES))
    ours.build((BATCH, STEPS, FEATURES))
    values = [0.4 * random(*v.shape) for v in real.weights]
    real.set_weights(values)
    ours.set_weights(values)
    return real, ours


def as_list(outputs: Any) -> list[torch.Tensor]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_gradients_are_those_of_keras(real_keras: Any, kind: str, masks: str) -> None:
    name, arguments = KINDS[kind]
    mask = None if MASKS[masks] is None else np.array(MASKS[masks], bool)
    for outputs, has_start in itertools.product(OUTPUTS, (False, True)):
        if masks == "none" and outputs.startswith("zero"):
            continue
        real, ours = pair(real_keras, name, **arguments, **OUTPUTS[outputs])
        start = [random(BATCH, UNITS) for _ in range(2 if name == "LSTM" else 1)] if has_start else None
        x = torch.tensor(random(BATCH, STEPS, FEATURES))
        inputs = [x.clone().requires_grad_() for _ in range(2)]
        expected = as_list(real(inputs[0], mask=mask, initial_state=start))
        found = as_list(ours(inputs[1], mask=mask, initial_state=start))
        for e, f in zip(expected, found, strict=True):
            torch.testing.assert_close(f, e, atol=2e-6, rtol=1e-5)
        sum((e**2).sum() for e in expected).backward()
        sum((f**2).sum() for f in found).backward()
        torch.testing.assert_close(inputs[1].grad, inputs[0].grad, atol=1e-5, rtol=1e-4)
        for e, f in zip(real.weights, ours.weights, strict=True):
            torch.testing.assert_close(f.value.grad, e.value.grad, atol=5e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_weights_and_paths_are_those_of_keras(real_keras: Any, name: str) -> None:
    real, ours = pair(real_keras, name, name="layer")
    assert [v.path for v in ours.weights] == [v.path for v in real.weights]
    assert [v.shape for v in ours.weights] == [tuple(v.shape) for v in real.weights]
    assert ours.count_params() == sum(p.numel() for p in ours.parameters())
    for a, b in zip(real.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(b, a)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_the_config_makes_the_layer_again_here_and_in_keras(real_keras: Any, name: str) -> None:
    layer = getattr(layers, name)(
        3,
        kernel_regularizer="l2",
        dropout=0.1,
        return_sequences=True,
        go_backwards=True,
        bias_constraint="nonneg",
        seed=3,
    )
    config = layer.get_config()
    assert type(layer).from_config(config).get_config() == config
    again = getattr(real_keras.layers, name).from_config(config)
    expected = again.get_config()
    compared = [k for k in expected if k != "dtype" and not k.endswith("initializer")]
    assert {k: config[k] for k in compared} == {k: expected[k] for k in compared}


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_call_is_that_of_the_torch_module(name: str) -> None:
    layer = getattr(layers, name)(UNITS, return_sequences=True)
    x = torch.randn(BATCH, STEPS, FEATURES)
    found = layer(x)
    assert type(layer.module).__name__ == {"SimpleRNN": "RNN"}.get(name, name)
    assert torch.equal(found, layer.module(x)[0])


def test_the_second_bias_is_not_a_parameter() -> None:
    layer = layers.LSTM(UNITS)
    layer.build((None, None, FEATURES))
    assert [n for n, _ in layer.named_parameters()] == [
        f"cell.lstm.{n}" for n in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
    ]
    assert not layer.module.bias_hh_l0.any()
    plain = torch.nn.LSTM(FEATURES, UNITS, batch_first=True)
    layer.module.load_state_dict(plain.state_dict())
    x = torch.randn(BATCH, STEPS, FEATURES)
    assert torch.equal(layer(x), plain(x)[0][:, -1])


def test_the_forget_gate_starts_open() -> None:
    layer = layers.LSTM(2, bias_initializer="zeros")
    layer.build((None, None, 3))
    assert layer.cell.bias.numpy().tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
