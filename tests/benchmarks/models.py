"""The models of the benchmark: as Keras code, and as a plain PyTorch module written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Case:
    """One model and its data.

    Attributes:
        keras: Builds and compiles the model from a `keras` namespace, this package's or real Keras's.
        plain: Builds the same model as a torch module that returns what ``loss`` takes.
        loss: Loss of the plain module's output and the targets.
        optimizer: Makes the plain loop's optimizer from the module.
        data: Returns inputs and targets as NumPy arrays, in Keras's layout.
        batch: Batch size.
        prepare: Turns the input array into the tensor that the plain module takes.
    """

    keras: Callable[[Any], Any]
    plain: Callable[[], nn.Module]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    optimizer: Callable[[nn.Module], torch.optim.Optimizer]
    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    batch: int
    prepare: Callable[[np.ndarray], torch.Tensor] = torch.from_numpy


def adam(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), eps=1e-7, fused=True)


def _random(*shape: int) -> np.ndarray:
    return np.random.RandomState(0).normal(size=shape).astype("float32")


def _labels(n: int, classes: int) -> np.ndarray:
    return np.random.RandomState(1).randint(0, classes, size=n)


def _integers(n: int, steps: int, high: int) -> np.ndarray:
    return np.random.RandomState(2).randint(1, high, size=(n, steps))


# -- the network of the notes ------------------------------------------------------------------------------------------


def _notes(keras: Any) -> Any:
    model = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(200, activation="relu"),
            keras.layers.Dense(200, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    return model


def _plain_notes() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 3))


# -- a perceptron with dropout -----------------------------------------------------------------------------------------


def _mlp(keras: Any) -> Any:
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
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _plain_mlp() -> nn.Module:
    return nn.Sequential(
        *(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(512, 10),
    )


# -- a convolutional network for MNIST ---------------------------------------------------------------------------------


def _convnet(keras: Any) -> Any:
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
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def _plain_convnet() -> nn.Module:
    module = nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10)),
    )
    return module.to(memory_format=torch.channels_last)  # twice as fast as torch's default here


def images_to_channels_last(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images).permute(0, 3, 1, 2)


# -- embedding and LSTM ------------------------------------------------------------------------------------------------


def _text(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((80,)), layers.Embedding(20000, 128), layers.LSTM(128), layers.Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy")
    return model


class _PlainText(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.last = nn.Linear(128, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs, _ = self.lstm(self.embedding(x))
        return self.last(outputs[:, -1])


# -- two LSTMs with penalties ------------------------------------------------------------------------------------------


def _stacked(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((50, 8)),
            layers.LSTM(64, return_sequences=True, kernel_regularizer=keras.regularizers.L2(1e-4)),
            layers.LSTM(32, kernel_regularizer=keras.regularizers.L2(1e-4)),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    return model


class _PlainStacked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.LSTM(8, 64, batch_first=True)
        self.second = nn.LSTM(64, 32, batch_first=True)
        self.last = nn.Linear(32, 1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, _ = self.first(x)
        x, _ = self.second(x)
        penalty = 1e-4 * (self.first.weight_ih_l0.square().sum() + self.second.weight_ih_l0.square().sum())
        return self.last(x[:, -1]), penalty


def _penalized_mse(outputs: Any, targets: torch.Tensor) -> torch.Tensor:
    y, penalty = outputs
    return F.mse_loss(y, targets) + penalty


# -- a transformer block -----------------------------------------------------------------------------------------------


def _transformer(keras: Any) -> Any:
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
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


class _PlainTransformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20000, 32)
        self.query, self.key, self.value, self.out = (nn.Linear(32, 32) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(32, eps=1e-6), nn.LayerNorm(32, eps=1e-6)
        self.hidden, self.back = nn.Linear(32, 32), nn.Linear(32, 32)
        self.dense, self.last = nn.Linear(32, 20), nn.Linear(20, 2)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embedding(x)
        q, k, v = (part(x).unflatten(-1, (2, 16)).transpose(1, 2) for part in (self.query, self.key, self.value))
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = self.norm1(x + self.dropout(self.out(attended)))
        x = self.norm2(x + self.dropout(self.back(F.relu(self.hidden(x)))))
        x = self.dropout(x.mean(1))
        return self.last(self.dropout(F.relu(self.dense(x))))


# -- ResNet20 ----------------------------------------------------------------------------------------------------------


def _resnet(keras: Any) -> Any:
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
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    return model


class _Block(nn.Module):
    def __init__(self, before: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, filters, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.shortcut = nn.Identity()
        if stride == 2:
            norm = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
            self.shortcut = nn.Sequential(nn.Conv2d(before, filters, 1, 2, bias=False), norm)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.norm1(self.first(x)))
        return F.relu(self.shortcut(x) + self.norm2(self.second(y)))


class _PlainResnet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16, eps=1e-3, momentum=0.01)
        widths = [(16, 16)] * 3 + [(16, 32)] + [(32, 32)] * 2 + [(32, 64)] + [(64, 64)] * 2
        self.blocks = nn.Sequential(*(_Block(a, b, 1 if a == b else 2) for a, b in widths))
        self.last = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(F.relu(self.norm(self.first(x))))
        return self.last(x.mean((2, 3)))


def _plain_resnet() -> nn.Module:
    return _PlainResnet().to(memory_format=torch.channels_last)


CASES = {
    "network of the notes, 4-200-200-3, batch 20": Case(
        _notes,
        _plain_notes,
        F.cross_entropy,
        adam,
        lambda: (_random(3000, 4), np.eye(3, dtype="float32")[_labels(3000, 3)]),
        20,
    ),
    "MLP, 784-512-512-10, dropout, batch 128": Case(
        _mlp, _plain_mlp, F.cross_entropy, adam, lambda: (_random(2560, 784), _labels(2560, 10)), 128
    ),
    "MNIST convnet, batch 128": Case(
        _convnet,
        _plain_convnet,
        F.cross_entropy,
        adam,
        lambda: (_random(1024, 28, 28, 1), _labels(1024, 10)),
        128,
        images_to_channels_last,
    ),
    "embedding and LSTM, sequence 80, batch 32": Case(
        _text,
        _PlainText,
        F.binary_cross_entropy_with_logits,
        adam,
        lambda: (_integers(384, 80, 20000), _labels(384, 2).astype("float32")[:, None]),
        32,
    ),
    "two stacked LSTMs with L2, sequence 50, batch 32": Case(
        _stacked, _PlainStacked, _penalized_mse, adam, lambda: (_random(640, 50, 8), _random(640, 1)), 32
    ),
    "transformer block, sequence 200, batch 32": Case(
        _transformer,
        _PlainTransformer,
        F.cross_entropy,
        adam,
        lambda: (_integers(320, 200, 20000), _labels(320, 2)),
        32,
    ),
    "ResNet20, 32x32 images, batch 64": Case(
        _resnet,
        _plain_resnet,
        F.cross_entropy,
        lambda module: torch.optim.SGD(module.parameters(), 0.1, momentum=0.9, fused=True),
        lambda: (_random(512, 32, 32, 3), _labels(512, 10)),
        64,
        images_to_channels_last,
    ),
}
