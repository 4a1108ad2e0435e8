from __future__ import annotations

import numpy as np
import pytest


def test_a_layer_lists_its_weights_itself(keras1) -> None:
    from keras import backend as K
    from keras.engine.topology import Layer
    from keras.models import Sequential

    class Own(Layer):
        def build(self, input_shape):
            self.fixed = K.variable(np.full(2, 3.0), name="fixed")
            self.b = K.variable(np.zeros(2), name="b")
            self.W = K.variable(np.ones((input_shape[1], 2)), name="W")
            self.trainable_weights = [self.W, self.b]

        def call(self, x, mask=None):
            return K.dot(x, self.W) + self.b * self.fixed

        def get_output_shape_for(self, input_shape):
            return (input_shape[0], 2)

    model = Sequential([Own(input_shape=(3,))])
    layer = model.layers[0]
    assert [w.shape for w in layer.get_weights()] == [(3, 2), (2,), (2,)]
    assert [v.name for v in layer.trainable_weights] == ["W", "b"]
    assert [v.name for v in layer.non_trainable_weights] == ["fixed"]
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.zeros((4, 2)), nb_epoch=1, verbose=0)
    assert K.get_value(layer.fixed).tolist() == [3.0, 3.0] and K.get_value(layer.W)[0, 0] != 1.0


def test_what_is_listed_is_a_variable(keras1) -> None:
    from keras.layers import Layer

    with pytest.raises(TypeError, match="Weights are variables.*Received: 3"):
        Layer().trainable_weights = [3]


def test_layers_of_keras_3_list_none() -> None:
    from torchkeras_compat.layers import Layer

    with pytest.raises(AttributeError, match="property 'trainable_weights' of 'Layer' object has no setter"):
        Layer().trainable_weights = []
