"""Losses and metrics of recorded tensors, as the examples of Keras 1 and 2 have them."""

from __future__ import annotations

import numpy as np
import pytest

X = np.random.default_rng(0).random((64, 12)).astype("float32")


def encoder(K, layers):
    x = layers.Input((12,))
    hidden = layers.Dense(6, activation="relu")(x)
    z_mean, z_log_var = layers.Dense(2)(hidden), layers.Dense(2)(hidden)

    def sample(args):
        return args[0] + K.exp(args[1] / 2) * K.random_normal(shape=(K.shape(args[0])[0], 2), mean=0.0, stddev=1.0)

    z = layers.Lambda(sample, output_shape=(2,))([z_mean, z_log_var])
    return x, z_mean, z_log_var, layers.Dense(12, activation="sigmoid")(z)


def test_a_loss_is_added_to_a_model_after_it_was_made(keras2) -> None:
    import keras
    from keras import backend as K
    from keras import layers

    keras.utils.set_random_seed(0)
    x, z_mean, z_log_var, decoded = encoder(K, layers)
    vae = keras.models.Model(x, decoded)
    divergence = -0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)
    vae.add_loss(K.mean(12 * keras.losses.binary_crossentropy(x, decoded) + divergence))
    vae.add_metric(divergence, name="kl", aggregation="mean")
    vae.compile(optimizer="adam")
    history = vae.fit(X, epochs=3, batch_size=16, validation_data=(X, None), verbose=0).history
    assert set(history) == {"loss", "kl", "val_loss", "val_kl"}
    assert history["loss"][-1] < history["loss"][0]


def test_a_loss_function_uses_tensors_of_the_model(keras1) -> None:
    import keras
    from keras import backend as K
    from keras import layers, objectives

    x, z_mean, z_log_var, decoded = encoder(K, layers)

    def vae_loss(x, x_decoded):
        entropy = 12 * objectives.binary_crossentropy(x, x_decoded)
        return entropy - 0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)

    vae = keras.models.Model(x, decoded)
    vae.compile(optimizer="rmsprop", loss=vae_loss)
    assert vae.loss is vae_loss or vae._compile_arguments["loss"] is vae_loss
    history = vae.fit(X, X, shuffle=True, nb_epoch=3, batch_size=16, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_a_layer_adds_its_loss_and_metric_in_its_call(keras2) -> None:
    import keras
    from keras import backend as K
    from keras import layers

    class WithLoss(layers.Layer):
        def call(self, inputs):
            self.add_loss(K.sum(K.square(inputs), axis=-1), inputs=inputs)
            self.add_metric(K.mean(inputs), name="mean_input", aggregation="mean")
            return inputs

    x = layers.Input((12,))
    model = keras.models.Model(x, WithLoss()(x))
    model.compile("sgd", loss=None)
    found = model.evaluate(X, batch_size=64, verbose=0)
    np.testing.assert_allclose(found, [np.mean(np.sum(X * X, -1)), X.mean()], rtol=1e-5)


def test_optimizers_give_updates_of_a_recorded_loss(keras2) -> None:
    from keras import backend as K
    from keras import layers, models, optimizers

    model = models.Sequential([layers.Dense(1, use_bias=False, kernel_initializer="ones", input_dim=2)])
    target = K.placeholder(shape=(None, 1))
    loss = K.mean(K.square(model.output - target))
    updates = optimizers.SGD(lr=0.1).get_updates(loss=loss, params=model.trainable_weights)
    train = K.function([model.input, target], [loss], updates=updates)
    assert train([np.ones((1, 2)), np.zeros((1, 1))])[0] == 4.0
    np.testing.assert_allclose(model.get_weights()[0], [[0.6], [0.6]])


def test_keras_3_refuses_recorded_losses() -> None:
    from torchkeras_compat import Input, models

    model = models.Model(x := Input((2,)), x * 2)
    with pytest.raises(ValueError, match="`add_loss` takes what a call computes. Received the symbolic"):
        model.add_loss(x)
    with pytest.raises(NotImplementedError, match="has no `add_metric`, which was Keras 2's"):
        model.add_metric(x)
