from __future__ import annotations

import numpy as np


def batches():
    while True:
        yield np.ones((5, 2), "float32"), np.zeros((5, 1), "float32")


def test_generators_of_keras_1_count_samples(keras1) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    history = model.fit_generator(batches(), samples_per_epoch=20, nb_epoch=2, nb_worker=1, verbose=0)
    assert model.optimizer.iterations == 8 and len(history.history["loss"]) == 2
    assert model.predict_generator(batches(), 15).shape == (15, 1)
    assert np.isscalar(model.evaluate_generator(batches(), val_samples=10))
    model.fit_generator(batches(), 10, 1, 0, validation_data=batches(), nb_val_samples=10)


def test_generators_of_keras_2_count_batches(keras2) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    model.fit_generator(batches(), steps_per_epoch=4, epochs=2, verbose=0, workers=2, use_multiprocessing=True)
    assert model.optimizer.iterations == 8
    assert model.predict_generator(batches(), 3, workers=2).shape == (15, 1)
    assert np.isscalar(model.evaluate_generator(batches(), steps=2))


def test_classes_are_predicted(keras2) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    x = np.random.default_rng(0).normal(size=(6, 2)).astype("float32")
    one = Sequential([Dense(1, activation="sigmoid", input_dim=2)])
    np.testing.assert_array_equal(one.predict_classes(x), one.predict_proba(x) > 0.5)
    three = Sequential([Dense(3, activation="softmax", input_dim=2)])
    np.testing.assert_array_equal(three.predict_classes(x), three.predict(x).argmax(-1))
