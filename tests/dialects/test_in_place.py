from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.in_place import changes_in_place


def test_only_operators_that_assign_count() -> None:
    def inner():
        def add(x):
            x += 1
            return x

        return add

    def comparing(x):
        return x <= 1 if x != 2 else x

    assert changes_in_place(inner) and not changes_in_place(comparing)


@pytest.mark.parametrize("dialect", ["keras1", "keras2"])
def test_an_attention_layer_divides_as_it_did(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras import backend as K
    from keras.layers import Dense, Input, Layer
    from keras.models import Model

    class Attention(Layer):
        def call(self, x, mask=None):
            weights = K.exp(K.sum(x, axis=-1))
            weights /= K.cast(K.sum(weights, axis=1, keepdims=True) + K.epsilon(), K.floatx())
            x *= K.expand_dims(weights)
            return K.sum(x, axis=1)

        def compute_output_shape(self, input_shape):
            return input_shape[0], input_shape[-1]

        get_output_shape_for = compute_output_shape

    def loss(y_true, y_pred):
        y_pred -= y_true
        return K.mean(K.square(y_pred), axis=-1)

    x = Input((3, 4))
    model = Model(x, Dense(1)(Attention()(Dense(4)(x))))
    model.compile("sgd", loss)
    before = model.get_weights()
    data = np.random.default_rng(0).normal(size=(8, 3, 4)).astype("float32")
    assert np.isfinite(model.train_on_batch(data, np.ones((8, 1))))
    assert all((a != b).any() for a, b in zip(before[::2], model.get_weights()[::2], strict=True))
