# Weather: windows made by a class, by tf.data and by a function of Keras; dense, convolutional and LSTM models.
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras

n = 600
date_time = pd.date_range("2009-01-01", periods=n, freq="h")
rng = np.random.RandomState(0)
df = pd.DataFrame({"T (degC)": 10 + 5 * np.sin(np.arange(n) * 2 * np.pi / 24) + rng.normal(0, 0.3, n), "p": rng.rand(n)})
timestamp_s = date_time.map(pd.Timestamp.timestamp)
day = 24 * 60 * 60
df["Day sin"] = np.sin(timestamp_s * (2 * np.pi / day))
df["Day cos"] = np.cos(timestamp_s * (2 * np.pi / day))
column_indices = {name: i for i, name in enumerate(df.columns)}
train_df, val_df, test_df = df[0 : int(n * 0.7)], df[int(n * 0.7) : int(n * 0.9)], df[int(n * 0.9) :]
num_features = df.shape[1]
train_mean, train_std = train_df.mean(), train_df.std()
train_df = (train_df - train_mean) / train_std
val_df = (val_df - train_mean) / train_std
test_df = (test_df - train_mean) / train_std


class WindowGenerator:
    def __init__(self, input_width, label_width, shift, train_df, val_df, test_df, label_columns=None):
        self.train_df, self.val_df, self.test_df = train_df, val_df, test_df
        self.label_columns = label_columns
        self.column_indices = {name: i for i, name in enumerate(train_df.columns)}
        self.input_width, self.label_width, self.shift = input_width, label_width, shift
        self.total_window_size = input_width + shift
        self.input_slice = slice(0, input_width)
        self.label_start = self.total_window_size - self.label_width
        self.labels_slice = slice(self.label_start, None)

    def split_window(self, features):
        inputs = features[:, self.input_slice, :]
        labels = features[:, self.labels_slice, :]
        if self.label_columns is not None:
            labels = tf.stack([labels[:, :, self.column_indices[name]] for name in self.label_columns], axis=-1)
        inputs.set_shape([None, self.input_width, None])
        labels.set_shape([None, self.label_width, None])
        return inputs, labels

    def make_dataset(self, data):
        data = np.array(data, dtype=np.float32)
        ds = tf.keras.utils.timeseries_dataset_from_array(
            data=data, targets=None, sequence_length=self.total_window_size, sequence_stride=1, shuffle=True, batch_size=32
        )
        return ds.map(self.split_window)

    @property
    def train(self):
        return self.make_dataset(self.train_df)

    @property
    def val(self):
        return self.make_dataset(self.val_df)

    @property
    def example(self):
        result = getattr(self, "_example", None)
        if result is None:
            result = next(iter(self.train))
            self._example = result
        return result


w = WindowGenerator(6, 1, 1, train_df, val_df, test_df, label_columns=["T (degC)"])
example_window = tf.stack([np.array(train_df[:7]), np.array(train_df[100:107]), np.array(train_df[200:207])])
example_inputs, example_labels = w.split_window(example_window)
assert example_inputs.shape == (3, 6, 4) and example_labels.shape == (3, 1, 1)
print(w.train.element_spec)
assert w.example[0].shape == (32, 6, 4)


class Baseline(tf.keras.Model):
    def __init__(self, label_index=None):
        super().__init__()
        self.label_index = label_index

    def call(self, inputs):
        if self.label_index is None:
            return inputs
        result = inputs[:, -1:, self.label_index]
        return result[:, :, tf.newaxis]


def compile_and_fit(model, window, patience=2, epochs=3):
    early_stopping = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, mode="min")
    model.compile(
        loss=tf.keras.losses.MeanSquaredError(),
        optimizer=tf.keras.optimizers.Adam(0.01),
        metrics=[tf.keras.metrics.MeanAbsoluteError()],
    )
    return model.fit(window.train, epochs=epochs, validation_data=window.val, callbacks=[early_stopping], verbose=0)


baseline = Baseline(label_index=column_indices["T (degC)"])
baseline.compile(loss=tf.keras.losses.MeanSquaredError(), metrics=[tf.keras.metrics.MeanAbsoluteError()])
val_performance = {"Baseline": baseline.evaluate(w.val, verbose=0)}
conv_model = tf.keras.Sequential(
    [
        tf.keras.layers.Conv1D(filters=16, kernel_size=(6,), activation="relu"),
        tf.keras.layers.Dense(units=16, activation="relu"),
        tf.keras.layers.Dense(units=1),
    ]
)
history = compile_and_fit(conv_model, w, epochs=6)
val_performance["Conv"] = conv_model.evaluate(w.val, verbose=0)
lstm_model = tf.keras.models.Sequential(
    [tf.keras.layers.LSTM(16, return_sequences=True), tf.keras.layers.Dense(units=1)]
)
wide_window = WindowGenerator(12, 12, 1, train_df, val_df, test_df, label_columns=["T (degC)"])
compile_and_fit(lstm_model, wide_window)
val_performance["LSTM"] = lstm_model.evaluate(wide_window.val, verbose=0)
print(val_performance)
assert val_performance["Conv"][1] < val_performance["Baseline"][1]


class FeedBack(tf.keras.Model):
    def __init__(self, units, out_steps):
        super().__init__()
        self.out_steps = out_steps
        self.units = units
        self.lstm_cell = tf.keras.layers.LSTMCell(units)
        self.lstm_rnn = tf.keras.layers.RNN(self.lstm_cell, return_state=True)
        self.dense = tf.keras.layers.Dense(num_features)

    def warmup(self, inputs):
        x, *state = self.lstm_rnn(inputs)
        prediction = self.dense(x)
        return prediction, state

    def call(self, inputs, training=None):
        predictions = []
        prediction, state = self.warmup(inputs)
        predictions.append(prediction)
        for n in range(1, self.out_steps):
            x = prediction
            x, state = self.lstm_cell(x, states=state, training=training)
            prediction = self.dense(x)
            predictions.append(prediction)
        predictions = tf.stack(predictions)
        predictions = tf.transpose(predictions, [1, 0, 2])
        return predictions


feedback_model = FeedBack(units=8, out_steps=4)
multi_window = WindowGenerator(8, 4, 4, train_df, val_df, test_df)
prediction, state = feedback_model.warmup(multi_window.example[0])
assert prediction.shape == (32, 4)
assert feedback_model(multi_window.example[0]).shape == (32, 4, 4)
compile_and_fit(feedback_model, multi_window, epochs=1)


# The same windows by tf.data alone.
def windowed_dataset(series, window_size, batch_size, shuffle_buffer):
    series = tf.expand_dims(series, axis=-1)
    dataset = tf.data.Dataset.from_tensor_slices(series)
    dataset = dataset.window(window_size + 1, shift=1, drop_remainder=True)
    dataset = dataset.flat_map(lambda window: window.batch(window_size + 1))
    dataset = dataset.shuffle(shuffle_buffer)
    dataset = dataset.map(lambda window: (window[:-1], window[-1]))
    return dataset.batch(batch_size).prefetch(1)


series = train_df["T (degC)"].values.astype("float32")
dataset = windowed_dataset(series, 10, 32, 100)
model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Lambda(lambda x: tf.squeeze(x, -1), input_shape=[10, 1]),
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dense(1),
        tf.keras.layers.Lambda(lambda x: x * 2.0),
    ]
)
lr_schedule = tf.keras.callbacks.LearningRateScheduler(lambda epoch: 1e-3 * 10 ** (epoch / 20))
model.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.SGD(learning_rate=1e-3, momentum=0.9), metrics=["mae"])
history = model.fit(dataset, epochs=4, callbacks=[lr_schedule], verbose=0)
assert np.isclose(history.history["lr"][2], 1e-3 * 10**0.1)
assert history.history["mae"][-1] < history.history["mae"][0]
plt.semilogx(history.history["lr"], history.history["loss"])
plt.close()
forecast = model.predict(series[np.newaxis, :10, np.newaxis])
assert forecast.shape == (1, 1)

# And by Keras's function, with a delay.
sampling_rate, sequence_length = 2, 6
delay = sampling_rate * (sequence_length + 1 - 1)
train_dataset = keras.utils.timeseries_dataset_from_array(
    np.array(train_df)[:-delay],
    targets=series[delay:],
    sampling_rate=sampling_rate,
    sequence_length=sequence_length,
    shuffle=False,
    batch_size=64,
    start_index=0,
    end_index=200,
)
for samples, targets in train_dataset:
    assert samples.shape == (64, 6, 4) and targets.shape == (64,)
    assert np.isclose(targets[0], series[delay])
    break
