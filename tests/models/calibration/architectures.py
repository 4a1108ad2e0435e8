"""A small transformer of dense layers, made alike here and in Keras, and what it is calibrated with."""

from __future__ import annotations

from typing import Any

import numpy as np

VOCABULARY, STEPS = 30, 24


class CharacterTokenizer:
    """Ids of characters."""

    def tokenize(self, text: str) -> list[int]:
        return [ord(character) % VOCABULARY for character in text]


TEXTS = ["the quick brown fox jumps over the lazy dog", "pack my box with five dozen liquor jugs"] * 4


def transformer(keras: Any) -> tuple[Any, dict[str, list]]:
    """Return a model of blocks that are models, and its structure."""
    layers = keras.layers
    tokens = layers.Input((STEPS,), dtype="int32")
    embedding, shift = layers.Embedding(VOCABULARY, 12, name="embedding"), layers.Dense(12, name="shift")
    blocks = [_block(keras, f"block{i}") for i in range(2)]
    x = shift(embedding(tokens))
    for block in blocks:
        x = block(x)
    model = keras.Model(tokens, layers.Dense(5, name="head")(x))
    return model, {"pre_block_layers": [embedding, shift], "sequential_blocks": blocks}


def _block(keras: Any, name: str) -> Any:
    layers, ops = keras.layers, keras.ops

    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name=name)
            self.heads = [layers.EinsumDense("abc,cde->abde", (STEPS, 3, 4), bias_axes="de") for _ in range(3)]
            self.first, self.second = layers.LayerNormalization(), layers.LayerNormalization()
            self.up, self.down = layers.Dense(20, "relu"), layers.Dense(12)

        def build(self, input_shape: Any) -> None:
            for layer in (*self.heads, self.first, self.second, self.up):
                layer.build(input_shape)
            self.down.build((*input_shape[:-1], 20))
            self.built = True

        def call(self, x: Any) -> Any:
            query, key, value = (head(x) for head in self.heads)
            weights = ops.softmax(ops.einsum("abde,acde->adbc", query, key))
            mixed = ops.einsum("adbc,acde->abde", weights, value)
            x = self.first(x + ops.reshape(mixed, (-1, STEPS, 12)))
            return self.second(x + self.down(self.up(x)))

        def quantizable(self) -> list[Any]:
            return [*self.heads, self.up, self.down]

    return Block()


def pair(mine: Any, theirs: Any) -> tuple[Any, dict, Any, dict]:
    """Return the model with its structure, and its twin of Keras with the same weights."""
    (model, structure), (twin, twin_structure) = transformer(mine), transformer(theirs)
    rng = np.random.default_rng(0)
    weights = []
    for w in model.get_weights():
        value = np.abs(rng.normal(size=w.shape, scale=0.5)).astype("float32")
        value[1::2] *= -1  # groups of one sign are lost in Keras, and kept here
        weights.append(value)
    model.set_weights(weights)
    twin.set_weights(weights)
    return model, structure, twin, twin_structure


def config(keras: Any, mode: str, structure: dict | None, **settings: Any) -> Any:
    """Return a config of a mode with the texts."""
    kind = {"gptq": "GPTQConfig", "awq": "AWQConfig"}[mode]
    chosen = {"group_size": 8, "sequence_length": STEPS, "num_samples": 4, **settings}
    dataset, tokenizer = chosen.pop("dataset", TEXTS), chosen.pop("tokenizer", CharacterTokenizer())
    return getattr(keras.quantizers, kind)(dataset, tokenizer, quantization_layer_structure=structure, **chosen)


def samples(num_samples: int = 3) -> np.ndarray:
    """Return inputs of the model."""
    return np.random.default_rng(1).integers(0, VOCABULARY, (num_samples, STEPS))
