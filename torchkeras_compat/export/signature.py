"""What an exported program takes: the shape, dtype and name of each input, in the nesting of the arguments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer

HOW = (
    "an entry of `input_signature` is a `keras.InputSpec` with a shape, a `KerasTensor`, a tensor, or a shape such as"
    " (None, 3) with None for an axis of any size"
)


@dataclasses.dataclass(frozen=True)
class Spec:
    """One input.

    Attributes:
        shape: Sizes of the axes, None for those of any size.
        dtype: Its dtype.
        name: What it is called; None for a name by its position.
    """

    shape: tuple[int | None, ...]
    dtype: torch.dtype
    name: str | None = None


def signature_of(model: Any) -> tuple[Any, ...]:
    """Return the `Spec`s of the positional arguments that a call of a built model takes, in their nesting.

    Raises:
        NotBuiltError: the model is not built.
        ValueError: it was never called, so that nobody knows its inputs.
    """
    if not getattr(model, "built", True):
        raise NotBuiltError("The model is not built. Call it on data, or `build(input_shape)`, before `export`.")
    if is_graph(model):
        return (pytree.tree_map(lambda t: _spec(t, None), model._find_graph().inputs),)
    inputs = getattr(model._build_state, "inputs", None) if isinstance(model, Layer) else None
    if inputs:
        return tuple(_of_call(value, to_torch_dtype(model.variable_dtype)) for value in inputs.values())
    shapes = (model.get_build_config() or {}) if isinstance(model, Layer) else {}
    known = shapes.get("shapes_dict") or {k: v for k, v in shapes.items() if k == "input_shape"}
    if not known or any(shape is None for shape in known.values()):
        raise ValueError(
            "The shapes of the inputs are not known. Call the model on data, or pass `input_signature`: a list with one"
            f" entry for each argument of `call`; {HOW}."
        )
    dtype = to_torch_dtype(model.variable_dtype)
    return tuple(_of_shapes(shape, dtype) for shape in known.values())


def given_signature(signature: Any, model: Any = None) -> tuple[Any, ...]:
    """Return the `Spec`s of what a user gave as ``input_signature``, one for each positional argument.

    Args:
        signature: A list or tuple with an entry for each argument, in the nesting of that argument; or one entry. For a
            model with several inputs, which takes them as one argument, also the list of them.
        model: The model that will be called; None for another function.

    Raises:
        ValueError: an entry is none of those, or they are more or fewer than the inputs of the model.
    """
    if isinstance(signature, (list, tuple)) and not is_shape(signature):
        arguments = tuple(signature)
    else:
        arguments = (signature,)
    inputs = model._find_graph().inputs if is_graph(model) else None
    if inputs is None:
        dtype = getattr(model, "variable_dtype", None)
        return tuple(_map(x, to_torch_dtype(dtype)) for x in arguments)
    expected = pytree.tree_leaves(inputs)
    found = arguments[0] if len(arguments) == 1 and not _is_entry(arguments[0]) else arguments
    entries = _entries(found)
    if len(entries) != len(expected):
        raise ValueError(
            f"`input_signature` has {len(entries)} entries, and model '{model.name}' has {len(expected)} inputs."
            f" Received: input_signature={signature!r}; {HOW}."
        )
    if isinstance(found, dict) and isinstance(inputs, dict):
        if set(found) != set(inputs):
            raise ValueError(
                f"`input_signature` has the keys {sorted(found)}, and the inputs of model '{model.name}' have the keys"
                f" {sorted(inputs)}."
            )
        entries = _entries({key: found[key] for key in inputs})
    specs = [_spec(x, to_torch_dtype(t.dtype)) for x, t in zip(entries, expected)]
    return (pytree.tree_unflatten(specs, pytree.tree_structure(inputs)),)


def is_graph(model: Any) -> bool:
    """Return whether a model runs a graph that is known, so that its inputs come as one argument."""
    find: Any = getattr(model, "_find_graph", None)
    return isinstance(model, Layer) and model._is_graph and find() is not None


def is_shape(x: Any) -> bool:
    """Return whether this is a shape, and not a list of such."""
    return isinstance(x, (list, tuple)) and all(
        s is None or (isinstance(s, int) and not isinstance(s, bool)) for s in x
    )


def names_of(arguments: Iterable[Any]) -> list[str]:
    """Return the name of each input: its own, or the key in its dict, or ``input_0`` by position; none twice."""
    names: list[str] = []
    for position, (path, spec) in enumerate(pytree.tree_leaves_with_path(tuple(arguments))):
        key = path[-1].key if isinstance(path[-1], pytree.MappingKey) else None
        names.append(spec.name or (key if isinstance(key, str) else None) or f"input_{position}")
    return unique(names)


def output_names(outputs: Any) -> list[str]:
    """Return the name of each output as a SavedModel has them: the key in its dict, else ``output_0`` by position."""
    names = []
    for position, (path, _) in enumerate(pytree.tree_leaves_with_path(outputs)):
        key = path[-1].key if path and isinstance(path[-1], pytree.MappingKey) else None
        names.append(key if isinstance(key, str) else f"output_{position}")
    return unique(names)


def unique(names: Iterable[str]) -> list[str]:
    """Return the names, with a number behind those that came before."""
    found: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found


def _is_entry(x: Any) -> bool:
    return is_shape(x) or (hasattr(x, "shape") and hasattr(x, "dtype"))


def _entries(x: Any) -> list[Any]:
    if _is_entry(x) or not isinstance(x, (list, tuple, dict)):
        return [x]
    return [entry for part in (x.values() if isinstance(x, dict) else x) for entry in _entries(part)]


def _map(x: Any, dtype: torch.dtype) -> Any:
    if _is_entry(x) or not isinstance(x, (list, tuple, dict)):
        return _spec(x, dtype)
    if isinstance(x, dict):
        return {key: _map(value, dtype) for key, value in x.items()}
    return (
        type(x)(_map(value, dtype) for value in x) if type(x) in (list, tuple) else [_map(value, dtype) for value in x]
    )


def _spec(x: Any, dtype: torch.dtype | None) -> Spec:
    if is_shape(x):
        _check_sizes(x)
        return Spec(tuple(x), dtype or to_torch_dtype(None))
    if getattr(x, "shape", None) is None:
        raise ValueError(f"Cannot export for the input {x!r}: {HOW}.")
    if getattr(x, "dtype", None) is not None:
        name = getattr(x.dtype, "name", x.dtype)  # of a NumPy or TensorFlow dtype
        if str(name) in ("string", "object") or str(name).startswith("str"):
            raise ValueError(
                f"The input {getattr(x, 'name', None) or x!r} holds strings, which no tensor of PyTorch does, so"
                " that an exported program cannot take them. Export the part of the model behind the layers of"
                " texts, and call those (`StringLookup`, `TextVectorization`, ...) in front of it."
            )
        dtype = to_torch_dtype(name)
    shape = tuple(x.shape)
    if isinstance(x, InputSpec):
        _check_sizes(shape)
    else:  # of what stands for a batch, the size says nothing
        shape = (None, *shape[1:]) if shape else shape
    name = getattr(x, "name", None)
    return Spec(shape, dtype or to_torch_dtype(None), name if isinstance(name, str) and name else None)


def _check_sizes(shape: Iterable[int | None]) -> None:
    if any(size is not None and size < 1 for size in shape):
        raise ValueError(f"The sizes of an input are None or positive. Received the shape {tuple(shape)}; {HOW}.")


def _of_call(x: Any, floats: torch.dtype) -> Any:
    """The specs of what a model was called with; floats have the dtype of its weights, whatever it computes in."""

    def spec(entry: InputSpec) -> Spec:
        assert entry.shape is not None
        dtype = to_torch_dtype(entry.dtype)
        return Spec((None, *entry.shape[1:]), floats if dtype.is_floating_point else dtype)

    return pytree.tree_map_only(InputSpec, spec, x)


def _of_shapes(shape: Any, dtype: torch.dtype) -> Any:
    if is_shape(shape):
        return Spec((None, *shape[1:]), dtype)
    if isinstance(shape, dict):
        return {key: _of_shapes(value, dtype) for key, value in shape.items()}
    return [_of_shapes(value, dtype) for value in shape]
