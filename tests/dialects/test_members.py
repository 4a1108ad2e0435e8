from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize("dialect", ["keras1", "keras2"])
def test_a_layer_lists_the_weights_that_it_made(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras import backend as K
    from keras.layers import Layer
    from keras.models import Sequential

    class Own(Layer):
        def build(self, input_shape):
            self.w = K.variable(np.ones((input_shape[1], 3)))
            self.count = K.variable(np.zeros(()))
            self.trainable_weights = [self.w]
            self.non_trainable_weights = [self.count]

        def call(self, x, mask=None):
            return K.dot(x, self.w)

        def get_output_shape_for(self, input_shape):
            return (input_shape[0], 3)

        compute_output_shape = get_output_shape_for

    model = Sequential()
    model.add(Own(input_shape=(4,)))
    model.compile("sgd", "mse")
    assert len(model.trainable_weights) == 1 and len(model.non_trainable_weights) == 1
    model.train_on_batch(np.ones((8, 4)), np.zeros((8, 3)))
    assert (model.get_weights()[0] < 1).all() and model.output_shape == (None, 3)


def test_weights_come_in_the_order_of_the_list_and_others_do_not_train(keras1) -> None:
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
