"""The adaptable layers, each made alike here and in Keras, with inputs for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _features(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape).astype("float32")


_INTEGERS = np.array([[1, 2, 0], [4, 8, 0]])


def _einsum(equation: str, output_shape: tuple, bias_axes: str | None = None) -> Callable[[Any], Any]:
    return lambda layers: layers.EinsumDense(equation, output_shape, bias_axes=bias_axes)


# Name to maker, shape to build for, inputs.
KINDS: dict[str, tuple[Callable[[Any], Any], tuple, np.ndarray]] = {
    "dense": (lambda layers: layers.Dense(6, "relu"), (None, 10), _features(3, 10)),
    "dense in time": (lambda layers: layers.Dense(7, use_bias=False), (None, 4, 9), _features(2, 4, 9)),
    "heads": (_einsum("abc,cde->abde", (None, 3, 5), "de"), (None, 4, 7), _features(2, 4, 7)),
    "heads together": (_einsum("abcd,cde->abe", (None, 6), "e"), (None, 4, 3, 5), _features(2, 4, 3, 5)),
    "kernel axis shared with inputs": (_einsum("abc,cbd->abd", (4, 3)), (None, 4, 7), _features(2, 4, 7)),
    "embedding": (lambda layers: layers.Embedding(9, 7), (None,), _INTEGERS),
    "reversible": (lambda layers: layers.ReversibleEmbedding(9, 8), (None,), _INTEGERS),
    "reversible untied": (
        lambda layers: layers.ReversibleEmbedding(9, 7, tie_weights=False, logit_soft_cap=2.0),
        (None,),
        _INTEGERS,
    ),
}
TABLES = [name for name in KINDS if "embedding" in name or "reversible" in name]
KERNELS = [name for name in KINDS if name not in TABLES]


# Name of a mode to the maker of its config.
MODES = {
    "int8": lambda q: q.Int8QuantizationConfig(),
    "int8 weights only": lambda q: q.Int8QuantizationConfig(activation_quantizer=None),
    "int4": lambda q: q.Int4QuantizationConfig(),
    "int4 in groups": lambda q: q.Int4QuantizationConfig(block_size=4),
    "int4 in channels": lambda q: q.Int4QuantizationConfig(block_size=-1),
    "int4 with inputs": lambda q: q.Int4QuantizationConfig(
        activation_quantizer=q.AbsMaxQuantizer(axis=-1), block_size=None
    ),
}


def pair(name: str, layers: Any, keras_layers: Any) -> tuple[Any, Any, np.ndarray]:
    """Return a built layer, its twin of Keras with the same weights, and inputs."""
    make, shape, inputs = KINDS[name]
    layer, twin = make(layers), make(keras_layers)
    layer.build(shape)
    twin.build(shape)
    for weight in layer.weights:
        if weight.name == "bias":
            weight.assign(np.random.default_rng(2).normal(size=weight.shape))
    twin.set_weights(layer.get_weights())
    return layer, twin, inputs


def stored(layer: Any) -> dict[str, np.ndarray]:
    """Return what a file would hold of a layer."""
    store: dict[str, Any] = {}
    layer.save_own_variables(store)
    arrays = {k: v.detach().cpu().numpy() if hasattr(v, "detach") else np.asarray(v) for k, v in store.items()}
    return dict(sorted(arrays.items()))


def outputs(layer: Any, x: Any) -> np.ndarray:
    """Return the outputs of a layer as an array."""
    return layer(x).detach().cpu().float().numpy()
