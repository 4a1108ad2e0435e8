"""Models of many kinds, losses, metrics and precisions: the traced step computes the bits of the step as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from tests.training.tracing.agreement import assert_equal, both
from torchkeras_compat import layers as L

SIZE = 4
Made = tuple[Any, Callable[[np.random.RandomState], tuple[Any, Any]], str]
MODELS: dict[str, Callable[[], Made]] = {}


def floats(*shape):
    return lambda r: r.normal(size=(SIZE, *shape)).astype("float32")


def tokens(*shape, high=7):
    return lambda r: r.randint(0, high, size=(SIZE, *shape))


def batch(x, y):
    return lambda r: ([part(r) for part in x] if isinstance(x, list) else x(r), y(r))


def model(function):
    MODELS[function.__name__] = function
    return function


def sequential(shape, *layers, y=None, loss="mse"):
    built = keras.Sequential([L.Input(shape), *layers])
    return built, batch(floats(*shape), y or floats(*built.output_shape[1:])), loss


@model
def classifier():
    return sequential((5,), L.Dense(8, "relu"), L.Dense(3, "softmax"), y=tokens(high=3), loss="sparse_" + CROSSENTROPY)


CROSSENTROPY = "categorical_crossentropy"


@model
def one_hot_classifier():
    one_hot = lambda r: np.eye(3, dtype="float32")[r.randint(0, 3, SIZE)]  # noqa: E731
    return sequential((5,), L.Dense(8, "gelu"), L.Dense(3), L.Softmax(), y=one_hot, loss=CROSSENTROPY)


@model
def binary():
    return sequential((5,), L.Dense(4, "selu"), L.Dense(1, "sigmoid"), y=tokens(1, high=2), loss="binary_crossentropy")


@model
def deep():
    return sequential((6,), *[L.Dense(6, "tanh") for _ in range(12)])


@model
def regularized():
    return sequential(
        (6,),
        L.Dense(5, kernel_regularizer="l1_l2", activity_regularizer="l2"),
        L.Dense(2, kernel_constraint="unit_norm"),
    )


@model
def normalized():
    return sequential(
        (6,),
        *(L.Dense(6), L.BatchNormalization(), L.ReLU(), L.LayerNormalization(), L.Dropout(0.3), L.UnitNormalization()),
    )


@model
def convnet():
    return sequential(
        (8, 8, 2),
        *(L.Conv2D(4, 3, padding="same", strides=2), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D(), L.Flatten()),
    )


@model
def separable():
    return sequential((8, 8, 3), L.SeparableConv2D(4, 3), L.DepthwiseConv2D(3), L.GlobalAveragePooling2D(), L.Dense(2))


@model
def autoencoder():
    return sequential((8, 8, 1), L.Conv2D(3, 3, 2, padding="same"), L.Conv2DTranspose(1, 3, 2, padding="same"))


@model
def wavenet():
    return sequential(
        (16, 2), *(L.Conv1D(4, 2, padding="causal", dilation_rate=d, activation="relu") for d in (1, 2, 4)), L.Flatten()
    )


@model
def text_convnet():
    built = keras.Sequential([L.Input((9,), dtype="int32"), L.Embedding(7, 4), L.Conv1D(5, 3), L.GlobalMaxPooling1D()])
    return built, batch(tokens(9), floats(5)), "mse"


@model
def lstm():
    return sequential((5, 3), L.LSTM(4, return_sequences=True, dropout=0.2), L.LSTM(3), L.Dense(1))


@model
def gru():
    return sequential((5, 3), L.Bidirectional(L.GRU(4)), L.Dense(1))


@model
def masked_lstm():
    built = keras.Sequential([L.Input((6,), dtype="int32"), L.Embedding(7, 4, mask_zero=True), L.LSTM(3), L.Dense(1)])
    return built, batch(tokens(6), floats(1)), "mse"


@model
def stateful():
    built = keras.Sequential([L.Input(batch_shape=(SIZE, 5, 3)), L.GRU(4, stateful=True), L.Dense(1)])
    return built, batch(floats(5, 3), floats(1)), "mse"


@model
def time_distributed():
    return sequential((5, 6), L.TimeDistributed(L.Dense(4, "relu")), L.SimpleRNN(3, return_sequences=True))


@model
def conv_lstm():
    return sequential((3, 6, 6, 1), L.ConvLSTM2D(2, 3), L.Flatten(), L.Dense(1))


@model
def transformer():
    inputs = L.Input((6, 8))
    x = L.LayerNormalization()(inputs + L.MultiHeadAttention(2, 4, dropout=0.1)(inputs, inputs))
    x = L.LayerNormalization()(x + L.Dense(8)(L.Dense(16, "relu")(x)))
    return keras.Model(inputs, L.GlobalAveragePooling1D()(x)), batch(floats(6, 8), floats(8)), "mse"


@model
def residual():
    inputs = L.Input((6,))
    x = inputs
    for _ in range(3):
        x = L.Add()([x, L.Dense(6, "relu")(x)])
    return keras.Model(inputs, x), batch(floats(6), floats(6)), "huber"


@model
def u_net():
    inputs = L.Input((8, 8, 1))
    down = L.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = L.UpSampling2D()(L.Conv2D(4, 3, padding="same")(L.MaxPooling2D()(down)))
    outputs = L.Conv2D(1, 1, activation="sigmoid")(L.Concatenate()([down, x]))
    return keras.Model(inputs, outputs), batch(floats(8, 8, 1), tokens(8, 8, 1, high=2)), "binary_crossentropy"


@model
def siamese():
    shared = keras.Sequential([L.Input((5,)), L.Dense(4, "relu"), L.Dense(3)])
    a, b = L.Input((5,)), L.Input((5,))
    outputs = L.Dense(1, "sigmoid")(L.Subtract()([shared(a), shared(b)]))
    return keras.Model([a, b], outputs), batch([floats(5), floats(5)], tokens(1, high=2)), "binary_crossentropy"


@model
def several_outputs():
    inputs = L.Input((5,))
    x = L.Dense(6, "relu")(inputs)
    built = keras.Model(inputs, {"a": L.Dense(2)(x), "b": L.Dense(3, "softmax")(x)})
    data = lambda r: (floats(5)(r), {"a": floats(2)(r), "b": r.randint(0, 3, SIZE)})  # noqa: E731
    return built, data, {"a": "mse", "b": "sparse_categorical_crossentropy"}


@model
def recorded_operations():
    inputs = L.Input((4, 5))
    x = keras.ops.transpose(inputs, (0, 2, 1)) @ inputs
    x = keras.ops.softmax(x / 2.0, -1)[:, 1:] * keras.ops.sin(x[:, 1:])
    return keras.Model(inputs, L.Dense(2)(L.Flatten()(x))), batch(floats(4, 5), floats(2)), "mse"


@model
def nested():
    inner = keras.Sequential([L.Input((5,)), L.Dense(4), L.BatchNormalization()])
    inputs = L.Input((5,))
    return keras.Model(inputs, keras.Sequential([inner, L.Dense(2)])(inputs)), batch(floats(5), floats(2)), "mae"


@model
def torch_modules():
    built = keras.Sequential(
        [L.Input((5,)), nn.Linear(5, 6), nn.PReLU(), nn.BatchNorm1d(6), nn.Dropout(0.2), L.Dense(1)]
    )
    return built, batch(floats(5), floats(1)), "mse"


@model
def subclassed():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = L.Dense(6), L.Dense(2)
            self.scale = self.add_weight((6,), "ones")

        def call(self, x, training=None):
            x = torch.relu(self.first(x)) * self.scale
            return self.last(x + 0.1 * torch.randn_like(x) if training else x)

    built = Own()
    built(np.zeros((SIZE, 5), "float32"))
    return built, batch(floats(5), floats(2)), "mse"


@model
def variational():
    class Sampling(L.Layer):
        def call(self, inputs):
            mean, log_var = inputs
            self.add_loss(-0.5 * (1 + log_var - mean.square() - log_var.exp()).mean())
            return mean + (0.5 * log_var).exp() * keras.random.normal(mean.shape)

    inputs = L.Input((6,))
    h = L.Dense(5, "relu")(inputs)
    z = Sampling()([L.Dense(2)(h), L.Dense(2)(h)])
    return keras.Model(inputs, L.Dense(6)(z)), batch(floats(6), floats(6)), "mse"


@model
def with_state():
    class Count(L.Layer):
        def build(self, shape):
            self.calls = self.add_weight((), "zeros", trainable=False)

        def call(self, x):
            self.calls.assign_add(1.0)
            return x * self.calls.value

    return sequential((5,), Count(), L.Dense(2))


@model
def own_loss():
    inputs = L.Input((5,))
    built = keras.Model(inputs, L.Dense(2)(inputs))

    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.maximum(0.9 * error, -0.1 * error)

    return built, batch(floats(5), floats(2)), pinball


@model
def mixture():
    inputs = L.Input((5,))
    gates = L.Dense(3, "softmax")(inputs)
    experts = keras.ops.stack([L.Dense(2)(inputs) for _ in range(3)], 1)
    return keras.Model(inputs, keras.ops.sum(experts * gates[..., None], 1)), batch(floats(5), floats(2)), "mse"


@model
def frozen_part():
    base = keras.Sequential([L.Input((5,)), L.Dense(4), L.BatchNormalization()])
    base.trainable = False
    inputs = L.Input((5,))
    return keras.Model(inputs, L.Dense(1)(base(inputs))), batch(floats(5), floats(1)), "mse"


@model
def augmented():
    return sequential(
        (8, 8, 3),
        L.Rescaling(0.5),
        L.GaussianNoise(0.1),
        L.SpatialDropout2D(0.3),
        L.Conv2D(2, 3),
        L.GlobalMaxPooling2D(),
    )


@model
def volumes():
    return sequential((4, 4, 4, 1), L.Conv3D(2, 2), L.AveragePooling3D(), L.Flatten(), L.Dense(1))


@model
def attention():
    query, value = L.Input((4, 6)), L.Input((5, 6))
    x = L.AdditiveAttention()([query, value])
    return (
        keras.Model([query, value], L.Attention()([x, value])),
        batch([floats(4, 6), floats(5, 6)], floats(4, 6)),
        "mse",
    )


@model
def einsum():
    return sequential(
        (4, 6), L.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d"), L.GroupNormalization(3), L.PReLU()
    )


def train(name, **arguments):
    keras.utils.set_random_seed(0)
    built, data, loss = MODELS[name]()
    state = np.random.RandomState(0)
    batches = [data(state) for _ in range(8)]
    return both(built, batches, lambda m: m.compile(**{"optimizer": "adam", "loss": loss, **arguments}))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model(name, early):
    eager, traced = train(name)
    assert_equal(eager, traced)
    assert traced.step.refusal is None
    assert traced.is_traced


@pytest.mark.parametrize("name", ["classifier", "convnet", "lstm", "transformer", "several_outputs"])
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_precisions(name, policy, early):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        eager, traced = train(name)
    finally:
        keras.config.set_dtype_policy(before)
    assert_equal(eager, traced)
    assert traced.is_traced or policy == "mixed_float16"  # on the CPU the host decides whether an update is left out


LOSSES = (
    "mae",
    "mape",
    "msle",
    "huber",
    "log_cosh",
    "hinge",
    "squared_hinge",
    "poisson",
    "kl_divergence",
    "cosine_similarity",
)
METRICS = (
    "mse",
    "mae",
    "cosine_similarity",
    "r2_score",
    "binary_accuracy",
    "auc",
    "precision",
    "recall",
    "root_mean_squared_error",
)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss, early):
    eager, traced = train("autoencoder", loss=loss)
    assert_equal(eager, traced)
    assert traced.is_traced


@pytest.mark.parametrize("metric", METRICS)
def test_metrics(metric, early):
    keras.utils.set_random_seed(0)
    name = {"auc": "AUC", "precision": "Precision", "recall": "Recall", "r2_score": "R2Score"}.get(metric, metric)
    eager, traced = train("binary", metrics=[name], weighted_metrics=[name])
    assert_equal(eager, traced)
    assert traced.is_traced
