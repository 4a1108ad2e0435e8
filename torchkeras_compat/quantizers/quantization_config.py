"""How a layer is to be quantized: the class of all configs, and the checks that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.serialization import serialize_keras_object


def weight_quantizer_or_default(config: QuantizationConfig | None, default: Any) -> Any:
    """Return the quantizer of weights that a config has, or ``default``."""
    return default if config is None or config.weight_quantizer is None else config.weight_quantizer


def activation_quantizer_or_default(config: QuantizationConfig | None, default: Any) -> Any:
    """Return the quantizer of inputs that a config has, None included; without a config, ``default``."""
    return default if config is None else config.activation_quantizer


class QuantizationConfig:
    """How a layer is to be quantized: what ``Layer.quantize(config=...)`` takes.

    Args:
        weight_quantizer: Quantizer of the weights; None for that of the mode.
        activation_quantizer: Quantizer of the inputs; None to leave them as they are.

    Source: Keras API, quantizers/QuantizationConfig.
    """

    def __init__(self, weight_quantizer: Any = None, activation_quantizer: Any = None) -> None:
        self.weight_quantizer = weight_quantizer
        self.activation_quantizer = activation_quantizer

    weight_quantizer_or_default = staticmethod(weight_quantizer_or_default)
    activation_quantizer_or_default = staticmethod(activation_quantizer_or_default)

    @property
    def mode(self) -> str:
        """Name of the mode; every subclass defines it."""
        raise NotImplementedError(
            f"{type(self).__name__} has no mode: use a config of a mode, or define the property `mode` in the subclass."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "weight_quantizer": serialize_keras_object(self.weight_quantizer),
            "activation_quantizer": serialize_keras_object(self.activation_quantizer),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Return a new config made from what ``get_config`` returned."""
        found = dict(config)
        for name in ("weight_quantizer", "activation_quantizer"):
            if isinstance(found.get(name), Mapping):
                found[name] = deserialize_as("quantizers", found[name])
        return cls(**found)


def check_positive_int(name: str, value: Any) -> None:
    """Refuse what is not a positive int.

    Raises:
        TypeError: ``value`` is not an int.
        ValueError: it is not positive.
    """
    _check_int(name, value)
    if value < 1:
        raise ValueError(f"{name} must be a positive integer. Received: {name}={value!r}")


def check_group_size(value: Any, whole: str) -> None:
    """Refuse what is neither a positive int nor -1.

    Args:
        value: Size of a group.
        whole: What -1 means.

    Raises:
        TypeError: ``value`` is not an int.
        ValueError: it is neither.
    """
    _check_int("group_size", value)
    if value < 1 and value != -1:
        raise ValueError(
            f"Invalid group_size. Supported values are -1 ({whole}) or a positive integer."
            f" Received: group_size={value!r}"
        )


def check_layer_structure(value: Any) -> None:
    """Refuse what is neither a dictionary of the layers to quantize nor None.

    Raises:
        TypeError: ``value`` is neither.
    """
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(
            "quantization_layer_structure must be a dictionary with 'pre_block_layers' and 'sequential_blocks', or"
            f" None. Received: {value!r} of type {type(value)}"
        )


def _check_int(name: str, value: Any) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an integer. Received: {name}={value!r} of type {type(value)}")
