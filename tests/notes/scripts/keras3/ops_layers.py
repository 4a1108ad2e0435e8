"""Layers on keras.ops alone: build and add_weight, losses in call, training argument, seeds, saving."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(812)


class Linear(layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class NoiseWithSeed(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs, training=None):
        if training:
            return inputs + keras.random.normal(ops.shape(inputs), stddev=self.rate, seed=self.seed_generator)
        return inputs


class ComputeSum(layers.Layer):
    def __init__(self, input_dim):
        super().__init__()
        self.total = self.add_weight(initializer="zeros", shape=(input_dim,), trainable=False)

    def call(self, inputs):
        self.total.assign_add(ops.sum(inputs, axis=0))
        return self.total


my_sum = ComputeSum(2)
x = ops.ones((2, 2))
assert ops.convert_to_numpy(my_sum(x)).tolist() == [2, 2]
assert ops.convert_to_numpy(my_sum(x)).tolist() == [4, 4]
assert len(my_sum.trainable_weights) == 0 and len(my_sum.non_trainable_weights) == 1


class ActivityRegularizationLayer(layers.Layer):
    def __init__(self, rate=1e-2):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.mean(inputs))
        return inputs


class Positions(layers.Layer):
    """A table made once, beside the inputs, cut to their length."""

    def __init__(self, length, depth, **kwargs):
        super().__init__(**kwargs)
        angles = np.arange(length)[:, None] / 10000 ** (np.arange(depth)[None] / depth)
        self.table = ops.convert_to_tensor(np.sin(angles).astype("float32"))

    def call(self, x):
        return x + self.table[None, : ops.shape(x)[1], :]


sequence = keras.Input((None, 6))
assert Positions(20, 6)(sequence).shape == (None, None, 6)
assert Positions(20, 6)(np.zeros((2, 5, 6), "float32")).shape == (2, 5, 6)

inputs = keras.Input((8,))
y = Linear(16)(inputs)
y = NoiseWithSeed(0.1)(y)
y = ActivityRegularizationLayer()(y)
outputs = Linear(1)(layers.Activation("gelu")(y))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=[keras.metrics.MeanAbsoluteError()])
data = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
target = data[:, :1] * 2 - data[:, 1:2]
history = model.fit(data, target, epochs=12, batch_size=32, verbose=0)
assert history.history["loss"][-1] < 0.3 * history.history["loss"][0]
first, second = (ops.convert_to_numpy(model(data[:4])) for _ in range(2))
assert np.allclose(first, second)
linear = Linear(64)
again = Linear.from_config(linear.get_config())
assert again.units == 64
a, b = np.random.rand(3, 4).astype("float32"), np.random.rand(4, 5).astype("float32")
assert np.allclose(ops.convert_to_numpy(ops.einsum("ij,jk->ik", a, b)), a @ b, atol=1e-5)
carry, total = ops.scan(lambda c, v: (c + v, c + v), ops.convert_to_tensor(0.0), xs=ops.arange(1.0, 5.0))
assert float(carry) == 10.0
