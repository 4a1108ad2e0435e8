"""`ReversibleEmbedding` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers

CASES: list[dict[str, Any]] = [
    {},
    {"tie_weights": False},
    {"logit_soft_cap": 0.5},
    {"tie_weights": False, "mask_zero": True, "embeddings_regularizer": "l2"},
]


@pytest.mark.parametrize("arguments", CASES, ids=str)
def test_both_directions_are_those_of_keras(arguments: dict[str, Any], real_keras: ModuleType) -> None:
    layer = layers.ReversibleEmbedding(5, 3, **arguments, name="same")
    twin = real_keras.layers.ReversibleEmbedding(5, 3, **arguments, name="same")
    layer.build()
    twin.build()
    assert [v.path for v in layer.weights] == [v.path for v in twin.weights]
    twin.set_weights([10 * w for w in layer.get_weights()])
    layer.set_weights(twin.get_weights())
    integers = np.array([[1, 0, 4]])
    vectors, expected = layer(integers), twin(integers)
    torch.testing.assert_close(vectors, expected)
    assert hasattr(vectors, "_keras_mask") == hasattr(expected, "_keras_mask")
    x = np.random.RandomState(0).normal(size=(2, 4, 3)).astype("float32")
    torch.testing.assert_close(layer(x, reverse=True), twin(x, reverse=True))
    assert not hasattr(layer(x, reverse=True), "_keras_mask")
    assert [v.item() for v in layer.losses] == pytest.approx([v.item() for v in twin.losses])
    config = layer.get_config()
    theirs = twin.get_config()
    assert config == {key: theirs[key] for key in config}
    assert layers.ReversibleEmbedding.from_config(config).get_config() == config
    for shape, reverse in (((None, 4), False), ((None, 4, 3), True)):
        assert layer.compute_output_shape(shape, reverse=reverse) == tuple(
            twin.compute_output_shape(shape, reverse=reverse)
        )


def test_a_model_starts_and_ends_with_the_same_table() -> None:
    layer = layers.ReversibleEmbedding(7, 3, mask_zero=True)
    x = Input((None,), dtype="int32")
    y = layer(layers.Dense(3)(layer(x)), reverse=True)
    assert y.shape == (None, None, 7)
    model = Model(x, y)
    outputs = model(np.array([[1, 0, 6]]))
    assert outputs.shape == (1, 3, 7)
    outputs.sum().backward()
    assert len(layer.weights) == 1 and layer.embedding.weight.grad is not None


def test_scores_have_the_dtype_that_is_asked_for() -> None:
    layer = layers.ReversibleEmbedding(5, 3, dtype="mixed_bfloat16", reverse_dtype="float32")
    vectors = layer(np.array([[1, 2]]))
    assert vectors.dtype is torch.bfloat16
    assert layer(vectors, reverse=True).dtype is torch.float32
    assert layer(Input((4, 3)), reverse=True).dtype == "float32"
    assert layers.ReversibleEmbedding(5, 3, dtype="mixed_bfloat16")(vectors, reverse=True).dtype is torch.bfloat16


def test_a_cap_must_be_positive() -> None:
    with pytest.raises(ValueError, match="logit_soft_cap=0"):
        layers.ReversibleEmbedding(5, 3, logit_soft_cap=0.0)
