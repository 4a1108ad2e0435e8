"""Weights from the ``state_dict`` of torchvision's model of the same network."""

from __future__ import annotations

import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits
from torchkeras_compat.saving.reading import reading

_State: TypeAlias = Mapping[str, torch.Tensor]
_SUFFIXES = (".pth", ".pt")
_COUNTER = "num_batches_tracked"  # of torch's batch norms, whose momentum is never None here
_SHOWN = 5


@dataclass(frozen=True)
class Part:
    """The part of a ``state_dict`` that one layer takes.

    Args:
        prefix: What its names begin with, without the last dot: ``"features.0"``.
        convert: Takes the tensors of the part by the rest of their names, and returns those of the layer; None for the
            same. It works on tensors of any shape: shapes are checked behind it.
        older: What its names begin with in older files.
    """

    prefix: str
    convert: Callable[[_State], _State] | None = None
    older: str | None = None


TorchvisionLayers: TypeAlias = Mapping[str, Part]
"""Layers by name, and the parts that they take."""


def is_state(weights: Any) -> bool:
    """Return whether weights are a ``state_dict``, or the path of a file with one.

    Example:
        >>> is_state("vgg16-397923af.pth"), is_state("vgg16.weights.h5")
        (True, False)
    """
    return isinstance(weights, Mapping) or (
        isinstance(weights, (str, os.PathLike)) and os.fspath(weights).lower().endswith(_SUFFIXES)
    )


def load_state(model: Any, weights: Any, layers: Callable[[], TorchvisionLayers] | str) -> None:
    """Set the weights of a model from a ``state_dict``; if it does not fit, nothing is changed.

    Args:
        model: Model of layers that hold `torch.nn` modules.
        weights: The mapping, or the path of a file with one. Nothing in the file is executed.
        layers: Returns which layer takes which part; or why none does.

    Raises:
        ValueError: the network is not torchvision's.
        FileContentError: the file is broken, or the tensors do not fit.
    """
    if isinstance(layers, str):
        raise ValueError(
            f"Weights of torchvision do not fit {model.name!r}: {layers}. Received: weights={_named(weights)}. Use"
            " Keras's weights: 'imagenet', or a `.weights.h5`, `.h5` or `.keras` file."
        )
    source = _named(weights)
    with reading(source):
        state = weights if isinstance(weights, Mapping) else _read(os.fspath(weights))
        _check_tensors(state, source)
        parts = layers()
        found = {name: _part_of(state, part, source) for name, part in parts.items()}
        targets = {name: _module_of(model.get_layer(name)) for name in parts}
        for name, values in found.items():
            _check_fit(name, parts[name], targets[name], values, source)
        with torch.no_grad():
            for name, values in found.items():
                for key, target in targets[name].state_dict(keep_vars=True).items():
                    if not key.endswith(_COUNTER):
                        target.copy_(values[key])


def _named(weights: Any) -> str:
    return "the state_dict" if isinstance(weights, Mapping) else os.fspath(weights)


def _read(path: str) -> Any:
    if zipfile.is_zipfile(path):
        limits = current_limits()
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                limits.check_ratio(f"{member.filename!r} in {path!r}", member.compress_size, member.file_size)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (
        pickle.UnpicklingError,
        RuntimeError,
        LookupError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        if "allocate memory" in str(error):
            raise
        # torch's messages offer to run what is in the file.
        raise FileContentError(
            f"{path} holds more than tensors, or is broken. Save the `state_dict` of the model, and nothing else."
        ) from error


def _check_tensors(state: Any, source: str) -> None:
    if not isinstance(state, Mapping) or not state:
        raise FileContentError(f"{source} holds a {type(state).__name__}, and no `state_dict` with tensors by name.")
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor):
            raise FileContentError(
                f"{source} is no `state_dict`: it has {type(value).__name__} under {str(name)[:80]!r} where a tensor"
                " has to be. Give the `state_dict` of the model itself, not a checkpoint with more in it."
            )
        if value.is_meta or value.is_nested or value.layout is not torch.strided:
            kind = "nested" if value.is_nested else "meta" if value.is_meta else str(value.layout)
            raise FileContentError(
                f"{source} holds a tensor without plain values, {kind}, under {name[:80]!r}. Save the `state_dict` of a"
                " model whose weights are dense and loaded."
            )


def _part_of(state: _State, part: Part, source: str) -> _State:
    for prefix in (part.prefix, part.older):
        start = f"{prefix}."
        values = {name[len(start) :]: value for name, value in state.items() if name.startswith(start)}
        values = {name: value for name, value in values.items() if not name.endswith(_COUNTER)}
        if values:
            return values if part.convert is None else part.convert(values)
    shown = ", ".join(list(state)[:_SHOWN])
    raise FileContentError(f"{source} has no {part.prefix}.*: it is of another network. Its first names: {shown}, ...")


def _module_of(layer: nn.Module) -> nn.Module:
    """The `torch.nn` module through which a layer computes, or the layer itself if it holds its weights alone."""
    children = [child for child in layer.children() if child.state_dict()]
    return children[0] if len(children) == 1 else layer


def _check_fit(name: str, part: Part, module: nn.Module, values: _State, source: str) -> None:
    expected = {k: tuple(v.shape) for k, v in module.state_dict().items() if not k.endswith(_COUNTER)}
    received = {k: tuple(v.shape) for k, v in values.items()}
    if expected != received:
        raise FileContentError(
            f"{part.prefix} in {source} does not fit layer {name!r}: expected {expected}, received {received}. Build"
            " the model with the `classes` and the `include_top` of these weights."
        )
    if not all(value.is_floating_point() for value in values.values()):
        raise FileContentError(f"{part.prefix} in {source} holds tensors that are not floating point.")
