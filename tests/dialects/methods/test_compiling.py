from __future__ import annotations

import numpy as np
import pytest


def test_the_discriminator_learns_although_it_is_frozen_for_the_model_around_it(keras2) -> None:
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential

    discriminator = Sequential([Dense(1, activation="sigmoid", input_dim=3)])
    discriminator.compile("sgd", "binary_crossentropy")
    generator = Sequential([Dense(3, input_dim=2)])
    discriminator.trainable = False
    z = Input((2,))
    combined = Model(z, discriminator(generator(z)))
    combined.compile("sgd", "binary_crossentropy")
    weights = [np.copy(w) for w in (discriminator.get_weights()[0], generator.get_weights()[0])]
    combined.train_on_batch(np.ones((4, 2)), np.ones((4, 1)))
    np.testing.assert_array_equal(discriminator.get_weights()[0], weights[0])
    assert not np.array_equal(generator.get_weights()[0], weights[1])
    discriminator.train_on_batch(np.ones((4, 3)), np.ones((4, 1)))
    assert not np.array_equal(discriminator.get_weights()[0], weights[0])
    assert not discriminator.trainable
    discriminator.trainable = True
    before = discriminator.get_weights()[0]
    combined.train_on_batch(np.ones((4, 2)), np.ones((4, 1)))
    np.testing.assert_array_equal(discriminator.get_weights()[0], before)
    assert discriminator.trainable


def test_strings_mean_what_they_meant(keras1) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("adadelta", "mse", ["accuracy", "mae"])
    assert float(model.optimizer.learning_rate) == 1.0
    assert model.metrics_names == ["loss", "acc", "mean_absolute_error"]
    assert len(model.evaluate(np.ones((4, 2)), np.ones((4, 1)), verbose=0)) == 3


def test_functions_of_the_user_get_columns(keras2, tmp_path) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    seen = []

    def metric(y_true, y_pred):
        seen.append((y_true.ndim, y_pred.ndim))
        return (y_true - y_pred).abs().mean()

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse", metrics=[metric])
    history = model.fit(np.ones((4, 2)), np.ones(4), verbose=0).history
    assert set(seen) == {(2, 2)} and "metric" in history
    assert model._compile_arguments["metrics"] == [metric]


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_a_loaded_model_is_compiled_and_goes_on(keras1, tmp_path, name: str) -> None:
    from keras.layers import Dense
    from keras.models import Sequential, load_model

    x, y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(x, y, nb_epoch=1, verbose=0)
    model.save(tmp_path / name)
    loaded = load_model(tmp_path / name)
    assert loaded.compiled
    np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-6)
    assert len(loaded.fit(x, y, nb_epoch=2, verbose=0).history["loss"]) == 2


@pytest.mark.parametrize("dialect", ["keras2", "tf_keras"])
def test_a_frozen_batch_normalization_takes_the_moments_of_the_batch_in_keras_2(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import BatchNormalization, Dense
    from keras.models import Sequential

    normalization = BatchNormalization(input_shape=(2,), trainable=False)
    model = Sequential([normalization, Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    x = np.array([[1.0, 3.0], [3.0, 7.0]], "float32")
    loss = model.train_on_batch(x, np.zeros((2, 1)))
    moving = normalization.get_weights()[2]
    np.testing.assert_array_equal(moving, [0, 0])
    assert normalization.momentum == 0.99 and not normalization.trainable
    if dialect == "keras2":  # (-1 - 1, 1 + 1) by the moments of the batch
        assert loss == pytest.approx(4.0, rel=1e-2)
    else:  # as inference: the inputs themselves
        assert loss == pytest.approx((16 + 100) / 2, rel=1e-2)


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_metrics_in_a_list_count_for_every_output(request, dialect: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((2,))
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)])
    model.compile("sgd", "mse", metrics=["mae"])
    name = "mean_absolute_error" if dialect == "keras1" else "mae"
    assert model.metrics_names == ["loss", "a_loss", "b_loss", f"a_{name}", f"b_{name}"]
    values = model.evaluate(np.ones((2, 2)), [np.ones((2, 1))] * 2, verbose=0)
    assert len(values) == 5


def model_of_two_outputs():
    from keras.layers import Dense, Input
    from keras.models import Model

    x = Input((3,))
    return Model(x, [Dense(2, name="out")(x), Dense(1, activation="sigmoid", name="aux")(x)])


@pytest.mark.parametrize("dialect", ["keras2", "tf_keras"])
def test_metrics_of_one_list_are_those_of_every_output(request, dialect: str) -> None:
    # Keras 2.3.1, tf.keras 2.15: ["loss", "out_loss", "aux_loss", "out_accuracy", "out_mae", "aux_accuracy", "aux_mae"]
    request.getfixturevalue(dialect)
    model = model_of_two_outputs()
    model.compile("sgd", "mse", metrics=["accuracy", "mae"])
    model.fit(np.ones((4, 3)), [np.ones((4, 2)), np.ones((4, 1))], verbose=0)
    assert model.metrics_names[3:] == ["out_accuracy", "out_mae", "aux_accuracy", "aux_mae"]
    model.compile("sgd", "mse", metrics=[["accuracy"], ["mae"]])
    assert model.metrics_names[3:] == ["out_accuracy", "aux_mae"]


def test_metrics_of_every_output_count_by_themselves(tf_keras) -> None:
    from keras.metrics import MeanAbsoluteError

    model = model_of_two_outputs()
    model.compile("sgd", "mse", metrics=[MeanAbsoluteError(name="off")])
    y = [np.full((4, 2), 100.0), np.zeros((4, 1))]
    found = model.evaluate(np.zeros((4, 3)), y, verbose=0)
    assert model.metrics_names[3:] == ["out_off", "aux_off"] and found[3:] == [100, 0.5]


def test_a_class_of_metrics_given_by_name_is_logged_under_its_own_name(tf_keras) -> None:
    # tf.keras 2.15: ["loss", "accuracy", "precision", "true_positives"]
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, activation="sigmoid", input_dim=3)])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "Precision", "TruePositives"])
    history = model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0).history
    assert [name.partition("_1")[0] for name in history] == ["loss", "accuracy", "precision", "true_positives"]


def test_old_metrics_are_logged_by_the_names_that_they_were_given_by(keras2) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(3, input_dim=2, activation="softmax")])
    model.compile("sgd", "mse", ["kullback_leibler_divergence", "cosine_proximity"])
    logs = model.fit(np.ones((2, 2)), np.eye(3)[:2], verbose=0).history
    assert list(logs) == ["loss", "kullback_leibler_divergence", "cosine_proximity"]  # as Keras 2.3.1
