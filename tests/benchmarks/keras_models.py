"""The models of the benchmark as Keras code, for any `keras` namespace: this package's, or Keras's on a backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Built = tuple[Any, dict[str, Any]]  # a model, and the arguments of its `compile`
SPARSE = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}
SIZE, CLASSES = 64, 10  # of the applications


def build(keras: Any, key: str, **changes: Any) -> Any:
    """Build and compile the model of a workload.

    Args:
        keras: The namespace.
        key: Key of the workload.
        changes: Arguments of ``compile`` that replace the model's own.
    """
    name, _, argument = key.partition("-")
    name, arguments = (name, [int(argument)]) if argument.isdigit() else (key, [])
    if name in MODELS:
        model, given = MODELS[name](keras, *arguments)
    else:
        application = getattr(keras.applications, name)
        model, given = application(weights=None, input_shape=(SIZE, SIZE, 3), classes=CLASSES), SPARSE
    model.compile(**{**given, **changes})
    return model


def _notes(keras: Any) -> Built:
    layers = keras.layers
    hidden = [layers.Dense(200, activation="relu"), layers.Dense(200, activation="relu")]
    model = keras.Sequential([layers.Input((4,)), *hidden, layers.Dense(3, activation="softmax")])
    return model, {"optimizer": "adam", "loss": "categorical_crossentropy"}


def _mlp(keras: Any) -> Built:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, SPARSE


def _convnet(keras: Any) -> Built:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model, SPARSE


def _lstm(keras: Any) -> Built:
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((80,)), layers.Embedding(20000, 128), layers.LSTM(128), layers.Dense(1, activation="sigmoid")]
    )
    return model, {"optimizer": "adam", "loss": "binary_crossentropy"}


def _stacked_lstm(keras: Any) -> Built:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((50, 8)),
            layers.LSTM(64, return_sequences=True, kernel_regularizer=keras.regularizers.L2(1e-4)),
            layers.LSTM(32, kernel_regularizer=keras.regularizers.L2(1e-4)),
            layers.Dense(1),
        ]
    )
    return model, {"optimizer": "adam", "loss": "mse"}


def _transformer(keras: Any) -> Built:
    layers = keras.layers
    inputs = layers.Input((200,))
    x = layers.Embedding(20000, 32)(inputs)
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=16)(x, x)
    attended = layers.Dropout(0.1)(attended)
    x = layers.LayerNormalization(epsilon=1e-6)(x + attended)
    hidden = layers.Dense(32, activation="relu")(x)
    hidden = layers.Dropout(0.1)(layers.Dense(32)(hidden))
    x = layers.LayerNormalization(epsilon=1e-6)(x + hidden)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(20, activation="relu")(x)
    outputs = layers.Dense(2, activation="softmax")(layers.Dropout(0.1)(x))
    return keras.Model(inputs, outputs), SPARSE


def _own_notes(keras: Any) -> Built:
    layers, ops = keras.layers, keras.ops

    class Network(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = [layers.Dense(200), layers.Dense(200)]
            self.last = layers.Dense(3)

        def call(self, x: Any) -> Any:
            for layer in self.hidden:
                x = ops.relu(layer(x))
            return ops.softmax(self.last(x))

    def loss(y_true: Any, y_pred: Any) -> Any:
        return keras.losses.categorical_crossentropy(y_true, y_pred)

    model = Network()
    model.build((None, 4))
    return model, {"optimizer": "adam", "loss": loss}


def _own_transformer(keras: Any) -> Built:
    layers, ops = keras.layers, keras.ops

    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layers.MultiHeadAttention(num_heads=2, key_dim=16)
            self.hidden, self.back = layers.Dense(32, activation="relu"), layers.Dense(32)
            self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
            self.dropouts = [layers.Dropout(0.1) for _ in range(2)]

        def call(self, x: Any, training: bool = False) -> Any:
            attended = self.dropouts[0](self.attention(x, x), training=training)
            x = self.norms[0](x + attended)
            hidden = self.dropouts[1](self.back(self.hidden(x)), training=training)
            return self.norms[1](x + hidden)

    class Transformer(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.block = layers.Embedding(20000, 32), Block()
            self.dense, self.last = layers.Dense(20, activation="relu"), layers.Dense(2, activation="softmax")
            self.dropouts = [layers.Dropout(0.1) for _ in range(2)]

        def call(self, tokens: Any, training: bool = False) -> Any:
            x = ops.mean(self.block(self.embedding(tokens), training=training), axis=1)
            x = self.dense(self.dropouts[0](x, training=training))
            return self.last(self.dropouts[1](x, training=training))

    model = Transformer()
    model.build((None, 200))
    return model, SPARSE


def _resnet20(keras: Any) -> Built:
    layers = keras.layers

    def convolution(x: Any, filters: int, stride: int = 1, size: int = 3) -> Any:
        x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = layers.Input((32, 32, 3))
    x = layers.ReLU()(convolution(inputs, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage and not block else 1
            y = layers.ReLU()(convolution(x, filters, stride))
            y = convolution(y, filters)
            if stride == 2:
                x = convolution(x, filters, 2, 1)
            x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    return model, {**SPARSE, "optimizer": keras.optimizers.SGD(0.1, momentum=0.9)}


def _wide(keras: Any) -> Built:
    return keras.Sequential([keras.layers.Input((64,)), keras.layers.Dense(1024)]), {"optimizer": "adam", "loss": "mse"}


def _layers(keras: Any, count: int) -> Built:
    layers = keras.layers
    hidden = [layers.Dense(32, activation="relu") for _ in range(count - 1)]
    model = keras.Sequential([layers.Input((32,)), *hidden, layers.Dense(1)])
    return model, {"optimizer": "adam", "loss": "mse"}


def _inputs(keras: Any, count: int) -> Built:
    layers = keras.layers
    inputs = [layers.Input((8,)) for _ in range(count)]
    x = inputs[0] if count == 1 else layers.Concatenate()(inputs)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(inputs, [layers.Dense(1)(x) for _ in range(count)])
    return model, {"optimizer": "adam", "loss": ["mse"] * count}


MODELS: dict[str, Callable[..., Built]] = {
    "notes": _notes,
    "mlp": _mlp,
    "convnet": _convnet,
    "lstm": _lstm,
    "stacked-lstm": _stacked_lstm,
    "transformer": _transformer,
    "own-notes": _own_notes,
    "own-transformer": _own_transformer,
    "resnet20": _resnet20,
    "wide": _wide,
    "layers": _layers,
    "inputs": _inputs,
}
