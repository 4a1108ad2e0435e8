"""What a training run is made of, in a form that two of them can be compared in."""

from __future__ import annotations

import inspect
import math
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.variable_base import VariableBase

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps

_NUMBER = re.compile(r"_\d+(?=/|$)")  # of names that are given in order, `dense_3`: another one in each process
_IGNORED = frozenset({"seed", "shared_object_id", "build_config", "registered_name", "module"})
_ABSENT = "nothing"


def describe_training(model: ModelWithSteps, data: Epochs) -> dict[str, Any]:
    """Return what decides how a training run goes on: the model, its optimizers, loss and metrics, and the data.

    Args:
        model: Model, compiled.
        data: Its batches.

    Returns:
        Numbers, strings, lists and dicts. Names given in order, seeds, and the values of weights are left out.
    """
    spec = model._compile_spec
    given = spec.given if spec is not None else {}
    optimizers = {n: _optimizer(o) for n, o in vars(model).items() if isinstance(o, torch.optim.Optimizer)}
    return {
        "model": {**_modules(model), "graph": _graph(model)},
        "optimizer": optimizers["optimizer"] if optimizers.keys() == {"optimizer"} else optimizers,
        **{key: _comparable(given.get(key)) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")},
        "data": {**_comparable(data.adapter.description()), "steps_per_epoch": data.steps_per_epoch},
    }


def differences(now: Any, then: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two descriptions differ: the place, what is there now and what was.

    Example:
        >>> list(differences({"a": {"rate": 0.1, "b": 1}}, {"a": {"rate": 0.2, "b": 1}}))
        [('a.rate', 0.1, 0.2)]
    """
    if isinstance(now, Mapping) and isinstance(then, Mapping):
        for key in dict.fromkeys([*now, *then]):
            at = f"{place}.{key}" if place else str(key)
            yield from differences(now.get(key, _ABSENT), then.get(key, _ABSENT), at)
    elif isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        for i, (a, b) in enumerate(zip(now, then, strict=True)):
            yield from differences(a, b, f"{place}[{i}]")
    elif isinstance(now, float) and isinstance(then, (int, float)):
        # Rates are kept in single precision once an optimizer has begun.
        if not math.isclose(now, then, rel_tol=1e-6) and not (math.isnan(now) and math.isnan(then)):
            yield place, now, then
    elif now != then:
        yield place, now, then


def _modules(model: nn.Module) -> dict[str, Any]:
    """Settings of all modules, by their number and class."""
    return {f"{i} {type(m).__name__}": _settings(m) for i, m in enumerate(model.modules())}


def _settings(module: nn.Module) -> Any:
    # Those of the layers of a model are found by themselves.
    get_config: Any = None if hasattr(module, "layers") else getattr(module, "get_config", None)
    if get_config is not None:
        try:
            config = get_config()
        except Exception:  # a user's layer that cannot be saved
            return {}
        return _comparable({k: v for k, v in config.items() if k not in ("layer", "cell", "layers", "forward_layer")})
    text = module.extra_repr()
    return "" if " at 0x" in text else text


def _graph(model: ModelWithSteps) -> str | None:
    """How the layers of a functional model are connected: their numbers in place of their names."""
    if not model._is_graph:
        return None
    try:
        config = model.get_config()
    except Exception:  # one of its layers cannot be saved
        return None
    layers = config.get("layers", [])
    numbers = {layer.get("name", layer["config"].get("name")): i for i, layer in enumerate(layers)}
    parts = [[layer.get("inbound_nodes") for layer in layers], config.get("input_layers"), config.get("output_layers")]
    return f"connections {zlib.crc32(repr(_comparable(_numbered(parts, numbers))).encode()):08x}"


def _numbered(value: Any, numbers: dict[str, int]) -> Any:
    if isinstance(value, str):
        return numbers.get(value, value)
    if isinstance(value, Mapping):
        return {k: _numbered(v, numbers) for k, v in value.items()}
    return [_numbered(v, numbers) for v in value] if isinstance(value, (list, tuple)) else value


def _optimizer(optimizer: torch.optim.Optimizer) -> Any:
    if hasattr(optimizer, "get_config"):
        return _comparable(optimizer)
    groups = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    return {"class": type(optimizer).__name__, "groups": _comparable(groups)}


def _comparable(value: Any, key: str = "") -> Any:
    if isinstance(value, str):
        return _NUMBER.sub("", value) if key == "name" else value
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(k): _comparable(v, str(k)) for k, v in value.items() if k not in _IGNORED}
    if isinstance(value, (list, tuple)):
        return [_comparable(v) for v in value]
    if isinstance(value, (np.ndarray, torch.Tensor, VariableBase)):
        return f"{value.dtype} {tuple(value.shape)}"
    if inspect.isclass(value) or inspect.isroutine(value):
        return value.__qualname__
    if hasattr(value, "get_config"):
        try:
            return {"class": type(value).__name__, **_comparable(value.get_config())}
        except Exception:  # a user's object that cannot be saved
            pass
    return type(value).__name__
