"""From names to losses and back."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {
    "mse": "mean_squared_error",
    "MSE": "mean_squared_error",
    "mae": "mean_absolute_error",
    "MAE": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "MAPE": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "MSLE": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "BCE": "binary_crossentropy",
    "kld": "kl_divergence",
    "KLD": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
}


def get(identifier: Any) -> Any:
    """Return the loss of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("mse").__name__
        'mean_squared_error'
    """
    if isinstance(identifier, nn.Module):
        return identifier
    if identifier in ("crossentropy", "ce"):
        from torchkeras_compat.losses.by_shape import CrossentropyByShape  # 3 ms, with all crossentropies

        return CrossentropyByShape(identifier)
    return resolve("losses", identifier, base=Loss, aliases=ALIASES)


def serialize(loss: Any) -> Any:
    """Return the config of a loss in Keras's format; the name, for a function."""
    return loss.__name__ if inspect.isfunction(loss) else serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """Return the loss that :func:`serialize` described."""
    return get(name) if isinstance(name, str) else deserialize_config("losses", name, custom_objects)
