"""The inputs of a call of a graph, brought into the order, rank and dtype of its symbolic inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.layers.preprocessing.texts import as_texts, holds_texts
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import ordered_keys
from torchkeras_compat.symbolic.program import nodes_between
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.models.graph import Graph
    from torchkeras_compat.models.graph_model import GraphModel


def named_leaves(structure: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what lies in nested lists and dicts with its path, ``"0.left"``; dicts by sorted keys."""
    if isinstance(structure, dict):
        parts: Any = ((key, structure[key]) for key in ordered_keys(structure))
    elif isinstance(structure, (list, tuple)):
        parts = enumerate(structure)
    else:
        yield path, structure
        return
    for key, value in parts:
        yield from named_leaves(value, f"{path}.{key}" if path else str(key))


def check_connected(inputs: Sequence[KerasTensor], outputs: Any) -> None:
    """Raise a ValueError that names the output which does not follow from the inputs."""
    leaves = list(named_leaves(outputs))
    with contextlib.suppress(ValueError):
        nodes_between(inputs, [output for _, output in leaves])
        return
    for path, output in leaves:
        try:
            nodes_between(inputs, [output])
        except ValueError as error:
            raise ValueError(f"Output with path `{path}` is not connected to `inputs`. {error}") from error


def keeps_floats(inputs: Sequence[KerasTensor]) -> bool:
    """Return whether an input has a floating dtype of its own, so that data must not pass through another one."""
    return any(t.dtype.startswith(("float", "bfloat")) and t.dtype != config.floatx() for t in inputs)


def arrange_inputs(model: GraphModel, graph: Graph, inputs: Any) -> list[Any]:
    """Return the tensors in the order of the graph's inputs, in their dtypes, with axes of size one put right.

    Raises:
        ValueError: there are too few or too many, a shape does not fit, or one is None that must not be.
    """
    expected = graph.input_tensors
    if len(expected) == 1 and expected[0].dtype == "string" and not isinstance(inputs, dict) and holds_texts(inputs):
        inputs = as_texts(inputs, f"Model '{model.name}'")  # a list of strings is one input
    return [_as_declared(model, graph, i, x) for i, x in enumerate(flat_inputs(model, graph, inputs))]


def flat_inputs(model: GraphModel, graph: Graph, inputs: Any) -> list[Any]:
    """Return the inputs of a call in the order of the graph's.

    Raises:
        ValueError: there are too few or too many.
    """
    expected = graph.input_tensors
    if isinstance(inputs, dict):
        flat = _from_dict(model, graph, inputs)
    else:
        flat = [leaf for _, leaf in named_leaves(inputs)]
        if isinstance(graph.inputs, dict):
            _check_order(model, graph.inputs, inputs, len(flat) == len(expected))
    if len(flat) != len(expected):
        raise ValueError(
            f'Layer "{model.name}" expects {len(expected)} input(s) ({", ".join(t.name for t in expected)}), but it'
            f" received {len(flat)} input tensors. Inputs received: {[getattr(x, 'shape', x) for x in flat]}"
        )
    return flat


def _from_dict(model: GraphModel, graph: Graph, inputs: dict[str, Any]) -> list[Any]:
    struct = graph.inputs
    wanted = ordered_keys(struct) if isinstance(struct, dict) else graph.input_names
    missing = [key for key in wanted if key not in inputs]
    if missing:
        raise ValueError(
            f"Missing data for input {missing} of model '{model.name}'. You passed a data dictionary with keys"
            f" {sorted(inputs)}. Expected the following keys: {wanted}"
        )
    if len(inputs) > len(wanted) and isinstance(struct, dict):
        _warn_of_structure(model, struct, inputs)
    return [leaf for key in wanted for _, leaf in named_leaves(inputs[key])]


def _check_order(model: GraphModel, struct: dict[str, Any], inputs: Any, has_all: bool) -> None:
    """Take a list for a dict of inputs only where the order is clear."""
    if isinstance(inputs, torch.Tensor) and len(struct) > 1:
        raise ValueError(
            f"Model '{model.name}' takes named input(s) with keys {list(struct)}, received one tensor. Pass a dict."
        )
    if not has_all:
        return
    if list(struct) != ordered_keys(struct):
        raise ValueError(
            f"The structure of `inputs` doesn't match the expected structure of model '{model.name}': it takes a dict"
            f" with the keys {list(struct)}, received {type(inputs).__name__}. Pass a dict."
        )
    _warn_of_structure(model, struct, inputs)


def _warn_of_structure(model: GraphModel, struct: dict[str, Any], inputs: Any) -> None:
    if model._has_warned_of_structure:
        return
    model.__dict__["_has_warned_of_structure"] = True
    warn_user(
        f"The structure of `inputs` doesn't match the expected structure of model '{model.name}'. Expected a dict with"
        f" the keys {list(struct)}, received"
        f" {f'the keys {list(inputs)}' if isinstance(inputs, dict) else type(inputs).__name__}.",
    )


def _as_declared(model: GraphModel, graph: Graph, index: int, x: Any) -> Any:
    expected = graph.input_tensors[index]
    if x is None:
        if expected.node is not None and not expected.node.operation.optional:
            raise ValueError(
                f"Input '{expected.name}' of model '{model.name}' is None, but it is not optional. Pass data, or make"
                " it `Input(..., optional=True)`."
            )
        return None
    is_text = expected.dtype == "string"
    x = as_texts(x, f"Model '{model.name}'") if is_text else convert_to_tensor(x)
    mask = get_mask(x)
    rank = expected.ndim
    if x.ndim == rank + 1 and x.shape[-1] == 1:
        x = x[..., 0]
    elif x.ndim == rank - 1 and expected.shape[-1] == 1:
        x = x[..., None]
    takes_any = model._takes_other_shapes
    if x.ndim != rank and not takes_any:
        path = [path for path, _ in named_leaves(graph.inputs)][index]
        raise ValueError(
            f"Invalid input shape for input of model '{model.name}' with name '{expected.name}' and path '{path}'."
            f" Expected shape {expected.shape}, but input has incompatible shape {tuple(x.shape)}"
        )
    if (
        not takes_any
        and graph.fixes_sizes
        and any(e not in (None, s) for e, s in zip(expected.shape[1:], x.shape[1:], strict=True))
    ):
        raise ValueError(
            f'Input {index} of layer "{model.name}" is incompatible with the layer: expected shape={expected.shape},'
            f" found shape={tuple(x.shape)}"
        )
    if is_text:
        return x
    dtype = to_torch_dtype(expected.dtype)
    if x.dtype is not dtype and not x.is_complex():
        x = x.to(dtype)
    if mask is not None and get_mask(x) is None:
        set_mask(x, mask)
    return x
