"""`LocallyConnected1D` and `2D` beside those of tf.keras 2.15.1, whose numbers these are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.locally_connected import LocallyConnected1D, LocallyConnected2D


def _waves(layer: Any) -> None:
    layer.set_weights([np.sin(np.arange(w.numpy().size)).reshape(w.shape) * 0.5 for w in layer.weights])


STEPS = torch.cos(torch.arange(20.0)).reshape(2, 5, 2)
IMAGE = torch.cos(torch.arange(24.0)).reshape(1, 4, 3, 2)


def test_over_steps() -> None:
    layer = LocallyConnected1D(2, 3, strides=2, activation="tanh")
    layer.build(STEPS.shape)
    _waves(layer)
    assert [w.shape for w in layer.weights] == [(2, 6, 2), (2, 2)]
    expected = [
        [[0.139999, 0.444156], [0.279208, -0.054888]],
        [[-0.168183, 0.353581], [0.522598, 0.148789]],
    ]
    np.testing.assert_allclose(layer(STEPS).detach(), expected, atol=2e-6)


def test_over_steps_with_the_channels_first() -> None:
    layer = LocallyConnected1D(2, 3, data_format="channels_first")
    x = STEPS.transpose(1, 2)
    layer.build(x.shape)
    _waves(layer)
    expected = [[-0.584233, 0.568295, 0.923692], [0.606988, -1.414416, 0.585892]]
    np.testing.assert_allclose(layer(x)[0].detach(), expected, atol=2e-6)
    assert layer.compute_output_shape((None, 2, 5)) == (None, 2, 3)


@pytest.mark.parametrize(
    ("data_format", "expected"),
    [
        ("channels_last", [0.002648, 0.289, 0.439067, 0.059383, -0.277504, -0.348564, -0.139246, 0.35911]),
        ("channels_first", [-0.136078, 0.599799, 0.506917, -0.295104, -0.327692, -0.087855, -0.331235, 0.023511]),
    ],
)
def test_over_images(data_format: str, expected: list[float]) -> None:
    layer = LocallyConnected2D(2, (3, 2), data_format=data_format)
    x = IMAGE if data_format == "channels_last" else IMAGE.permute(0, 3, 1, 2)
    layer.build(x.shape)
    _waves(layer)
    y = layer(x)
    assert tuple(y.shape) == layer.compute_output_shape(tuple(x.shape))
    np.testing.assert_allclose(y.detach().flatten(), expected, atol=2e-6)


@pytest.mark.parametrize("implementation", [2, 3])
def test_same_padding(implementation: int) -> None:
    layer = LocallyConnected1D(1, 3, padding="same", strides=2, implementation=implementation, use_bias=False)
    layer.build(STEPS.shape)
    layer.set_weights([np.ones(layer.kernel.shape)])
    expected = [[0.134163, -0.062048, 0.657442], [0.916655, -0.104473, 0.416198]]
    np.testing.assert_allclose(layer(STEPS).detach()[..., 0], expected, atol=2e-6)


@pytest.mark.parametrize("implementation", [1, 2, 3])
def test_all_implementations_give_the_same(implementation: int) -> None:
    layers = [LocallyConnected2D(3, 2, implementation=i) for i in (1, implementation)]
    for layer in layers:
        layer.build(IMAGE.shape)
        _waves(layer)
    assert torch.equal(layers[0](IMAGE), layers[1](IMAGE))


def test_gradients_reach_inputs_and_weights() -> None:
    layer = LocallyConnected2D(2, 2)
    x = IMAGE.clone().requires_grad_()
    layer(x).square().sum().backward()
    assert x.grad is not None and all(w.value.grad is not None for w in layer.trainable_weights)


def test_round_trip(tmp_path: Path) -> None:
    layer = LocallyConnected1D(2, 3, activation="relu", kernel_regularizer="l2")
    check_round_trip(layer, STEPS, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"implementation": 4}, "implementation=4"),
        ({"padding": "same"}, "implementation=1 takes padding='valid' only"),
        ({"padding": "causal"}, "padding='causal'"),
        ({"strides": 0}, "strides=0"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        LocallyConnected1D(2, 3, **arguments)


def test_bad_shapes() -> None:
    with pytest.raises(ValueError, match=r"every size of its input but the batch must be known.*\(None, None, 2\)"):
        LocallyConnected1D(2, 3).build((None, None, 2))
    with pytest.raises(ValueError, match=r"larger than its input.*\(None, 2, 2\)"):
        LocallyConnected1D(2, 3).build((None, 2, 2))


def test_windows_of_padding_same_are_around_their_place() -> None:
    layer = LocallyConnected1D(1, 3, strides=2, padding="same", implementation=2, use_bias=False)
    x = torch.arange(1.0, 7.0).reshape(1, 6, 1)
    layer.build(x.shape)
    layer.set_weights([np.ones((3, 3, 1))])
    assert layer(x).flatten().tolist() == [3.0, 9.0, 15.0]  # of tf.keras 2.15.1; a convolution gives 6, 12, 11
