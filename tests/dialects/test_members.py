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
