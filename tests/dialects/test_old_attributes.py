"""Attributes of layers and models that Keras 1 and 2 had, which Keras 3 code does not see."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import layers


def test_shapes_tensors_and_nodes_of_a_layer(keras2) -> None:
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((3,))
    dense = Dense(2)
    y, z = dense(x), dense(Input((3,)))
    assert dense.input_shape == (None, 3) and dense.output_shape == (None, 2)
    assert dense.get_output_at(0) is y and dense.get_output_at(1) is z and dense.get_input_at(0) is x
    assert dense.get_output_shape_at(1) == (None, 2) and len(dense.inbound_nodes) == 2
    assert Model(x, y).get_layer(dense.name).output_shape == (None, 2)
    with pytest.raises(ValueError, match="only 2 inbound nodes"):
        dense.get_output_at(2)
    with pytest.raises(AttributeError, match="was not called on symbolic tensors"):
        Dense(2).get_output_at(0)


def test_the_weights_by_their_names_of_keras_1(keras1) -> None:
    from keras.layers import Dense, Embedding

    dense = Dense(2, input_dim=3)
    dense.build((None, 3))
    assert dense.W is dense.kernel and dense.b is dense.bias
    embedding = Embedding(4, 2)
    embedding.build((None, 1))
    assert embedding.W.shape == (4, 2)
    with pytest.raises(AttributeError, match="no attribute 'b'"):
        _ = embedding.b


def test_states_of_metrics_are_reset_by_the_name_of_keras_2(tf_keras) -> None:
    from keras import metrics

    mean = metrics.Mean()
    mean.update_state([1.0, 3.0])
    mean.reset_states()
    assert float(mean.result()) == 0.0


def test_without_a_dialect_there_are_none() -> None:
    dense = layers.Dense(2)
    dense(np.ones((1, 3), "float32"))
    for name in ("output_shape", "get_output_at", "W", "inbound_nodes"):
        assert not hasattr(dense, name)
