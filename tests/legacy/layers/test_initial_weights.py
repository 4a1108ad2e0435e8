"""``weights=[...]`` of every layer."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.layers.initial_weights import set_when_built, to_current_layout

RANDOM = np.random.RandomState(0)


def test_a_layer_that_is_built_later_or_is_built() -> None:
    arrays = [RANDOM.randn(3, 2), RANDOM.randn(2)]
    later, built = layers.Dense(2), layers.Dense(2)
    built.build((None, 3))
    for layer in (later, built):
        set_when_built(layer, arrays)
    later.build((None, 3))
    for layer in (later, built):
        for w, a in zip(layer.get_weights(), arrays, strict=True):
            np.testing.assert_allclose(w, a, rtol=1e-6)


def test_in_a_model_and_nothing_stays_behind() -> None:
    layer = layers.Dense(2, input_dim=2)
    set_when_built(layer, [np.eye(2), np.zeros(2)])
    twin, other = copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))
    for one in (layer, twin, other):
        model = Sequential([one])
        assert model(torch.tensor([[1.0, 2.0]])).tolist() == [[1.0, 2.0]]
        assert "_on_built" not in one.__dict__
    assert twin._kernel is not layer._kernel


def test_none_and_a_single_array() -> None:
    layer = layers.Dense(2, use_bias=False)
    set_when_built(layer, None)
    set_when_built(layer, np.eye(2))  # type: ignore[arg-type]
    assert layer(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]


def _gates(number: int) -> list[np.ndarray]:
    found = []
    for _ in range(number):
        found += [RANDOM.randn(4, 3), RANDOM.randn(3, 3), RANDOM.randn(3)]
    return found


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_an_lstm_of_twelve_arrays() -> None:
    arrays, x = _gates(4), RANDOM.randn(1, 2, 4)
    (wi, ui, bi), (wc, uc, bc), (wf, uf, bf), (wo, uo, bo) = (arrays[i : i + 3] for i in (0, 3, 6, 9))
    h = c = np.zeros((1, 3))
    for t in range(2):
        i, f = _sigmoid(x[:, t] @ wi + h @ ui + bi), _sigmoid(x[:, t] @ wf + h @ uf + bf)
        o, new = _sigmoid(x[:, t] @ wo + h @ uo + bo), np.tanh(x[:, t] @ wc + h @ uc + bc)
        c = f * c + i * new
        h = o * np.tanh(c)
    layer = layers.LSTM(3)
    set_when_built(layer, arrays)
    np.testing.assert_allclose(layer(torch.tensor(x, dtype=torch.float32)).detach(), h, atol=1e-5)


def test_a_gru_of_nine_arrays() -> None:
    arrays, x = _gates(3), RANDOM.randn(1, 2, 4)
    (wz, uz, bz), (wr, ur, br), (wh, uh, bh) = (arrays[i : i + 3] for i in (0, 3, 6))
    h = np.zeros((1, 3))
    for t in range(2):
        z, r = _sigmoid(x[:, t] @ wz + h @ uz + bz), _sigmoid(x[:, t] @ wr + h @ ur + br)
        new = np.tanh(x[:, t] @ wh + (r * h) @ uh + bh)
        h = z * h + (1 - z) * new
    layer = layers.GRU(3, reset_after=False)
    set_when_built(layer, arrays)
    np.testing.assert_allclose(layer(torch.tensor(x, dtype=torch.float32)).detach(), h, atol=1e-5)


def test_both_directions() -> None:
    layer = layers.Bidirectional(layers.LSTM(3))
    set_when_built(layer, _gates(8))
    assert layer(torch.ones(1, 2, 4)).shape == (1, 6)


@pytest.mark.parametrize("shape", [(2, 1, 4, 3), (3, 4, 2, 1)])
def test_a_convolution_over_steps_with_four_axes(shape: tuple[int, ...]) -> None:
    kernel = RANDOM.randn(2, 4, 3)
    given = kernel[:, None] if shape[1] == 1 else kernel[:, None].transpose(3, 2, 0, 1)
    layer = layers.Conv1D(3, 2)
    layer.build((None, 5, 4))
    np.testing.assert_array_equal(to_current_layout(layer, [given, np.zeros(3)])[0], kernel)


def test_kernels_with_the_filters_first() -> None:
    layer = layers.Conv2D(3, (2, 1), data_format="channels_first")
    kernel = RANDOM.randn(3, 4, 2, 1)
    set_when_built(layer, [kernel, np.zeros(3)], dim_ordering="th")
    x = torch.randn(1, 4, 5, 5)
    expected = torch.nn.functional.conv2d(x, torch.tensor(kernel, dtype=torch.float32))
    torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_what_does_not_fit() -> None:
    layer = layers.Dense(2, name="narrow")
    set_when_built(layer, [np.eye(3)])
    with pytest.raises(ValueError, match=r"`weights` of layer 'narrow' do not fit.*\[\(3, 2\), \(2,\)\].*\[\(3, 3\)\]"):
        layer(torch.ones(1, 3))


@pytest.mark.parametrize("weights", ["imagenet", ["a"], [None]])
def test_what_is_not_a_list_of_arrays(weights: Any) -> None:
    with pytest.raises(ValueError, match="is a list of arrays"):
        set_when_built(layers.Dense(2), weights)
