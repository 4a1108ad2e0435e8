"""Models of all kinds that are exported, each with what makes its inputs for a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.layers.layer.modes import switched

Input = ours.Input


def floats(*sizes: int) -> Callable[[int], tuple[Any, ...]]:
    return lambda batch: (torch.rand(batch, *sizes),)


def words(*sizes: int, below: int = 9) -> Callable[[int], tuple[Any, ...]]:
    return lambda batch: (torch.randint(0, below, (batch, *sizes), dtype=torch.int32),)


def stack(*parts: Any) -> Any:
    return ours.Sequential(list(parts))


def convolutional() -> Any:
    parts = [layers.Conv2D(3, 3, strides=2, padding="same"), layers.BatchNormalization(), layers.MaxPooling2D()]
    return stack(Input((12, 12, 2)), *parts, layers.Dropout(0.5), layers.Flatten(), layers.Dense(4, "softmax"))


def images_of_any_size() -> Any:
    parts = [layers.Conv2D(4, 3, strides=2, padding="same"), layers.MaxPooling2D(padding="same")]
    return stack(Input((None, None, 3)), *parts, layers.GlobalAveragePooling2D())


def recurrent() -> Any:
    return stack(Input((7, 3)), layers.LSTM(4, return_sequences=True), layers.GRU(5), layers.Dense(2))


def texts_of_any_length() -> Any:
    parts = [layers.Embedding(9, 4, mask_zero=True), layers.Bidirectional(layers.LSTM(4, return_sequences=True))]
    return stack(Input((None,), dtype="int32"), *parts, layers.GRU(3), layers.Dense(2))


def simple_steps_of_any_number() -> Any:
    return stack(Input((None, 3)), layers.SimpleRNN(4, return_sequences=True), layers.SimpleRNN(2, "relu"))


def attention() -> Any:
    x = Input((5, 8), name="queries")
    attended = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    return ours.Model(x, layers.Dense(2)(layers.LayerNormalization()(x + attended)))


def several() -> Any:
    a, b = Input((3,), name="left"), Input((4,), name="right")
    both = layers.Concatenate()([a, b])
    return ours.Model([a, b], [layers.Dense(2)(both), layers.Dense(1)(both)])


def named() -> Any:
    a, b = Input((3,), name="left"), Input((2,), dtype="int64", name="words")
    both = layers.Concatenate()([a, layers.Flatten()(layers.Embedding(9, 4)(b))])
    return ours.Model({"left": a, "words": b}, {"score": layers.Dense(2)(both), "side": layers.Dense(1)(both)})


def preprocessing() -> Any:
    normalize = layers.Normalization()
    normalize.adapt(np.random.rand(20, 3).astype("float32"))
    return stack(Input((3,)), normalize, layers.Rescaling(2.0, 1.0), layers.Dense(2))


def categories() -> Any:
    encode = [layers.Discretization([0.2, 0.5, 0.9]), layers.CategoryEncoding(4, output_mode="multi_hot")]
    return stack(Input((2,)), *encode, layers.Dense(2))


def nested() -> Any:
    inner = stack(Input((3,)), layers.Dense(4, "relu"))
    x = Input((3,))
    return ours.Model(x, layers.Dense(1)(inner(x)))


def double_precision() -> Any:
    return stack(Input((3,), dtype="float64"), layers.Dense(4, dtype="float64"))


class Subclassed(ours.Model):
    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(2)
        self.embed = layers.Embedding(9, 2)

    def call(self, x: Any, words: Any, training: bool = False) -> Any:
        return {"sum": self.dense(x) + self.embed(words), "twice": 2 * self.dense(x)}


def subclassed() -> Any:
    model = Subclassed()
    model(np.ones((1, 3), "float32"), np.ones((1,), "int64"))
    return model


def quantized() -> Any:
    model = stack(Input((16,)), layers.Dense(8), layers.Dense(4))
    model.quantize("int8")
    return model


MODELS: dict[str, tuple[Callable[[], Any], Callable[[int], tuple[Any, ...]]]] = {
    "convolutional": (convolutional, floats(12, 12, 2)),
    "images_of_any_size": (images_of_any_size, floats(11, 14, 3)),
    "recurrent": (recurrent, floats(7, 3)),
    "texts_of_any_length": (texts_of_any_length, words(6)),
    "simple_steps_of_any_number": (simple_steps_of_any_number, floats(5, 3)),
    "attention": (attention, floats(5, 8)),
    "several": (several, lambda n: ([torch.rand(n, 3), torch.rand(n, 4)],)),
    "named": (named, lambda n: ({"left": torch.rand(n, 3), "words": torch.randint(0, 9, (n, 2))},)),
    "preprocessing": (preprocessing, floats(3)),
    "categories": (categories, floats(2)),
    "nested": (nested, floats(3)),
    "double_precision": (double_precision, lambda n: (torch.rand(n, 3, dtype=torch.float64),)),
    "subclassed": (subclassed, lambda n: (torch.rand(n, 3), torch.randint(0, 9, (n,)))),
    "quantized": (quantized, floats(16)),
}


def outputs(model: Any, data: tuple[Any, ...]) -> list[np.ndarray[Any, Any]]:
    """What the model computes in inference: what ``predict`` gives for models of one argument."""
    if len(data) == 1:
        return pytree.tree_leaves(model.predict(data[0], verbose=0))
    with switched(model, False), torch.no_grad():
        return [x.numpy() for x in pytree.tree_leaves(model(*data))]


def leaves(data: Any) -> list[Any]:
    return pytree.tree_leaves(data)
