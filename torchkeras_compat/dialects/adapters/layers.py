"""Other layers of Keras 1 and 2: dense ones, embeddings, normalization, padding and preprocessing."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.dialects.adapters.convolutional import CONVOLUTIONS, convolution
from torchkeras_compat.dialects.adapters.initial_weights import with_weights
from torchkeras_compat.dialects.adapters.recurrent import RECURRENT
from torchkeras_compat.dialects.adapters.values import meant


def weighted(arguments: Arguments, dialect: str) -> Arguments:
    """A layer whose weights have initializers, regularizers and constraints."""
    return meant(arguments, dialect)


def dense(arguments: Arguments, dialect: str) -> Arguments:
    """A dense layer, or one for each step of Keras 1: with ``input_length``, ``input_dim`` is the size of a step."""
    found = meant(arguments, dialect)
    if found.get("input_dim") is None:
        found.pop("input_dim", None)
    if found.get("input_length", 0) is None or "input_dim" not in found:
        found.pop("input_length", None)
    return found


def time_distributed_dense(arguments: Arguments, dialect: str) -> Arguments:
    """A dense layer for each step."""
    found = meant(arguments, dialect)
    dim, length = found.pop("input_dim", None), found.pop("input_length", None)
    if dim is not None:
        found.setdefault("input_shape", (length, dim))
    return found


def embedding(arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """An embedding; with ``dropout``, of Keras 1, one that drops words."""
    found = meant(arguments, dialect)
    found.pop("sparse", None)  # whether gradients are sparse, which changes no number
    if found.get("input_length", 0) is None:
        del found["input_length"]
    if not found.pop("dropout", None):
        return found
    names = {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
        "input_dtype": "dtype",
    }
    renamed = {names.get(name, name): value for name, value in found.items() if name != "input_dtype"}
    renamed["dropout"] = arguments["dropout"]
    return "legacy.layers.word_dropout_embedding.WordDropoutEmbedding", renamed


def batch_normalization(arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """Batch normalization; ``mode`` of Keras 1, and what TensorFlow 1 had besides.

    Raises:
        ValueError: ``virtual_batch_size`` or ``adjustment`` is given.
    """
    found = meant(arguments, dialect)
    found.pop("fused", None)  # torch chooses its kernels itself
    for name in ("virtual_batch_size", "adjustment"):
        if found.pop(name, None) is not None:
            raise ValueError(
                f"`{name}` of BatchNormalization is TensorFlow 1's and not supported here. Leave it out. Received:"
                f" {name}={arguments[name]!r}"
            )
    axis: Any = found.get("axis")
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        found["axis"] = axis[0]
    mode = found.pop("mode", 0)
    if mode == 0:
        return found
    names = {"beta_initializer": "beta_init", "gamma_initializer": "gamma_init"}
    renamed = {names.get(name, name): value for name, value in found.items()}
    return "legacy.layers.batch_normalization_by_mode.BatchNormalizationByMode", {**renamed, "mode": mode}


def symbolic_input(arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """``Input``; with ``tensor`` that is computed from others, that tensor, from which a model then begins."""
    tensor: Any = arguments.get("tensor")
    if dialect in ("keras1", "keras2") and getattr(tensor, "node", None) is not None and tensor.node.inputs:
        return "dialects.adapters.layers.computed_input", {"tensor": tensor}
    return dict(arguments)


def computed_input(tensor: Any) -> Any:
    """Return a symbolic tensor, which is the input of a model as it is.

    Args:
        tensor: The tensor.
    """
    return tensor


_PADS = {1: (("left_pad", "right_pad"),), 2: (("top_pad", "bottom_pad"), ("left_pad", "right_pad"))}


def zero_padding(arguments: Arguments, dialect: str) -> Arguments:
    """Padding as a dictionary, or as four numbers, which Keras 1 took.

    Raises:
        ValueError: the dictionary has other keys.
    """
    found = dict(arguments)
    padding = found.get("padding")
    if isinstance(padding, dict):
        rank = 2 if {"top_pad", "bottom_pad"} & padding.keys() else 1
        known = {name for pair in _PADS[rank] for name in pair}
        if not padding.keys() <= known:
            raise ValueError(f"`padding` has the keys {sorted(known)}. Received: padding={padding!r}")
        pairs = tuple(tuple(padding.get(name, 0) for name in pair) for pair in _PADS[rank])
        found["padding"] = pairs[0] if rank == 1 else pairs
    elif isinstance(padding, (list, tuple)) and len(padding) == 4:
        found["padding"] = (tuple(padding[:2]), tuple(padding[2:]))
    return found


def input_layer(arguments: Arguments, dialect: str) -> Arguments:
    """``InputLayer``, whose shapes had the names that other layers give to theirs."""
    names = {"input_shape": "shape", "batch_input_shape": "batch_shape"}
    return {names.get(name, name): value for name, value in arguments.items()}


def layer(arguments: Arguments, dialect: str) -> Arguments:
    """A layer of the user: tf.keras took ``dynamic``, which every layer is here, and ``experimental_autocast``."""
    names = {"experimental_autocast": "autocast"}
    return {names.get(name, name): value for name, value in arguments.items() if name != "dynamic"}


def stacked_cells(arguments: Arguments, dialect: str) -> Arguments:
    """``StackedRNNCells``, whose states Keras 2.1 could hold from the last cell to the first.

    Raises:
        ValueError: they should be.
    """
    found = dict(arguments)
    if found.pop("reverse_state_order", False):
        raise ValueError(
            "`reverse_state_order=True` of StackedRNNCells, for models of Keras 2.1, is not supported here: states go"
            " from the first cell to the last. Reverse the list of initial states instead."
        )
    return found


_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf", "tfidf": "tf_idf"}
_NAMES_OF_LOOKUPS = {"max_values": "max_tokens", "mask_value": "mask_token", "oov_value": "oov_token"}


def encoding(arguments: Arguments, dialect: str) -> Arguments:
    """A preprocessing layer that encodes, whose modes have other names now."""
    mode = arguments.get("output_mode")
    return {**arguments, "output_mode": _MODES.get(mode, mode)} if isinstance(mode, str) else dict(arguments)


def category_encoding(arguments: Arguments, dialect: str) -> Arguments:
    """``CategoryEncoding``, whose ``num_tokens`` was ``max_tokens``."""
    found = encoding(arguments, dialect)
    return {("num_tokens" if name == "max_tokens" else name): value for name, value in found.items()}


def integer_lookup(arguments: Arguments, dialect: str) -> Arguments:
    """``IntegerLookup``, whose tokens were values."""
    found = encoding(arguments, dialect)
    return {_NAMES_OF_LOOKUPS.get(name, name): value for name, value in found.items()}


def discretization(arguments: Arguments, dialect: str) -> Arguments:
    """``Discretization``, which took ``bins``: their boundaries, or their number."""
    found = encoding(arguments, dialect)
    bins = found.pop("bins", None)
    if bins is not None:
        found["num_bins" if isinstance(bins, int) else "bin_boundaries"] = bins
    return found


_WITH_WEIGHTS: dict[str, Adapter] = {
    **CONVOLUTIONS,
    **RECURRENT,
    "layers.BatchNormalization": batch_normalization,
    "layers.Bidirectional": weighted,
    "layers.Dense": dense,
    "layers.LocallyConnected1D": convolution,
    "layers.LocallyConnected2D": convolution,
    "layers.PReLU": weighted,
    "layers.TimeDistributed": weighted,
    "layers.TimeDistributedDense": time_distributed_dense,
}

LAYERS: dict[str, Adapter] = {
    **{path: with_weights(path, adapter) for path, adapter in _WITH_WEIGHTS.items()},
    "layers.AbstractRNNCell": layer,
    "layers.CategoryEncoding": category_encoding,
    "layers.Discretization": discretization,
    "layers.Embedding": embedding,
    "layers.InputLayer": input_layer,
    "layers.Input": symbolic_input,
    "layers.IntegerLookup": integer_lookup,
    "layers.Identity": layer,
    "layers.Layer": layer,
    "layers.StackedRNNCells": stacked_cells,
    "layers.StringLookup": encoding,
    "layers.TextVectorization": encoding,
    "layers.ZeroPadding1D": zero_padding,
    "layers.ZeroPadding2D": zero_padding,
}
