# Own losses, activations, initializers, regularizers, metrics, layers; saving them; losses of internals.
import numpy as np
import tensorflow as tf
from tensorflow import keras

K = keras.backend
rng = np.random.RandomState(42)
X_train = rng.randn(300, 8).astype(np.float32)
y_train = (X_train[:, :1] * 2 + np.abs(X_train[:, 1:2])).astype(np.float32)
X_valid, y_valid = X_train[:60], y_train[:60]


def huber_fn(y_true, y_pred):
    error = y_true - y_pred
    is_small_error = tf.abs(error) < 1
    squared_loss = tf.square(error) / 2
    linear_loss = tf.abs(error) - 0.5
    return tf.where(is_small_error, squared_loss, linear_loss)


model = keras.models.Sequential(
    [
        keras.layers.Dense(30, activation="selu", kernel_initializer="lecun_normal", input_shape=X_train.shape[1:]),
        keras.layers.Dense(1),
    ]
)
model.compile(loss=huber_fn, optimizer="nadam", metrics=["mae"])
model.fit(X_train, y_train, epochs=2, validation_data=(X_valid, y_valid), verbose=0)
model.save("my_model_with_a_custom_loss.h5")
model = keras.models.load_model("my_model_with_a_custom_loss.h5", custom_objects={"huber_fn": huber_fn})
model.fit(X_train, y_train, epochs=1, verbose=0)


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        is_small_error = tf.abs(error) < self.threshold
        squared_loss = tf.square(error) / 2
        linear_loss = self.threshold * tf.abs(error) - self.threshold**2 / 2
        return tf.where(is_small_error, squared_loss, linear_loss)

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "threshold": self.threshold}


model.compile(loss=HuberLoss(2.0), optimizer="nadam", metrics=["mae"])
model.fit(X_train, y_train, epochs=1, verbose=0)
model.save("my_model_with_a_custom_loss_class.h5")
model = keras.models.load_model("my_model_with_a_custom_loss_class.h5", custom_objects={"HuberLoss": HuberLoss})
assert model.loss.threshold == 2.0


def my_softplus(z):
    return tf.math.log(tf.exp(z) + 1.0)


def my_glorot_initializer(shape, dtype=tf.float32):
    stddev = tf.sqrt(2.0 / (shape[0] + shape[1]))
    return tf.random.normal(shape, stddev=stddev, dtype=dtype)


def my_l1_regularizer(weights):
    return tf.reduce_sum(tf.abs(0.01 * weights))


def my_positive_weights(weights):
    return tf.where(weights < 0.0, tf.zeros_like(weights), weights)


layer = keras.layers.Dense(
    1,
    activation=my_softplus,
    kernel_initializer=my_glorot_initializer,
    kernel_regularizer=my_l1_regularizer,
    kernel_constraint=my_positive_weights,
)
model = keras.models.Sequential([keras.layers.Dense(5, activation="relu", input_shape=[8]), layer])
model.compile(loss="mse", optimizer="sgd")
model.fit(X_train, y_train, epochs=2, verbose=0)
assert (layer.get_weights()[0] >= 0).all()
assert np.allclose(model.losses[0].numpy(), np.abs(0.01 * layer.get_weights()[0]).sum(), rtol=1e-5)

precision = keras.metrics.Precision()
assert np.isclose(precision([0, 1, 1, 1, 0, 1, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1]).numpy(), 0.8)
assert np.isclose(precision([0, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 1, 0, 0, 0, 0]).numpy(), 0.5)
assert np.isclose(precision.result().numpy(), 0.5)
print(precision.variables)
precision.reset_states()


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold
        self.total = self.add_weight("total", initializer="zeros")
        self.count = self.add_weight("count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        metric = huber_fn(y_true, y_pred)
        self.total.assign_add(tf.reduce_sum(metric))
        self.count.assign_add(tf.cast(tf.size(y_true), tf.float32))

    def result(self):
        return self.total / self.count

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


m = HuberMetric(2.0)
assert m(tf.constant([[2.0]]), tf.constant([[10.0]])).numpy() == 7.5
m(tf.constant([[0.0], [5.0]]), tf.constant([[1.0], [9.25]]))
assert np.isclose(m.result().numpy(), (7.5 + 0.5 + 3.75) / 3)
m.reset_states()
assert all(v.numpy() == 0 for v in m.variables)
print(m.variables)
model.compile(loss=huber_fn, optimizer="nadam", metrics=[HuberMetric(2.0, name="huber_metric")])
h = model.fit(X_train, y_train, epochs=2, verbose=0).history
assert "huber_metric" in h
assert np.isclose(h["loss"][0] - 0, h["huber_metric"][0] + 0.01 * 5, atol=0.6)


class ReconstructingRegressor(keras.models.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [keras.layers.Dense(16, activation="selu", kernel_initializer="lecun_normal") for _ in range(3)]
        self.out = keras.layers.Dense(output_dim)
        self.reconstruction_mean = keras.metrics.Mean(name="reconstruction_error")

    def build(self, batch_input_shape):
        n_inputs = batch_input_shape[-1]
        self.reconstruct = keras.layers.Dense(n_inputs)
        self.built = True

    def call(self, inputs, training=None):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        reconstruction = self.reconstruct(Z)
        recon_loss = tf.reduce_mean(tf.square(reconstruction - inputs))
        self.add_loss(0.05 * recon_loss)
        if training:
            result = self.reconstruction_mean(recon_loss)
            self.add_metric(result)
        return self.out(Z)


keras.backend.clear_session()
np.random.seed(42)
tf.random.set_seed(42)
model = ReconstructingRegressor(1)
model.compile(loss="mse", optimizer="nadam")
history = model.fit(X_train, y_train, epochs=3, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert "reconstruction_error" in history.history
y_pred = model.predict(X_valid)
assert y_pred.shape == (60, 1)


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, batch_input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=[batch_input_shape[-1], self.units], initializer="glorot_normal"
        )
        self.bias = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        super().build(batch_input_shape)

    def call(self, X):
        return self.activation(X @ self.kernel + self.bias)

    def compute_output_shape(self, batch_input_shape):
        return tf.TensorShape(batch_input_shape.as_list()[:-1] + [self.units])

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "units": self.units, "activation": keras.activations.serialize(self.activation)}


class MyMultiLayer(keras.layers.Layer):
    def call(self, X):
        X1, X2 = X
        return X1 + X2, X1 * X2


model = keras.models.Sequential([MyDense(30, activation="relu", input_shape=[8]), MyDense(1)])
model.compile(loss="mse", optimizer="nadam")
model.fit(X_train, y_train, epochs=1, verbose=0)
model.save("with_a_custom_layer.h5")
again = keras.models.load_model("with_a_custom_layer.h5", custom_objects={"MyDense": MyDense})
assert np.allclose(again.predict(X_valid), model.predict(X_valid), atol=1e-5)
a = keras.layers.Input([2])
b = keras.layers.Input([2])
o1, o2 = MyMultiLayer()([a, b])
both = keras.Model([a, b], [o1, o2])
s, p = both.predict([np.ones((2, 2)), 3 * np.ones((2, 2))])
assert (s == 4).all() and (p == 3).all()


def f(w1, w2):
    return 3 * w1**2 + 2 * w1 * w2


w1, w2 = tf.Variable(5.0), tf.Variable(3.0)
with tf.GradientTape() as tape:
    z = f(w1, w2)
assert [g.numpy() for g in tape.gradient(z, [w1, w2])] == [36.0, 10.0]
try:
    tape.gradient(z, w1)
    raise SystemExit("the tape may be used once")
except RuntimeError as ex:
    print(ex)
with tf.GradientTape(persistent=True) as hessian_tape:
    with tf.GradientTape() as jacobian_tape:
        z = f(w1, w2)
    jacobians = jacobian_tape.gradient(z, [w1, w2])
hessians = [hessian_tape.gradient(jacobian, [w1, w2]) for jacobian in jacobians]
del hessian_tape
assert [[None if h is None else h.numpy() for h in row] for row in hessians] == [[6.0, 2.0], [2.0, None]]


@tf.custom_gradient
def my_better_softplus(z):
    exp = tf.exp(z)

    def my_softplus_gradients(grad):
        return grad / (1 + 1 / exp)

    return tf.math.log(exp + 1), my_softplus_gradients


x = tf.Variable([1000.0])
with tf.GradientTape() as tape:
    z = my_better_softplus(x)
assert tape.gradient(z, [x])[0].numpy() == 1.0
