from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize("dialect", ["keras2", "tf_keras"])
def test_an_autoencoder_learns_by_a_recorded_loss(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras import backend as K
    from keras.layers import Dense, Input, Lambda
    from keras.models import Model
    from keras.optimizers import Adam

    x = Input((4,))
    mean, log_var = Dense(2)(x), Dense(2)(x)
    z = Lambda(lambda parts: parts[0] + K.exp(0.5 * parts[1]) * K.random_normal(K.shape(parts[0])))([mean, log_var])
    y = Dense(4)(z)
    model = Model(x, y)
    kl = -0.5 * K.sum(1 + log_var - K.square(mean) - K.exp(log_var), axis=-1)
    model.add_loss(K.mean(K.sum(K.square(x - y), axis=-1) + kl))
    model.add_metric(kl, name="kl", aggregation="mean")
    model.compile(Adam(0.01))
    data = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    history = model.fit(data, epochs=20, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] and len(history["kl"]) == 20


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_a_loss_function_may_use_tensors_of_the_model(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras import backend as K
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((3,))
    hidden = Dense(2, name="hidden")(x)
    model = Model(x, Dense(3)(hidden))

    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred), axis=-1) + 100 + 0 * K.sum(K.square(hidden), axis=-1)

    model.compile("sgd", loss)
    assert model.evaluate(np.ones((4, 3)), np.ones((4, 3)), verbose=0) > 100


def test_layers_add_losses_and_metrics_in_their_call(tf_keras) -> None:
    from keras.layers import Dense, Layer
    from keras.models import Sequential

    class Own(Layer):
        def call(self, inputs):
            self.add_loss(inputs * 0 + 2.0)
            self.add_metric(inputs * 0 + 3.0, name="three")
            return inputs

    model = Sequential([Dense(2, input_shape=(2,)), Own()])
    model.compile("sgd", "mse")
    history = model.fit(np.ones((4, 2)), np.ones((4, 2)), verbose=0).history
    assert history["three"] == [3.0] and history["loss"][0] > 2


def test_in_keras_3_a_recorded_loss_is_refused(installed) -> None:
    from keras import Input, Model, layers

    x = Input((3,))
    with pytest.raises((TypeError, ValueError)):
        Model(x, layers.Dense(2)(x)).add_loss(x)
