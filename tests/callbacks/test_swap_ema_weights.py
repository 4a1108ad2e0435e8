"""`SwapEMAWeights`: where the averages of the weights are, and when."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import callbacks, layers, models, optimizers


def model_and_data(use_ema: bool = True, wrap: bool = False):
    optimizer = optimizers.SGD(0.1, use_ema=use_ema, ema_momentum=0.5)
    model = models.Sequential([layers.Dense(2, kernel_initializer="ones")])
    model.compile(optimizers.LossScaleOptimizer(optimizer) if wrap else optimizer, "mse")
    x = np.random.randn(16, 3).astype("float32")
    return model, x, x[:, :2]


@pytest.mark.parametrize("wrap", [False, True])
def test_validation_sees_the_averages_and_training_goes_on_with_the_weights(wrap):
    model, x, y = model_and_data(wrap=wrap)
    history = model.fit(
        x, y, epochs=2, validation_data=(x, y), callbacks=[callbacks.SwapEMAWeights()], verbose=0, shuffle=False
    )
    assert history.history["val_loss"][-1] == pytest.approx(model.evaluate(x, y, verbose=0))
    plain, *_ = model_and_data(wrap=wrap)
    plain.fit(x, y, epochs=2, validation_data=(x, y), verbose=0, shuffle=False)
    for mine, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-6)


def test_averages_stay_from_the_end_of_an_epoch_to_the_next():
    seen = []

    class Look(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.get_weights()[0])

    model, x, y = model_and_data()
    model.fit(x, y, epochs=2, callbacks=[callbacks.SwapEMAWeights(swap_on_epoch=True), Look()], verbose=0)
    np.testing.assert_array_equal(seen[-1], model.get_weights()[0])
    assert not np.array_equal(seen[0], seen[1])


def test_predictions_swap_too():
    model, x, y = model_and_data()
    model.fit(x, y, epochs=2, verbose=0)
    optimizer = model.optimizer
    optimizer._model_variables_moving_average[0].assign(np.zeros((3, 2)))
    optimizer._model_variables_moving_average[1].assign(np.zeros(2))
    before = model.get_weights()[0]
    assert not model.predict(x, callbacks=[callbacks.SwapEMAWeights()], verbose=0).any()
    np.testing.assert_array_equal(model.get_weights()[0], before)


def test_an_optimizer_without_averages_is_refused():
    model, x, y = model_and_data(use_ema=False)
    with pytest.raises(ValueError, match="must be used when `use_ema=True` is set"):
        model.fit(x, y, validation_data=(x, y), callbacks=[callbacks.SwapEMAWeights()], verbose=0)


def test_an_evaluation_at_the_end_of_an_epoch_does_not_swap_back():
    class Evaluate(callbacks.Callback):
        losses = []

        def on_epoch_end(self, epoch, logs=None):
            before = self.model.get_weights()[0]
            self.losses.append(self.model.evaluate(x, y, verbose=0, callbacks=[swap]))
            np.testing.assert_array_equal(self.model.get_weights()[0], before)

    model, x, y = model_and_data()
    swap = callbacks.SwapEMAWeights(swap_on_epoch=True)
    history = model.fit(x, y, epochs=3, validation_data=(x, y), callbacks=[swap, Evaluate()], verbose=0)
    np.testing.assert_allclose(Evaluate.losses, history.history["val_loss"], rtol=1e-6)


def test_an_interrupted_validation_does_not_make_averages_the_weights_to_train():
    class Interruption(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    model, x, y = model_and_data()
    plain, *_ = model_and_data()
    swap = callbacks.SwapEMAWeights()
    steps = {"batch_size": 4, "verbose": 0, "shuffle": False}
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, validation_data=(x, y), callbacks=[swap, Interruption()], **steps)
    model.fit(x, y, callbacks=[swap], **steps)
    plain.fit(x, y, epochs=2, **steps)
    for mine, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-6)


def test_an_interrupted_validation_gives_the_weights_back():
    class Interrupting(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.trained = [w.copy() for w in self.model.get_weights()]

        def on_test_batch_end(self, batch, logs=None):
            self.evaluated = [w.copy() for w in self.model.get_weights()]
            raise KeyboardInterrupt

    model, x, y = model_and_data()
    interrupting = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        swapping = [callbacks.SwapEMAWeights(), interrupting]
        model.fit(x, y, batch_size=4, validation_data=(x, y), verbose=0, callbacks=swapping)
    assert not np.array_equal(interrupting.evaluated[0], interrupting.trained[0])
    for a, b in zip(model.get_weights(), interrupting.trained, strict=True):
        np.testing.assert_array_equal(a, b)
