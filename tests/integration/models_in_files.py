"""Models of the kinds that people write, made once for any library with Keras's names, with data to train them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass
class Case:
    """How a model is made, what it is trained with, and what differs between the libraries on purpose."""

    make: Callable[[Any], Any]
    inputs: Callable[[np.random.Generator], Any] | None = None  # None: normal numbers of the shapes of the model
    targets: Callable[[np.random.Generator], Any] | None = None  # None: normal numbers of the shapes of the outputs
    sample_weight: Callable[[np.random.Generator], Any] | None = None
    trains: bool = True
    deterministic: bool = True  # whether two runs of training give equal numbers
    own: Callable[[Any], dict[str, Any]] | None = None  # custom objects
    formats: tuple[str, ...] = ("keras", "weights", "h5")  # those that Keras can read and write; weights with JSON
    tolerance: float = 1e-4  # of outputs
    needs_tensorflow: bool = False  # whether Keras can make it with TensorFlow only
    same_order: bool = True  # whether what Keras loads has its weights in the order of what it saved, and equal


CASES: dict[str, Case] = {}


def case(**options: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def add(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        CASES[make.__name__] = Case(make, **options)
        return make

    return add


def fitted(model: Any, optimizer: Any = "adam", loss: Any = "mse", **options: Any) -> Any:
    model.compile(optimizer=optimizer, loss=loss, **options)
    return model


def integers(high: int, *shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda r: r.integers(0, high, shape).astype("int32")


def one_hot(classes: int, rows: int = 4) -> Callable[[np.random.Generator], Any]:
    return lambda r: np.eye(classes, dtype="float32")[r.integers(0, classes, rows)]


def words(*shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda r: r.choice(np.array(["red", "green", "blue sky", "?"], object), shape)


def floats(*shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda r: r.normal(size=shape).astype("float32")


# Sequential models


@case()
def sequential(K: Any) -> Any:
    L = K.layers
    return fitted(K.Sequential([K.Input((4,)), L.Dense(5, "relu"), L.BatchNormalization(), L.Dense(2)]))


@case(targets=one_hot(3))
def image_classifier(K: Any) -> Any:
    L = K.layers
    parts = [L.Conv2D(4, 3, activation="relu", padding="same"), L.BatchNormalization(), L.MaxPooling2D(), L.Flatten()]
    model = K.Sequential([K.Input((8, 8, 3)), *parts, L.Dropout(0.0), L.Dense(3, activation="softmax")])
    return fitted(
        model, K.optimizers.SGD(0.01, momentum=0.9, nesterov=True), "categorical_crossentropy", metrics=["acc"]
    )


@case(targets=integers(3, 4, 1))
def strings_everywhere(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3, "softmax")])
    metrics = ["accuracy", "SparseCategoricalCrossentropy"]
    return fitted(model, "rmsprop", "sparse_categorical_crossentropy", metrics=metrics)


@case()
def sequential_in_sequential(K: Any) -> Any:
    L = K.layers
    inner = K.Sequential([K.Input((3,)), L.Dense(3), L.Dense(4, name="deep")], name="inner")
    return fitted(K.Sequential([K.Input((4,)), L.Dense(3), inner, L.Dense(2)]))


@case()
def grown(K: Any) -> Any:
    model = K.Sequential(name="grown")
    for layer in (K.Input((4,)), K.layers.Dense(7), K.layers.LeakyReLU(0.1), K.layers.Dense(2, name="last")):
        model.add(layer)
    return fitted(model, "nadam")


@case()
def built_later(K: Any) -> Any:
    model = fitted(K.Sequential([K.layers.Dense(3, "tanh"), K.layers.Dense(2)], name="later"))
    model.build((None, 4))
    return model


@case()
def frozen(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3), K.layers.BatchNormalization(), K.layers.Dense(2)])
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    return fitted(model)


# Functional models


@case()
def branches(K: Any) -> Any:
    L = K.layers
    x = K.Input((6,), name="features")
    a, b = L.Dense(4, "relu")(x), L.Dense(4, "tanh")(x)
    merged = L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, b]), L.Average()([a, b])])
    return fitted(K.Model(x, L.Dense(2)(merged)))


@case()
def siamese(K: Any) -> Any:
    L = K.layers
    x = K.Input((8, 8, 1))
    tower = K.Model(x, L.Dense(4)(L.GlobalAveragePooling2D()(L.Conv2D(3, 3, activation="relu")(x))), name="tower")
    left, right = K.Input((8, 8, 1), name="left"), K.Input((8, 8, 1), name="right")
    return fitted(K.Model([left, right], L.Dense(1)(L.Subtract()([tower(left), tower(right)]))))


@case()
def nested_three_deep(K: Any) -> Any:
    L = K.layers
    x = K.Input((3,))
    first = K.Model(x, L.Dense(3, "relu")(x), name="first")
    y = K.Input((3,))
    second = K.Model(y, L.Dense(3)(first(first(y))), name="second")
    z = K.Input((3,))
    third = K.Model(z, second(z) + z, name="third")
    w = K.Input((3,))
    return fitted(K.Model(w, L.Dense(2)(third(w)), name="whole"))


@case()
def sequential_in_functional(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,))
    base = K.Sequential([K.Input((4,)), L.Dense(3), L.LayerNormalization()], name="base")
    return fitted(K.Model(x, L.Dense(2)(base(x))))


@case()
def functional_in_sequential(K: Any) -> Any:
    x = K.Input((4,))
    inner = K.Model(x, K.layers.Dense(3)(x) * 2.0)
    return fitted(K.Sequential([K.Input((4,)), inner, K.layers.Dense(1)]))


@case(
    targets=lambda r: {"price": r.normal(size=(4, 1)), "kind": r.integers(0, 3, (4,))},
    sample_weight=lambda r: {"price": r.uniform(size=4), "kind": r.uniform(size=4)},
)
def inputs_and_outputs_by_name(K: Any) -> Any:
    L = K.layers
    a, b = K.Input((4,), name="a"), K.Input((2,), name="b")
    h = L.Dense(5, "relu")(L.Concatenate()([a, b]))
    outputs = {"price": L.Dense(1, name="price")(h), "kind": L.Dense(3, "softmax", name="kind")(h)}
    return fitted(
        K.Model({"a": a, "b": b}, outputs),
        K.optimizers.Adam(0.01, weight_decay=0.01, clipnorm=1.0),
        loss={"price": "mse", "kind": K.losses.SparseCategoricalCrossentropy()},
        loss_weights={"price": 0.3, "kind": 2.0},
        metrics={"price": ["mae"], "kind": ["accuracy"]},
        weighted_metrics={"price": [K.metrics.RootMeanSquaredError(name="rmse")]},
    )


@case(sample_weight=lambda r: r.uniform(size=4))
def several_outputs(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,))
    h = L.Dense(4)(x)
    model = K.Model(x, [L.Dense(2, name="p")(h), L.Dense(3, name="q")(h)])
    return fitted(model, loss=["mse", "mae"], loss_weights=[1.0, 0.5], weighted_metrics=[["mae"], ["mse"]])


@case()
def nested_outputs(K: Any) -> Any:
    x = K.Input((4,))
    h = K.layers.Dense(3, name="h")(x)
    return K.Model([x], {"a": h, "b": (K.layers.Dense(2, name="c")(h), K.layers.Dense(1, name="d")(h))})


CASES["nested_outputs"].trains = False


@case()
def shared_thrice(K: Any) -> Any:
    x = K.Input((4,))
    shared = K.layers.Dense(4, "tanh", name="shared")
    return fitted(K.Model(x, K.layers.Dense(1)(shared(shared(shared(x))))))


@case()
def arithmetic(K: Any) -> Any:
    x = K.Input((4,))
    h = K.layers.Dense(6)(x)
    h = K.ops.concatenate([1.0 - h, -h, K.ops.relu(h) ** 2, h[:, ::2]], axis=-1)
    return fitted(K.Model(x, K.layers.Dense(2)(K.ops.reshape(h, (-1, 3, 7))[:, 0] / 2.0)))


@case()
def skip_connections(K: Any) -> Any:
    L = K.layers
    x = K.Input((8, 8, 4))
    h = x
    for i in range(2):
        y = L.BatchNormalization(name=f"bn_{i}")(L.Conv2D(4, 3, padding="same", use_bias=False)(h))
        h = L.Activation("relu")(L.Add()([h, y]))
    return fitted(K.Model(x, L.Dense(1)(L.GlobalMaxPooling2D()(h))))


@case()
def encoder_and_decoder(K: Any) -> Any:
    L = K.layers
    x = K.Input((8, 8, 1), name="image")
    h = L.MaxPooling2D(2)(L.Conv2D(3, 3, strides=1, padding="same", activation="relu")(x))
    h = L.UpSampling2D(2, interpolation="bilinear")(L.SeparableConv2D(4, 3, padding="same")(h))
    h = L.Conv2DTranspose(2, 3, padding="same")(L.Concatenate()([h, x]))
    return fitted(K.Model(x, L.Conv2D(1, 1, activation="sigmoid")(h), name="unet"), loss="binary_crossentropy")


CASES["encoder_and_decoder"].targets = lambda r: r.integers(0, 2, (4, 8, 8, 1)).astype("float32")


@case()
def names_with_signs(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,), name="Eingang-1")
    h = L.Dense(3, name="block 1 (déjà vu)")(x)
    h = L.Dense(3, name="Dense")(h)
    return fitted(K.Model(x, L.Dense(2, name="dense")(h), name="modèle №1"))


@case()
def names_of_parts(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,))
    h = L.Dense(3, name="layers")(x)
    h = L.Dense(3, name="vars")(h)
    h = L.Dense(3, name="0")(h)
    return fitted(K.Model(x, L.Dense(2, name="optimizer")(h)))


# Sequences


@case(inputs=integers(11, 4, 6))
def text_with_masks(K: Any) -> Any:
    L = K.layers
    x = K.Input((None,), dtype="int32")
    h = L.Embedding(11, 4, mask_zero=True)(x)
    h = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="sum")(h)
    return fitted(K.Model(x, L.Dense(2)(L.GRU(3)(h))))


@case()
def masking_layer(K: Any) -> Any:
    L = K.layers
    parts = [L.Masking(0.5), L.LSTM(4, return_sequences=True), L.TimeDistributed(L.Dense(2))]
    return fitted(K.Sequential([K.Input((5, 3)), *parts]))


@case(trains=False)
def stateful(K: Any) -> Any:
    L = K.layers
    x = K.Input(batch_shape=(4, 5, 3))
    return fitted(K.Model(x, L.Dense(1)(L.LSTM(4, stateful=True)(x))))


@case()
def cells(K: Any) -> Any:
    L = K.layers
    x = K.Input((5, 3))
    h = L.RNN([L.LSTMCell(4), L.GRUCell(3)], return_sequences=True)(x)
    h = L.RNN(L.SimpleRNNCell(2, "relu"), go_backwards=True)(h)
    return fitted(K.Model(x, h))


@case()
def states(K: Any) -> Any:
    L = K.layers
    x, y = K.Input((5, 3), name="source"), K.Input((4, 2), name="target")
    _, h, c = L.LSTM(4, return_state=True)(x)
    out = L.LSTM(4, return_sequences=True)(y, initial_state=[h, c])
    return fitted(K.Model([x, y], L.Dense(2)(out)))


@case()
def transformer(K: Any) -> Any:
    L = K.layers
    x = K.Input((6, 8))
    h = L.Add()([x, L.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)])
    h = L.LayerNormalization(epsilon=1e-6)(h)
    h = L.Add()([h, L.Dense(8)(L.Dense(16, "gelu")(h))])
    return fitted(K.Model(x, L.GlobalAveragePooling1D()(h)), K.optimizers.AdamW(1e-3))


@case(inputs=lambda r: [r.integers(0, 9, (4, 5)).astype("int32"), r.normal(size=(4, 3, 4)).astype("float32")])
def attention_over_text(K: Any) -> Any:
    L = K.layers
    q, v = K.Input((5,), dtype="int32"), K.Input((3, 4))
    h = L.Attention(use_scale=True)([L.Embedding(9, 4)(q), v])
    return fitted(K.Model([q, v], L.Dense(2)(L.GlobalMaxPooling1D()(h))))


@case()
def convolution_over_time(K: Any) -> Any:
    L = K.layers
    parts = [L.Conv1D(4, 3, padding="causal", dilation_rate=2), L.DepthwiseConv1D(2), L.SeparableConv1D(3, 2)]
    return fitted(K.Sequential([K.Input((9, 2)), *parts, L.Flatten(), L.Dense(1)]))


# Preprocessing


@case(inputs=words(4, 1), trains=False, needs_tensorflow=True, formats=("keras",))
def string_lookup(K: Any) -> Any:
    layer = K.layers.StringLookup(vocabulary=["red", "green", "?"], output_mode="one_hot")
    return K.Sequential([K.Input((1,), dtype="string"), layer])


@case(inputs=integers(9, 4, 2), trains=True, needs_tensorflow=True, formats=("keras",))
def integer_lookup(K: Any) -> Any:
    layer = K.layers.IntegerLookup(output_mode="multi_hot", num_oov_indices=2)
    layer.adapt(np.array([[3, 5], [3, 7]]))
    x = K.Input((2,), dtype="int32")
    return fitted(K.Model(x, K.layers.Dense(2)(layer(x))))


@case(inputs=words(4), trains=False, needs_tensorflow=True, formats=("keras",))
def text_vectorization(K: Any) -> Any:
    layer = K.layers.TextVectorization(max_tokens=8, output_sequence_length=3)
    layer.adapt(["red green", "blue sky sky", "red"])
    return K.Sequential([layer])


@case(inputs=words(4), trains=False, needs_tensorflow=True, formats=("keras",))
def tf_idf(K: Any) -> Any:
    layer = K.layers.TextVectorization(output_mode="tf_idf")
    layer.adapt(["red green", "blue sky sky", "red"])
    return K.Sequential([layer])


@case()
def normalization(K: Any) -> Any:
    layer = K.layers.Normalization()
    layer.adapt(np.arange(12, dtype="float32").reshape(4, 3))
    return fitted(K.Sequential([K.Input((3,)), layer, K.layers.Dense(2)]))


@case()
def normalization_by_arguments(K: Any) -> Any:
    x = K.Input((3,))
    h = K.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0])(x)
    return fitted(K.Model(x, K.layers.Dense(2)(K.layers.Rescaling(1 / 127.5, offset=-1)(h))))


@case(needs_tensorflow=True, formats=("keras",))
def discretization(K: Any) -> Any:
    layer = K.layers.Discretization(num_bins=4, output_mode="multi_hot")
    layer.adapt(np.random.default_rng(3).normal(size=(50, 1)).astype("float32"))
    x = K.Input((1,))
    return fitted(K.Model(x, K.layers.Dense(2)(layer(x))))


@case(inputs=words(4, 1), trains=False, needs_tensorflow=True)
def hashing(K: Any) -> Any:
    return K.Sequential([K.Input((1,), dtype="string"), K.layers.Hashing(5, salt=[3, 4], output_mode="one_hot")])


@case(inputs=lambda r: [r.integers(0, 5, (4, 1)), r.integers(0, 5, (4, 1))], trains=False, needs_tensorflow=True)
def crossing(K: Any) -> Any:
    a, b = K.Input((1,), dtype="int32"), K.Input((1,), dtype="int32")
    return K.Model([a, b], K.layers.HashedCrossing(6, output_mode="one_hot")([a, b]))


@case(inputs=integers(5, 4, 3), trains=True)
def category_encoding(K: Any) -> Any:
    x = K.Input((3,), dtype="int32")
    return fitted(K.Model(x, K.layers.Dense(2)(K.layers.CategoryEncoding(5, "count")(x))))


@case(
    inputs=lambda r: {"age": floats(4, 1)(r), "kind": integers(4, 4, 1)(r)},
    trains=False,
    needs_tensorflow=True,
    formats=("keras",),
)
def feature_space(K: Any) -> Any:
    F = K.utils.FeatureSpace
    space = F(
        features={"age": F.float_normalized(), "kind": F.integer_categorical(num_oov_indices=1)},
        output_mode="concat",
    )
    space.adapt([{"age": np.array([[10.0], [20.0]]), "kind": np.array([[1], [3]])}])
    return space


@case(deterministic=False, formats=("keras", "weights"))
def augmentation(K: Any) -> Any:
    L = K.layers
    parts = [L.RandomFlip("horizontal", seed=3), L.RandomRotation(0.1, fill_mode="nearest"), L.RandomZoom((-0.2, 0.1))]
    parts += [L.RandomTranslation(0.1, 0.1), L.RandomContrast(0.2), L.RandomBrightness(0.1, value_range=(0, 1))]
    parts += [L.Resizing(4, 4), L.CenterCrop(3, 3), L.Flatten()]
    return fitted(K.Sequential([K.Input((8, 8, 3)), *parts, L.Dense(1)]))


# Policies, seeds, quantization, adapters


@case(tolerance=2e-2)
def mixed_precision(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,))
    h = L.Dense(4, "relu", dtype="mixed_bfloat16")(x)
    h = L.BatchNormalization(dtype=K.DTypePolicy("mixed_bfloat16"))(h)
    return fitted(K.Model(x, L.Dense(2, dtype="float32")(h)))


@case()
def half_and_double(K: Any) -> Any:
    L = K.layers
    x = K.Input((4,), dtype="float64")
    return fitted(K.Model(x, L.Dense(2, dtype="float64")(x)))


@case(tolerance=2e-2)
def policy_map(K: Any) -> Any:
    policies = K.dtype_policies.DTypePolicyMap()
    policies["mapped/dense"] = K.DTypePolicy("bfloat16")
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3, dtype=policies), K.layers.Dense(2)], name="mapped")
    return fitted(model)


@case(deterministic=False)
def seeds(K: Any) -> Any:
    L = K.layers
    parts = [L.Dense(4, kernel_initializer=K.initializers.HeNormal(seed=3)), L.Dropout(0.3, seed=7)]
    parts += [L.GaussianNoise(0.1, seed=42), L.SpatialDropout1D(0.2)]
    lstm = L.LSTM(3, dropout=0.2, recurrent_dropout=0.1, seed=5)
    return fitted(K.Sequential([K.Input((5, 3)), *parts, lstm]))


@case(trains=False)
def quantized_int8(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(4, "relu"), K.layers.Dense(2)])
    model.quantize("int8")
    return model


@case(trains=False)
def quantized_int4(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(4, "relu"), K.layers.Dense(2)])
    model.quantize("int4")
    return model


@case(trains=False, same_order=False, formats=("keras", "weights"))
def quantized_float8(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(4, "relu"), K.layers.Dense(2)])
    model.quantize("float8")
    return model


@case(inputs=integers(9, 4, 5), trains=False)
def quantized_text(K: Any) -> Any:
    L = K.layers
    x = K.Input((5,), dtype="int32")
    h = L.EinsumDense("abc,cd->abd", (None, 4))(L.Embedding(9, 8)(x))
    model = K.Model(x, h)
    model.quantize("int8")
    return model


@case(same_order=False, deterministic=False)
def low_rank(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(6, "relu"), K.layers.Dense(2, name="head")])
    model.layers[0].enable_lora(2)
    return fitted(model)


@case(inputs=integers(9, 4, 5), same_order=False, deterministic=False)
def low_rank_embedding(K: Any) -> Any:
    L = K.layers
    x = K.Input((5,), dtype="int32")
    embedding, dense = L.Embedding(9, 8), L.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d")
    model = K.Model(x, dense(embedding(x)))
    embedding.enable_lora(2)
    dense.enable_lora(3, lora_alpha=6)
    return fitted(model)


# Compiled


@case(sample_weight=lambda r: r.uniform(size=4), targets=lambda r: r.integers(0, 2, (4, 1)).astype("float32"))
def many_metrics(K: Any) -> Any:
    M = K.metrics
    metrics = [M.AUC(curve="PR"), M.Precision(thresholds=[0.3, 0.7]), M.BinaryAccuracy(threshold=0.4)]
    weighted = [M.Recall(top_k=1), "mse", M.MeanMetricWrapper(K.losses.mean_absolute_error, name="wrapped")]
    model = K.Sequential([K.Input((4,)), K.layers.Dense(1, "sigmoid")])
    loss = K.losses.BinaryCrossentropy(label_smoothing=0.1, reduction="sum")
    return fitted(model, K.optimizers.Adagrad(0.1), loss, metrics=metrics, weighted_metrics=weighted)


@case()
def schedule(K: Any) -> Any:
    rate = K.optimizers.schedules.CosineDecay(0.1, 10, alpha=0.1, warmup_target=0.2, warmup_steps=3)
    model = K.Sequential([K.Input((4,)), K.layers.Dense(2)])
    return fitted(model, K.optimizers.SGD(rate, momentum=0.5), jit_compile=False, run_eagerly=True)


@case()
def averaged_weights(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(2)])
    optimizer = K.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3, amsgrad=True)
    return fitted(model, optimizer, K.losses.Huber(), auto_scale_loss=True)


@case()
def accumulated_gradients(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(2)])
    return fitted(model, K.optimizers.Lion(0.01, gradient_accumulation_steps=2, global_clipnorm=0.5))


@case()
def scaled_loss(K: Any) -> Any:
    model = K.Sequential([K.Input((4,)), K.layers.Dense(2)])
    return fitted(model, K.optimizers.LossScaleOptimizer(K.optimizers.RMSprop(0.01, centered=True, momentum=0.3)))


@case()
def not_compiled(K: Any) -> Any:
    return K.Sequential([K.Input((4,)), K.layers.Dense(2)])


CASES["not_compiled"].trains = False


@case()
def regularized(K: Any) -> Any:
    L = K.layers
    dense = L.Dense(
        5,
        kernel_regularizer=K.regularizers.L1L2(0.01, 0.02),
        bias_regularizer="l1",
        activity_regularizer=K.regularizers.L2(0.03),
        kernel_constraint=K.constraints.MaxNorm(1.0, axis=1),
        bias_constraint="non_neg",
    )
    model = K.Sequential([K.Input((4,)), dense, L.ActivityRegularization(0.1, 0.2), L.Dense(2)])
    return fitted(model)


# Own classes


def _own(K: Any, package: str, cls: Any) -> Any:
    """Register a class of the tests as its writer would; it lies in this module for both libraries."""
    cls.__module__ = "tests_of_files"
    return K.saving.register_keras_serializable(package)(cls)


def _scale(K: Any) -> Any:
    class Scale(K.layers.Layer):
        def __init__(self, factor: float = 1.0, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.factor = factor

        def build(self, input_shape: Any) -> None:
            self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

        def call(self, x: Any) -> Any:
            return x * self.gain * self.factor

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "factor": self.factor}

    return _own(K, "files", Scale)


@case()
def own_layer(K: Any) -> Any:
    Scale = _scale(K)
    x = K.Input((4,))
    return fitted(K.Model(x, K.layers.Dense(2)(Scale(0.5, name="scale")(x))))


@case()
def layer_with_losses(K: Any) -> Any:
    class Penalty(K.layers.Layer):
        def __init__(self, weight: float = 0.1, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.weight = weight

        def call(self, x: Any) -> Any:
            self.add_loss(self.weight * K.ops.mean(K.ops.square(x)))
            return x

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "weight": self.weight}

    Penalty = _own(K, "files", Penalty)  # type: ignore[misc]
    return fitted(K.Sequential([K.Input((4,)), K.layers.Dense(3), Penalty(0.2), K.layers.Dense(1)]))


@case()
def composite_layer(K: Any) -> Any:
    class Block(K.layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.parts = [K.layers.Dense(units, name=f"part_{i}") for i in range(2)]
            self.heads = {"a": K.layers.Dense(units), "b": K.layers.Dense(units)}
            self.norm = K.layers.LayerNormalization()

        def build(self, input_shape: Any) -> None:
            for part in (*self.parts, *self.heads.values(), self.norm):
                part.build((*input_shape[:-1], self.units))

        def call(self, x: Any) -> Any:
            for part in self.parts:
                x = part(x)
            return self.norm(self.heads["a"](x) + self.heads["b"](x))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    Block = _own(K, "files", Block)  # type: ignore[misc]
    return fitted(K.Sequential([K.Input((4,)), Block(4), Block(4, name="second"), K.layers.Dense(1)]))


@case()
def own_model(K: Any) -> Any:
    class Net(K.Model):
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.first = K.layers.Dense(units, "relu")
            self.second = K.layers.Dense(2)

        def call(self, x: Any) -> Any:
            return self.second(self.first(x))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    Net = _own(K, "files", Net)  # type: ignore[misc]
    model = fitted(Net(5, name="net"))
    model(np.zeros((1, 4), "float32"))
    return model


CASES["own_model"].formats = ("keras",)


@case()
def own_functional(K: Any) -> Any:
    class Tower(K.Model):
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            x = K.Input((4,))
            super().__init__(x, K.layers.Dense(units)(x), **kwargs)
            self.units = units

        def get_config(self) -> dict[str, Any]:
            return {"units": self.units, "name": self.name}

    return fitted(_own(K, "files", Tower)(2, name="tower"))


@case(targets=floats(4, 2))
def own_functions(K: Any) -> Any:
    def twice(x: Any) -> Any:
        return x * 2.0

    def cubed(y_true: Any, y_pred: Any) -> Any:
        return K.ops.mean(K.ops.abs(K.ops.cast(y_true, "float32") - y_pred) ** 3, axis=-1)

    def worst(y_true: Any, y_pred: Any) -> Any:
        return K.ops.max(K.ops.abs(K.ops.cast(y_true, "float32") - y_pred), axis=-1)

    twice, cubed, worst = (K.saving.register_keras_serializable("files")(f) for f in (twice, cubed, worst))
    model = K.Sequential([K.Input((4,)), K.layers.Dense(3, activation=twice), K.layers.Dense(2)])
    return fitted(model, loss=cubed, metrics=[worst])


@case()
def own_parts(K: Any) -> Any:
    class Start(K.initializers.Initializer):
        def __init__(self, value: float = 0.1) -> None:
            self.value = value

        def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
            return K.ops.full(shape, self.value, dtype=dtype)

        def get_config(self) -> dict[str, Any]:
            return {"value": self.value}

    class Small(K.regularizers.Regularizer):
        def __call__(self, x: Any) -> Any:
            return 0.01 * K.ops.sum(K.ops.square(x))

        def get_config(self) -> dict[str, Any]:
            return {}

    class Clipped(K.constraints.Constraint):
        def __call__(self, w: Any) -> Any:
            return K.ops.clip(w, -0.5, 0.5)

    class Squares(K.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return K.ops.mean(K.ops.square(y_true - y_pred), axis=-1)

    class Steps(K.optimizers.schedules.LearningRateSchedule):
        def __init__(self, start: float) -> None:
            self.start = start

        def __call__(self, step: Any) -> Any:
            return self.start / (1.0 + K.ops.cast(step, "float32"))

        def get_config(self) -> dict[str, Any]:
            return {"start": self.start}

    Start, Small, Clipped, Squares, Steps = (  # type: ignore[misc]
        _own(K, "files", cls) for cls in (Start, Small, Clipped, Squares, Steps)
    )
    dense = K.layers.Dense(2, kernel_initializer=Start(0.2), kernel_regularizer=Small(), kernel_constraint=Clipped())
    return fitted(K.Sequential([K.Input((4,)), dense]), K.optimizers.SGD(Steps(0.1)), Squares(name="squares"))


# Applications


@case(trains=True)
def transferred(K: Any) -> Any:
    base = K.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, include_top=False, pooling="avg")
    base.trainable = False
    x = K.Input((32, 32, 3))
    h = base(K.layers.Rescaling(1 / 127.5, -1)(x), training=False)
    return fitted(K.Model(x, K.layers.Dense(2)(h)))
