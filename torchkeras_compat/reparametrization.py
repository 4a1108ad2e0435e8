"""Tensors of a torch module that torch computes from others: parametrizations, pruning, weight and spectral norm.

What ``torch.nn.utils`` offers takes the parameter ``weight`` out of its module and puts others in its place, from which
an attribute of that name is computed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize

_POWER_ITERATIONS = 30  # after a new value: the norm is found by iteration


def originals(module: nn.Module | None, key: str) -> list[torch.Tensor]:
    """Return the tensors from which ``module.key`` is computed.

    Raises:
        ValueError: it is computed in no way that is known here.
    """
    if module is not None and parametrize.is_parametrized(module, key):
        parametrizations: Any = module.parametrizations
        held = parametrizations[key]
        return [held.original] if held.is_tensor else [getattr(held, f"original{i}") for i in range(held.ntensors)]
    parameters = {} if module is None else module._parameters
    for names in ((f"{key}_orig",), (f"{key}_g", f"{key}_v")):
        if all(name in parameters for name in names):
            return [parameters[name] for name in names]  # type: ignore[misc]
    raise ValueError(
        f"The parameter '{key}' is no longer in {type(module).__name__}, and nothing says how it is computed. Known are"
        " torch.nn.utils.parametrize, parametrizations, prune, weight_norm and spectral_norm. Take away what replaced"
        " it, or give the layer a new torch module."
    )


def computed(module: nn.Module | None, key: str) -> torch.Tensor:
    """Return ``module.key`` from the values of now, as part of autograd, as in evaluation: nothing is changed by it."""
    originals(module, key)
    assert module is not None
    if parametrize.is_parametrized(module, key):
        held: Any = module.parametrizations[key]  # type: ignore[index]
        with _in_mode(held, False):
            found: torch.Tensor = held()
        return found
    hook = _hook(module, key)
    if hasattr(hook, "apply_mask"):
        found = hook.apply_mask(module)
    elif f"{key}_v" in module._parameters:
        found = hook.compute_weight(module)
    else:
        found = hook.compute_weight(module, do_power_iteration=False)
    return found


def set_computed(module: nn.Module | None, key: str, value: torch.Tensor) -> None:
    """Set the tensors from which ``module.key`` is computed so that it is ``value``, as far as it can be.

    What pruning took away stays away.

    Raises:
        ValueError: the parametrization does not say how.
    """
    places = originals(module, key)
    assert module is not None
    if parametrize.is_parametrized(module, key):
        held: Any = module.parametrizations[key]  # type: ignore[index]
        for part in held:
            if not hasattr(part, "right_inverse"):
                raise ValueError(
                    f"The parameter '{key}' of {type(module).__name__} is computed by {type(part).__name__}, which has"
                    " no method `right_inverse`, so that no value can be assigned to it. Define it, assign to"
                    f" `module.parametrizations.{key}.original`, or load a `state_dict`."
                )
        held.right_inverse(value)
        is_spectral = any(type(part).__name__ == "_SpectralNorm" for part in held)  # private to torch
        if is_spectral and not _is_reached(module, key, value):
            with _in_mode(held, True):
                for _ in range(_POWER_ITERATIONS):
                    held()
        return
    hook = _hook(module, key)
    places[-1].copy_(value)
    if len(places) == 2:
        places[0].copy_(torch.norm_except_dim(value, 2, -1 if hook.dim is None else hook.dim))
    elif not hasattr(hook, "apply_mask") and not _is_reached(module, key, value):
        for _ in range(_POWER_ITERATIONS):
            hook.compute_weight(module, do_power_iteration=True)


@contextlib.contextmanager
def _in_mode(held: nn.Module, training: bool) -> Iterator[None]:
    modes = [(part, part.training) for part in held.modules()]
    held.train(training)
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _is_reached(module: nn.Module, key: str, value: torch.Tensor) -> bool:
    """Whether the value that was set is the one computed, with the norm known so far: one that was read is."""
    found = computed(module, key)
    return torch.allclose(found, value.to(found), rtol=1e-5, atol=1e-6)


def _hook(module: nn.Module, key: str) -> Any:
    """The hook before ``forward`` that computes the tensor."""
    for hook in module._forward_pre_hooks.values():
        if key == getattr(hook, "_tensor_name", getattr(hook, "name", None)):
            return hook
    raise ValueError(
        f"The parameter '{key}' of {type(module).__name__} was replaced, but the hook that computes it is gone."
        " Restore it with `torch.nn.utils.prune.remove`, `remove_weight_norm` or `remove_spectral_norm`."
    )
