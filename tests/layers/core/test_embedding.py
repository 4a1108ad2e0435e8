"""`Embedding` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, Model, layers

INTEGERS = np.array([[1, 2, 0], [4, 0, 0]])


@pytest.mark.parametrize("arguments", [{}, {"mask_zero": True}, {"embeddings_regularizer": "l2"}], ids=str)
def test_outputs_masks_and_losses_are_those_of_keras(arguments: dict[str, Any], real_keras: ModuleType) -> None:
    layer, twin = layers.Embedding(5, 4, **arguments), real_keras.layers.Embedding(5, 4, **arguments)
    layer.build((None,))
    twin.build((None,))
    twin.set_weights(layer.get_weights())
    for dtype in ("int32", "int64", "uint8"):
        found, expected = layer(INTEGERS.astype(dtype)), twin(INTEGERS.astype(dtype))
        torch.testing.assert_close(found, expected)
        masks = getattr(found, "_keras_mask", None), getattr(expected, "_keras_mask", None)
        assert (masks[0] is None) == (masks[1] is None)
        if masks[0] is not None:
            assert masks[0].tolist() == masks[1].tolist()
    assert [v.item() for v in layer.losses] == pytest.approx([v.item() for v in twin.losses], rel=1e-5)


def test_the_config_makes_an_equal_layer_here_and_in_keras(real_keras: ModuleType) -> None:
    config = layers.Embedding(5, 4, mask_zero=True, embeddings_constraint="non_neg", name="same").get_config()
    assert layers.Embedding.from_config(config).get_config() == config
    theirs = real_keras.layers.Embedding.from_config(config).get_config()
    assert {key: theirs[key] for key in config} == config


def test_embeddings_are_the_weight_of_the_torch_module() -> None:
    layer = layers.Embedding(3, 2)
    layer.build()
    assert isinstance(layer.embedding, nn.Embedding)
    layer.embeddings.assign(np.array([[0.0, 0.0], [2.0, 2.0], [3.0, 3.0]]))
    assert layer(np.array([2, 1, 0])).tolist() == [[3.0, 3.0], [2.0, 2.0], [0.0, 0.0]]
    assert layer.embedding.weight[2, 0].item() == 3.0


@pytest.mark.parametrize("in_list", [True, False])
def test_given_weights_are_there_at_once(in_list: bool) -> None:
    table = np.arange(6.0).reshape(3, 2)
    layer = layers.Embedding(3, 2, weights=[table] if in_list else table)
    np.testing.assert_array_equal(layer.embeddings.numpy(), table.astype("float32"))
    assert layer(np.array([1])).tolist() == [[2.0, 3.0]]
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        layers.Embedding(3, 2, weights=np.zeros((2, 2)))


def test_unknown_sizes_and_mixed_precision() -> None:
    x = Input((None,), dtype="int32")
    y = layers.Embedding(5, 4, dtype="mixed_bfloat16")(x)
    assert y.shape == (None, None, 4) and y.dtype == "bfloat16"
    outputs = Model(x, y)(INTEGERS)
    assert outputs.dtype is torch.bfloat16 and outputs.shape == (2, 3, 4)


def test_the_length_of_keras_2_is_an_input_shape() -> None:
    assert layers.Embedding(5, 4, input_length=7)._input_shape_argument == (None, 7)


@pytest.mark.parametrize("size", [0, -1, 3.7, None, True, "3"])
def test_sizes_must_be_positive_ints(size: Any) -> None:
    with pytest.raises(ValueError, match="`input_dim` must be a positive integer"):
        layers.Embedding(size, 4)
    with pytest.raises(ValueError, match="`output_dim` must be a positive integer"):
        layers.Embedding(4, size)
