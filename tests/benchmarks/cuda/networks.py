"""The networks of the table: those of the benchmark, ResNet50 with AMP, and an encoder of the size of BERT-base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from ..keras_models import SPARSE, build
from ..plain_applications import module as application
from ..plain_models import Plain, images_to_channels_last, plain
from ..workloads import SEVEN, Workload, floats, labels, shortened, tokens


@dataclass(frozen=True)
class Network:
    """A network of the table.

    Attributes:
        title: What the table calls it.
        workload: Its data, batch size and steps of a round.
        keras: Builds and compiles it from a `keras` namespace, with arguments of ``compile`` that are added.
        plain: The same as a torch module.
        policy: Dtype policy; the plain loop computes under ``torch.autocast`` where it is mixed.
    """

    title: str
    workload: Workload
    keras: Callable[..., Any]
    plain: Plain
    policy: str = "float32"


KEYS = ("notes", "mlp", "convnet", "lstm", "transformer")


def networks(dry: bool = False) -> list[Network]:
    """Return the networks, tiny where only the script is tried."""
    found = [_of(workload, dry) for workload in SEVEN if workload.key in KEYS]
    return [*found, _resnet50(dry), _bert(dry)]


def _of(workload: Workload, dry: bool) -> Network:
    small = shortened(workload, steps=2 if dry else None)
    if dry:
        small = Workload(small.key, small.title, small.make, 2, 2)
    return Network(workload.title, small, lambda keras, **more: build(keras, workload.key, **more), plain(workload.key))


def _resnet50(dry: bool) -> Network:
    size, batch, steps, classes = (32, 2, 2, 10) if dry else (224, 64, 10, 1000)

    def keras_model(keras: Any, **more: Any) -> Any:
        model = keras.applications.ResNet50(weights=None, input_shape=(size, size, 3), classes=classes)
        model.compile(**{**SPARSE, **more})
        return model

    def module() -> nn.Module:
        return application("ResNet50", classes).to(memory_format=torch.channels_last)

    workload = Workload(
        "resnet50",
        f"ResNet50, {size}x{size} images, batch {batch}, float16 AMP",
        lambda n: (floats(n, size, size, 3), labels(n, classes)),
        batch,
        steps,
    )
    made = Plain(module, F.cross_entropy, prepare=images_to_channels_last)
    return Network(workload.title, workload, keras_model, made, "mixed_float16")


def _bert(dry: bool) -> Network:
    depth, width, heads, steps, words, batch = (2, 16, 2, 8, 100, 2) if dry else (12, 768, 12, 128, 30522, 32)
    workload = Workload(
        "bert",
        f"encoder like BERT-base, {depth} blocks, width {width}, sequence {steps}, batch {batch}, bfloat16 AMP",
        lambda n: (tokens(n, steps, words), labels(n, 2)),
        batch,
        2 if dry else 15,
    )
    return Network(
        workload.title,
        workload,
        lambda keras, **more: _keras_bert(keras, depth, width, heads, steps, words, **more),
        Plain(lambda: _Bert(depth, width, heads, steps, words), F.cross_entropy),
        "mixed_bfloat16",
    )


def _keras_bert(keras: Any, depth: int, width: int, heads: int, steps: int, words: int, **more: Any) -> Any:
    layers = keras.layers

    class Positions(layers.Layer):
        """Adds what is learned for each position."""

        def build(self, input_shape: Any) -> None:
            self.table = self.add_weight(shape=(steps, width), initializer="uniform", name="table")

        def call(self, inputs: Any) -> Any:
            return inputs + keras.ops.cast(self.table, inputs.dtype)

    inputs = keras.Input((steps,), dtype="int64")
    x = layers.LayerNormalization(epsilon=1e-12)(Positions()(layers.Embedding(words, width)(inputs)))
    x = layers.Dropout(0.1)(x)
    for _ in range(depth):
        attended = layers.Dropout(0.1)(layers.MultiHeadAttention(heads, width // heads)(x, x))
        x = layers.LayerNormalization(epsilon=1e-12)(x + attended)
        hidden = layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-12)(x + layers.Dropout(0.1)(hidden))
    pooled = layers.Dense(width, activation="tanh")(x[:, 0])
    model = keras.Model(inputs, layers.Dense(2, activation="softmax", dtype="float32")(pooled))
    model.compile(**{**SPARSE, **more})
    return model


class _BertBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.projections, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.first, self.second = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.projections(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = self.norm1(x + self.dropout(self.out(attended)))
        return self.norm2(x + self.dropout(self.second(F.gelu(self.first(x)))))


class _Bert(nn.Module):
    def __init__(self, depth: int, width: int, heads: int, steps: int, words: int) -> None:
        super().__init__()
        self.embedding, self.positions = nn.Embedding(words, width), nn.Parameter(torch.zeros(steps, width))
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(0.1)
        self.blocks = nn.Sequential(*(_BertBlock(width, heads) for _ in range(depth)))
        self.pooled, self.last = nn.Linear(width, width), nn.Linear(width, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.dropout(self.norm(self.embedding(x) + self.positions)))
        return self.last(self.pooled(x[:, 0]).tanh())
