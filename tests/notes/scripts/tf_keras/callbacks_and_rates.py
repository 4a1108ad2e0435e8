# Callbacks of one's own: batches timed, early stopping by hand, a rate finder, schedules, TensorBoard, summaries.
import glob
import os
import time

import numpy as np
import tensorflow as tf
from tensorflow import keras

K = keras.backend
rng = np.random.RandomState(0)
X_train = rng.randn(256, 8).astype("float32")
y_train = (X_train @ rng.randn(8, 1)).astype("float32")
X_valid, y_valid = X_train[:64], y_train[:64]


def get_model():
    model = keras.Sequential([keras.layers.Dense(16, activation="relu", input_dim=8), keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=0.1), loss="mean_squared_error", metrics=["mean_absolute_error"]
    )
    return model


class CustomCallback(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_begin(self, logs=None):
        self.seen.append("train_begin")
        assert list(logs.keys()) == []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(("batch", batch, sorted(logs)))

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.time()

    def on_epoch_end(self, epoch, logs=None):
        print(
            "The average loss for epoch {} is {:7.2f} and mean absolute error is {:7.2f}.".format(
                epoch, logs["loss"], logs["mean_absolute_error"]
            )
        )
        self.seen.append(("epoch", epoch, sorted(logs)))

    def on_test_end(self, logs=None):
        self.seen.append("test_end")

    def on_predict_batch_begin(self, batch, logs=None):
        self.seen.append("predict")


callback = CustomCallback()
model = get_model()
model.fit(X_train, y_train, batch_size=128, epochs=1, verbose=0, validation_split=0.5, callbacks=[callback])
assert ("batch", 0, ["loss", "mean_absolute_error"]) in callback.seen
assert callback.seen[-1] == ("epoch", 0, ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"])
res = model.evaluate(X_valid, y_valid, verbose=0, callbacks=[callback])
model.predict(X_valid, batch_size=32, callbacks=[callback], verbose=0)
assert callback.seen[-3:] == ["test_end", "predict", "predict"]


class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
    def __init__(self, patience=0):
        super(EarlyStoppingAtMinLoss, self).__init__()
        self.patience = patience
        self.best_weights = None

    def on_train_begin(self, logs=None):
        self.wait = 0
        self.stopped_epoch = 0
        self.best = np.Inf if hasattr(np, "Inf") else np.inf

    def on_epoch_end(self, epoch, logs=None):
        current = logs.get("loss")
        if np.less(current, self.best):
            self.best = current
            self.wait = 0
            self.best_weights = self.model.get_weights()
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.stopped_epoch = epoch
                self.model.stop_training = True
                self.model.set_weights(self.best_weights)


stopper = EarlyStoppingAtMinLoss()
h = get_model().fit(X_train, y_train, batch_size=64, epochs=40, verbose=0, callbacks=[stopper])
assert stopper.stopped_epoch == len(h.epoch) - 1 or len(h.epoch) == 40


class CustomLearningRateScheduler(keras.callbacks.Callback):
    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule

    def on_epoch_begin(self, epoch, logs=None):
        if not hasattr(self.model.optimizer, "lr"):
            raise ValueError('Optimizer must have a "lr" attribute.')
        lr = float(tf.keras.backend.get_value(self.model.optimizer.learning_rate))
        scheduled_lr = self.schedule(epoch, lr)
        tf.keras.backend.set_value(self.model.optimizer.lr, scheduled_lr)
        print("\nEpoch %05d: Learning rate is %6.4f." % (epoch, scheduled_lr))


model = get_model()
model.fit(X_train, y_train, epochs=3, verbose=0, callbacks=[CustomLearningRateScheduler(lambda e, lr: lr / 2)])
assert np.isclose(K.get_value(model.optimizer.lr), 0.1 / 8)


class ExponentialLearningRate(keras.callbacks.Callback):
    def __init__(self, factor):
        self.factor = factor
        self.rates = []
        self.losses = []

    def on_batch_end(self, batch, logs):
        self.rates.append(K.get_value(self.model.optimizer.learning_rate))
        self.losses.append(logs["loss"])
        K.set_value(self.model.optimizer.learning_rate, self.model.optimizer.learning_rate * self.factor)


def find_learning_rate(model, X, y, epochs=1, batch_size=32, min_rate=10**-5, max_rate=10):
    init_weights = model.get_weights()
    iterations = -(-len(X) // batch_size) * epochs
    factor = np.exp(np.log(max_rate / min_rate) / iterations)
    init_lr = K.get_value(model.optimizer.learning_rate)
    K.set_value(model.optimizer.learning_rate, min_rate)
    exp_lr = ExponentialLearningRate(factor)
    model.fit(X, y, epochs=epochs, batch_size=batch_size, callbacks=[exp_lr], verbose=0)
    K.set_value(model.optimizer.learning_rate, init_lr)
    model.set_weights(init_weights)
    return exp_lr.rates, exp_lr.losses


rates, losses = find_learning_rate(get_model(), X_train, y_train)
assert len(rates) == 8 and np.isclose(rates[0], 1e-5) and np.isclose(rates[-1] * (1e6 ** (1 / 8)), 10, rtol=1e-3)

lr_scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.1 ** (1 / 20))
reduce = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_delta=100)
model = get_model()
h = model.fit(X_train, y_train, epochs=4, verbose=0, validation_data=(X_valid, y_valid), callbacks=[reduce])
assert h.history["lr"][0] == np.float32(0.1) and h.history["lr"][-1] < 0.1
for schedule, at_ten in [
    (keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.1), 0.001),
    (keras.optimizers.schedules.PiecewiseConstantDecay([5, 20], [0.01, 0.005, 0.001]), 0.005),
    (keras.optimizers.schedules.PolynomialDecay(0.01, 20, 0.0), 0.005),
    (keras.optimizers.schedules.InverseTimeDecay(0.01, 10, 1.0), 0.005),
    (keras.optimizers.schedules.CosineDecay(0.01, 20), 0.005),
]:
    assert np.isclose(schedule(10).numpy(), at_ten), schedule
    assert np.isclose(schedule(tf.constant(10.0)), at_ten)


def get_run_logdir(root):
    return os.path.join(root, time.strftime("run_%Y_%m_%d-%H_%M_%S"))


run_logdir = get_run_logdir(os.path.join(os.curdir, "my_logs"))
tensorboard_cb = keras.callbacks.TensorBoard(run_logdir, histogram_freq=0)
checkpoint_cb = keras.callbacks.ModelCheckpoint("best.h5", save_best_only=True)
csv_logger = keras.callbacks.CSVLogger("training.log")
lambda_cb = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, round(logs["loss"], 2)))
model = get_model()
model.fit(
    X_train,
    y_train,
    epochs=3,
    validation_data=(X_valid, y_valid),
    callbacks=[checkpoint_cb, tensorboard_cb, csv_logger, lambda_cb, keras.callbacks.TerminateOnNaN()],
    verbose=0,
)
assert glob.glob(os.path.join(run_logdir, "**", "events*"), recursive=True)
assert len(open("training.log").read().splitlines()) == 4
model = keras.models.load_model("best.h5")
writer = tf.summary.create_file_writer(get_run_logdir("more_logs"))
with writer.as_default():
    for step in range(1, 20):
        tf.summary.scalar("my_scalar", np.sin(step / 10), step=step)
        data = (np.random.randn(10) + 2) * step / 100
        tf.summary.histogram("my_hist", data, buckets=50, step=step)
        tf.summary.image("my_images", np.random.rand(2, 8, 8, 3), step=step)
        tf.summary.text("my_text", ["The step is " + str(step)], step=step)
writer.flush()
assert glob.glob("more_logs/**/events*", recursive=True)


# Exponential decay by updating after each batch, on top of a momentum optimizer with clipped gradients.
class ExponentialDecayPerBatch(keras.callbacks.Callback):
    def __init__(self, s=40000):
        super().__init__()
        self.s = s

    def on_batch_begin(self, batch, logs=None):
        lr = K.get_value(self.model.optimizer.learning_rate)
        K.set_value(self.model.optimizer.learning_rate, lr * 0.1 ** (1 / self.s))

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        logs["lr"] = K.get_value(self.model.optimizer.learning_rate)


model = keras.models.Sequential([keras.layers.Dense(4, input_shape=[8]), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True, clipnorm=1.0))
h = model.fit(X_train, y_train, epochs=2, callbacks=[ExponentialDecayPerBatch(s=16)], verbose=0)
assert np.isclose(K.get_value(model.optimizer.learning_rate), 0.001, rtol=1e-3)
assert np.isclose(h.history["lr"][-1], 0.001, rtol=1e-3)
