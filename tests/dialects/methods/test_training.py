from __future__ import annotations

import numpy as np
import pytest


def model_with_accuracy():
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, activation="sigmoid", input_dim=2)])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


def data():
    x = np.random.default_rng(0).normal(size=(20, 2)).astype("float32")
    return x, (x[:, :1] > 0).astype("int32")


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_callbacks_and_history_know_all_names(request, dialect: str, tmp_path) -> None:
    request.getfixturevalue(dialect)
    from keras.callbacks import Callback, EarlyStopping, LambdaCallback, ModelCheckpoint

    seen = []

    class Own(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs.get("val_acc"), logs["val_accuracy"], "acc" in logs))
            logs["mine"] = 1.0

    batches = []
    stop = EarlyStopping(monitor="val_acc", patience=5)
    save = ModelCheckpoint(str(tmp_path / "{epoch}-{val_acc:.1f}.keras"), monitor="val_accuracy", save_best_only=True)
    each = LambdaCallback(on_batch_end=lambda b, l: batches.append((b, l["loss"])))
    history = (
        model_with_accuracy().fit(
            *data(), verbose=0, nb_epoch=1, validation_split=0.5, callbacks=[Own(), stop, save, each]
        )
        if dialect == "keras1"
        else model_with_accuracy().fit(
            *data(), verbose=0, epochs=1, validation_split=0.5, callbacks=[Own(), stop, save, each]
        )
    )
    (first, second, has) = seen[0]
    assert first == second is not None and has
    assert history.history["val_acc"] == history.history["val_accuracy"] and history.history["mine"] == [1.0]
    assert len(batches) == 1 and len(list(tmp_path.glob("1-*.keras"))) == 1
    assert ("acc" in list(history.history)) is (dialect == "keras1")


def test_callbacks_read_the_validation_data(keras2) -> None:
    from keras.callbacks import Callback

    found = []

    class Own(Callback):
        def on_train_begin(self, logs=None):
            found.append([part.shape for part in self.validation_data])
            found.append(self.params["metrics"])

    x, y = data()
    model_with_accuracy().fit(x, y, verbose=0, validation_data=(x[:6], y[:6]), callbacks=[Own()])
    model_with_accuracy().fit(x, y, verbose=0, validation_split=0.25, callbacks=[Own()])
    assert found[0] == [(6, 2), (6, 1), (6,)] and found[2] == [(5, 2), (5, 1), (5,)]
    assert found[1] == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_metrics_of_a_batch_are_those_of_the_batch(keras2) -> None:
    from torchkeras_compat import Sequential, layers

    x, y = data()
    model = model_with_accuracy()
    first = model.test_on_batch(x[:10], y[:10])
    model.test_on_batch(x[10:], y[10:])
    assert model.test_on_batch(x[:10], y[:10]) == pytest.approx(first)
    both = model.test_on_batch(x[10:], y[10:], reset_metrics=False)
    assert both[0] == pytest.approx(model.evaluate(x, y, verbose=0)[0])
    core = Sequential([layers.Dense(1)])
    core.compile("sgd", "mse")
    with pytest.raises(TypeError, match="reset_metrics"):
        core.train_on_batch(x, y, reset_metrics=False)


def test_the_learning_rate_is_logged_as_lr(keras2) -> None:
    from keras.callbacks import LearningRateScheduler

    schedule = LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1))
    history = model_with_accuracy().fit(*data(), epochs=2, verbose=0, callbacks=[schedule])
    assert history.history["lr"] == [0.5, 0.25] == history.history["learning_rate"]
    assert "lr" in list(history.history)


def test_named_class_weights_are_said_to_weight_nothing(keras2) -> None:
    with pytest.warns(UserWarning, match="`class_weight='auto'` weights nothing, as in Keras 1 and 2"):
        model_with_accuracy().fit(*data(), epochs=1, verbose=0, class_weight="auto")


def test_predict_is_silent(keras2, capsys: pytest.CaptureFixture[str]) -> None:
    model_with_accuracy().predict(data()[0])
    assert capsys.readouterr().out == ""


def test_functions_may_be_made_ahead(keras2) -> None:
    model = model_with_accuracy()
    assert model._make_predict_function() is model._make_train_function() is model._make_test_function() is None


@pytest.mark.parametrize(("dialect", "factor"), [("keras1", 1), ("keras2", 3), ("tf_keras", 3)])
def test_weights_of_classes_and_of_samples_go_together(request, dialect: str, factor: int) -> None:
    # Keras 1.2.2 takes those of the samples alone, Keras 2.3.1 multiplies them.
    request.getfixturevalue(dialect)
    x, _ = data()
    y = np.ones((20, 1), "int32")
    losses = []
    for weights in ({}, {0: 7.0, 1: 3.0}):
        model = model_with_accuracy()
        model.set_weights([np.ones((2, 1)), np.zeros(1)])
        arguments = {"class_weight": weights or None, "sample_weight": np.full(20, 2.0), "batch_size": 20}
        losses.append(model.fit(x, y, verbose=0, **arguments).history["loss"][0])
    assert losses[1] == pytest.approx(losses[0] * factor, rel=1e-5)
