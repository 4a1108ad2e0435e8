"""Tables of models and layers, and how many values their weights have."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torchkeras_compat.models import summary


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print the table of a model, as ``model.summary()`` does.

    Args:
        model: A model. For layers that belong to none, as Keras 1 had it, make one: ``Sequential(layers)``.
        line_length: Characters of a line.
        positions: Ends of the columns, as fractions of the line.
        print_fn: Gets the text; None prints it.
        expand_nested: Whether the layers of nested models are shown.
        show_trainable: Whether there is a column that says which layers train.
        layer_range: Names of the first and the last layer to show.

    Raises:
        TypeError: ``model`` is a list of layers.
        ValueError: there are not enough ``positions``.

    Example:
        >>> from torchkeras_compat import Sequential, layers
        >>> lines = []
        >>> print_summary(Sequential([layers.Input((4,)), layers.Dense(2)]), print_fn=lines.append)
        >>> "Total params: 10" in str(lines)
        True

    Source: Keras 2.15 API, utils/layer_utils.
    """
    if isinstance(model, (list, tuple)):
        raise TypeError(
            f"`print_summary` takes a model. Received a {type(model).__name__} of {len(model)}. Pass the model itself, "
            "instead of `model.layers`."
        )
    summary.print_summary(model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)


def count_params(weights: Iterable[Any]) -> int:
    """Return how many values weights have, each weight counted once.

    Args:
        weights: Variables, tensors or arrays.

    Example:
        >>> from torchkeras_compat import layers
        >>> dense = layers.Dense(2)
        >>> dense.build((None, 4))
        >>> count_params(dense.weights + dense.weights)
        10

    Source: Keras 2.15 API, utils/layer_utils.
    """
    return sum(math.prod(weight.shape) for weight in {id(weight): weight for weight in weights}.values())


def count_total_params(layers: Iterable[Any], layer_set: Any = None) -> tuple[int, int]:
    """Return how many trainable and how many other values layers have, each layer counted once.

    Args:
        layers: The layers; those of nested models belong to them.
        layer_set: Layers that are counted already; those counted now are added.

    Example:
        >>> from torchkeras_compat import layers
        >>> norm = layers.BatchNormalization()
        >>> norm.build((None, 4))
        >>> count_total_params([norm, norm])
        (8, 8)

    Source: Keras 1.2 API, utils/layer_utils.
    """
    seen = set() if layer_set is None else layer_set
    trainable: list[Any] = []
    others: list[Any] = []
    for layer in layers:
        if layer not in seen:
            seen.add(layer)
            trainable += layer.trainable_weights
            others += layer.non_trainable_weights
    return count_params(trainable), count_params(others)
