"""train_step and loops with the tensors of the backend: zero_grad, backward, optimizer.apply, metrics of one's own."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from keras import layers


class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.loss_fn(y, y_pred)
        loss.backward()
        trainable_weights = [v for v in self.trainable_weights]
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_metric]


inputs = keras.Input(shape=(32,))
outputs = layers.Dense(1)(inputs)
model = CustomModel(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01))
x = np.random.default_rng(0).random((256, 32)).astype("float32")
y = x.mean(1, keepdims=True)
history = model.fit(x, y, epochs=5, verbose=0)
assert set(history.history) == {"loss", "mae"} and history.history["mae"][-1] < history.history["mae"][0]


class WithCompile(keras.Model):
    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        loss.backward()
        trainable_weights = [v for v in self.trainable_weights]
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics}


model = WithCompile(inputs, layers.Dense(1)(inputs))
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(x, y, sample_weight=np.random.rand(256, 1), epochs=2, verbose=0)
assert "loss" in history.history and len(history.history) == 2

# A loop without fit, on a DataLoader, with the optimizer of torch.
network = keras.Sequential([keras.Input((32,)), layers.Dense(16, activation="relu"), layers.Dense(3)])
labels = np.argmax(x[:, :3], axis=1)
dataset = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(labels))
loader = torch.utils.data.DataLoader(dataset, batch_size=32, shuffle=True)
optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
loss_fn = torch.nn.CrossEntropyLoss()
acc = keras.metrics.SparseCategoricalAccuracy()
for epoch in range(15):
    for batch, target in loader:
        logits = network(batch)
        loss = loss_fn(logits, target)
        network.zero_grad()
        loss.backward()
        optimizer.step()
        acc.update_state(target, logits)
    result = float(acc.result())
    acc.reset_state()
assert result > 0.7, result


class Wrapped(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = keras.Sequential([keras.Input((32,)), layers.Dense(4)])

    def forward(self, x):
        return self.model(x)


assert len(list(Wrapped().parameters())) == 2
