"""From names to activations and back, and torch's own function behind each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch
from torch.nn import functional

from torchkeras_compat import public_names
from torchkeras_compat.activations import functions
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.given_functions import for_the_core
from torchkeras_compat.ops import activation_functions, logits, softmax_family
from torchkeras_compat.serialization import serialize_keras_object

Function: TypeAlias = Callable[..., Any]


def _log_softmax(x: torch.Tensor) -> torch.Tensor:
    return torch.log_softmax(x, -1)


# All of them keep the shape.
_TORCH: dict[Any, Callable[[torch.Tensor], torch.Tensor]] = {
    functions.relu: torch.relu,
    functions.tanh: torch.tanh,
    functions.exponential: torch.exp,
    functions.mish: functional.mish,
    activation_functions.sigmoid: torch.sigmoid,
    activation_functions.softplus: functional.softplus,
    activation_functions.softsign: functional.softsign,
    activation_functions.silu: functional.silu,
    activation_functions.elu: functional.elu,
    activation_functions.selu: torch.selu,
    functions.gelu: functional.gelu,
    activation_functions.relu6: functional.relu6,
    softmax_family.softmax: logits.softmax,
    softmax_family.log_softmax: _log_softmax,
}


def keeps_shape(activation: Any) -> bool:
    """Return whether ``activation`` is a built-in one whose output has the shape of its input; False if unsure."""
    return activation is functions.linear or (activation.__hash__ is not None and activation in _TORCH)


def get(identifier: Any) -> Function:
    """Return the activation of a name, config, `torch.nn.Module` or callable; `linear` for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("relu")(torch.tensor([-1.0]))
        tensor([0.])
    """
    if identifier is None:
        identifier = functions.linear
    is_one = callable(identifier) and not isinstance(identifier, type)
    found: Function = for_the_core(identifier if is_one else resolve("activations", identifier))
    return found


def serialize(activation: Any) -> Any:
    """Return the name of a built-in activation, or the config of another one."""
    if public_names.lists("activations", activation):
        return activation.__name__
    return serialize_keras_object(activation)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the activation that :func:`serialize` described."""
    with custom_object_scope(custom_objects or {}):
        return get(config) if isinstance(config, str) else deserialize_config("activations", config)


def torch_equivalent(activation: Any) -> Function | None:
    """Return what computes ``activation`` on tensors in the fewest calls: torch's function; None for the identity."""
    if activation is functions.linear:
        return None
    try:
        found: Function = _TORCH.get(activation, activation)
    except TypeError:  # not hashable
        found = activation
    return found
