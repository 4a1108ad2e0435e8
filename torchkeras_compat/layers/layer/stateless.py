"""Calling a layer with given values in place of its variables."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


@contextlib.contextmanager
def substituted(variables: Sequence[Variable], values: Sequence[Any]) -> Iterator[None]:
    """Put values in place of the torch tensors of variables inside the scope."""
    saved = []
    try:
        for variable, value in zip(variables, values, strict=True):
            value = value.value if isinstance(value, Variable) else torch.as_tensor(value)
            if variable._is_computed():
                raise ValueError(
                    f"Variable '{variable.path}' is computed by a parametrization or by pruning, so that no other value"
                    " can stand in for it. Use `torch.func.functional_call`, or make it permanent first:"
                    " `torch.nn.utils.parametrize.remove_parametrizations`, `torch.nn.utils.prune.remove`."
                )
            for i, tensor in enumerate(variable.layout.to_torch(value)):
                store, key = variable._store(i), variable._keys[i]
                saved.append((store, key, store[key]))
                # Buffers are updated in place, so they get a copy.
                store[key] = tensor if variable.is_parameter else tensor.clone()
        yield
    finally:
        for store, key, tensor in reversed(saved):
            store[key] = tensor


def stateless_call(
    layer: Layer,
    trainable_variables: Sequence[Any],
    non_trainable_variables: Sequence[Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    return_losses: bool,
) -> tuple[Any, ...]:
    """See `Layer.stateless_call`."""
    layer._check_super_called()
    if not layer.built:
        raise ValueError(
            f"To call stateless_call, {type(layer).__name__} must be built (i.e. its variables must have been already"
            " created). You can build it by calling it on some data."
        )
    for what, own, given in (
        ("trainable_variables", layer.trainable_variables, trainable_variables),
        ("non_trainable_variables", layer.non_trainable_variables, non_trainable_variables),
    ):
        if len(own) != len(given):
            raise ValueError(
                f"Argument `{what}` must be a list of tensors corresponding 1:1 to {type(layer).__name__}().{what}. "
                f"Received list with length {len(given)}, but expected {len(own)} variables."
            )
    others = layer.non_trainable_variables
    with substituted(layer.trainable_variables, trainable_variables), substituted(others, non_trainable_variables):
        outputs = layer(*args, **kwargs)
        losses = list(layer.losses)
        after = [v.value.detach().clone() for v in others]
    return (outputs, after, losses) if return_losses else (outputs, after)
