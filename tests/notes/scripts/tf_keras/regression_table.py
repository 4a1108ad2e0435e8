# Fuel consumption from a table: pandas, Normalization, a linear model and a deep one, curves from the history.
import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

np.set_printoptions(precision=3, suppress=True)
rng = np.random.RandomState(3)
rows = ["cylinders,displacement,horsepower,weight,origin,mpg"]
for _ in range(300):
    c = rng.choice([4, 6, 8])
    d = c * 40 + rng.normal(0, 10)
    h = "?" if rng.rand() < 0.02 else "%.1f" % (c * 20 + rng.normal(0, 8))
    w = c * 500 + rng.normal(0, 100)
    rows.append("%d,%.1f,%s,%.1f,%d,%.2f" % (c, d, h, w, rng.randint(1, 4), 45 - w / 120 + rng.normal(0, 0.5)))
raw_dataset = pd.read_csv(io.StringIO("\n".join(rows)), na_values="?")
dataset = raw_dataset.copy()
print(dataset.isna().sum())
dataset = dataset.dropna()
dataset["origin"] = dataset["origin"].map({1: "USA", 2: "Europe", 3: "Japan"})
dataset = pd.get_dummies(dataset, columns=["origin"], prefix="", prefix_sep="", dtype=float)

train_dataset = dataset.sample(frac=0.8, random_state=0)
test_dataset = dataset.drop(train_dataset.index)
train_features = train_dataset.copy()
test_features = test_dataset.copy()
train_labels = train_features.pop("mpg")
test_labels = test_features.pop("mpg")
print(train_dataset.describe().transpose()[["mean", "std"]])

normalizer = tf.keras.layers.Normalization(axis=-1, input_shape=[7])
normalizer.adapt(np.array(train_features))

assert np.allclose(normalizer.mean.numpy()[0], train_features.mean().values, rtol=1e-3)
first = np.array(train_features[:1], dtype="float32")
print("normalized:", normalizer(first).numpy())

weight = np.array(train_features["weight"])
weight_normalizer = layers.Normalization(input_shape=[1], axis=None)
weight_normalizer.adapt(weight)
weight_model = tf.keras.Sequential([weight_normalizer, layers.Dense(units=1)])
weight_model.summary()
assert weight_model.predict(weight[:10]).shape == (10, 1)
weight_model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.5), loss="mean_absolute_error")
history = weight_model.fit(train_features["weight"], train_labels, epochs=30, verbose=0, validation_split=0.2)

hist = pd.DataFrame(history.history)
hist["epoch"] = history.epoch
print(hist.tail())
assert list(hist.columns) == ["loss", "val_loss", "epoch"]
assert hist["val_loss"].iloc[-1] < 2.0


def plot_loss(history):
    plt.plot(history.history["loss"], label="loss")
    plt.plot(history.history["val_loss"], label="val_loss")
    plt.ylim([0, 10])
    plt.legend()
    plt.grid(True)


plot_loss(history)
x = tf.linspace(1500.0, 4500.0, 31)
y = weight_model.predict(x)
plt.scatter(train_features["weight"], train_labels, label="Data")
plt.plot(x, y, color="k", label="Predictions")
plt.close()
assert y[0] > y[-1]


def build_and_compile_model(norm):
    model = keras.Sequential(
        [norm, layers.Dense(32, activation="relu"), layers.Dense(32, activation="relu"), layers.Dense(1)]
    )
    model.compile(loss="mae", optimizer=tf.keras.optimizers.Adam(0.01), metrics=["mse"])
    return model


dnn_model = build_and_compile_model(normalizer)
dnn_model.fit(train_features, train_labels, validation_split=0.2, verbose=0, epochs=30)
test_results = {"dnn_model": dnn_model.evaluate(test_features, test_labels, verbose=0)}
print(pd.DataFrame(test_results, index=dnn_model.metrics_names).T)
assert dnn_model.metrics_names == ["loss", "mse"]
assert test_results["dnn_model"][0] < 4.0
test_predictions = dnn_model.predict(test_features).flatten()
error = test_predictions - test_labels
plt.hist(error, bins=25)
plt.close()

dnn_model.save("dnn_model.keras")
reloaded = tf.keras.models.load_model("dnn_model.keras")
assert np.allclose(reloaded.evaluate(test_features, test_labels, verbose=0), test_results["dnn_model"], rtol=1e-4)
