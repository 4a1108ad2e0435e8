"""The table that `model.summary()` prints."""

from __future__ import annotations

import fnmatch
import math
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.models.operation_config import operation_class
from torchkeras_compat.models.text_table import Column, table
from torchkeras_compat.own_code import is_own
from torchkeras_compat.symbolic.order import node_depths


def format_size(size: float) -> str:
    """Return a number of bytes in the largest unit that leaves it above one.

    Example:
        >>> format_size(2048)
        '2.00 KB'
    """
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024 or unit == "TB":
            return f"{size:.2f} {unit}"
        size /= 1024
    raise AssertionError("unreachable")


class _Sizes:
    """How many values and bytes variables have, each of which is asked once for the whole table."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, int, int]] = {}  # by the id of the variable, which is kept

    def of(self, variables: Sequence[Any]) -> tuple[int, int]:
        """Return the number of values and of bytes of variables, each counted once."""
        values = size = 0
        for key, variable in dict(zip(map(id, variables), variables, strict=True)).items():
            if key not in self._known:
                number = math.prod(variable.shape)
                self._known[key] = variable, number, number * to_torch_dtype(variable.dtype).itemsize
            values += self._known[key][1]
            size += self._known[key][2]
        return values, size


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print the table of a model; see `Model.summary`."""
    connects = _has_branches(model)
    columns = [
        Column("Layer (type)"),
        Column("Output Shape"),
        Column("Param #", align="right"),
        *([Column("Connected to")] if connects else []),
        *([Column("Trainable", align="center")] if show_trainable else []),
    ]
    widest = (108 if connects else 88) + (12 if show_trainable else 0)
    line_length = line_length or min(widest, shutil.get_terminal_size().columns - 4)
    if positions is None:
        positions = (0.3, 0.56, 0.74, 1.0) if connects else (0.45, 0.8, 1.0)
        if show_trainable:
            positions = (*(p * 0.9 for p in positions), 1.0)
    if len(positions) < len(columns):
        raise ValueError(
            f"`positions` of `summary` needs one place for each of the {len(columns)} columns"
            f" {[c.title for c in columns]}. Received: {list(positions)}"
        )
    calls = {id(node) for node in model._layer_graph.nodes} if hasattr(model, "operations") else set()
    operations = list(_operations(model, calls if connects else set()))
    if layer_range is not None:
        operations = _between(operations, layer_range)
    sizes = _Sizes()
    rows = list(_rows(operations, calls, sizes, expand_nested, 0))
    cells = [
        [name, shape, params, *([links] if connects else []), *([trains] if show_trainable else [])]
        for name, shape, params, links, trains in rows
    ]
    text = f'Model: "{model.name}"\n{table(columns, cells, line_length, positions)}\n{_totals(model, sizes)}\n'
    if print_fn is None:
        print(text, end="")
    else:
        print_fn(text)


def _totals(model: Any, sizes: _Sizes) -> str:
    trainable, frozen = model.trainable_weights, model.non_trainable_weights
    state = list(model.optimizer.variables) if getattr(model.optimizer, "built", False) else []
    lines = {
        "Total": [*trainable, *frozen, *state],
        "Trainable": trainable,
        "Non-trainable": frozen,
        **({"Optimizer": state} if state else {}),
    }
    counted = [(what, *sizes.of(variables)) for what, variables in lines.items()]
    return "\n".join(f" {what} params: {number:,} ({format_size(size)})" for what, number, size in counted)


def _operations(model: Any, calls: set[int]) -> Iterator[Any]:
    """Yield what the table lists: the layers, and the recorded functions of a graph; before them masks of ``calls``."""
    if not hasattr(model, "operations"):
        yield from (m if isinstance(m, Layer) else _Torch(model, m) for m in model._children())
        return
    seen = set()
    shown = {id(o) for o in model.operations}
    for o in model.operations:
        for node in _calls(o, calls) if calls else ():
            for t in node.inputs:
                mask = t.node.operation
                if id(mask) not in shown and id(mask) not in seen and not _is_hidden(mask):
                    seen.add(id(mask))
                    yield mask
        yield o


class _Torch:
    """A plain torch module as a row of the table."""

    _inbound_nodes = ()  # no calls of its own

    def __init__(self, model: Any, module: Any) -> None:
        self.name = next(key for key, child in model._modules.items() if child is module)
        self.kind = type(module).__name__
        self.weights = model._variables_below(module, model.path)
        self.trainable = any(v.trainable for v in self.weights)


def _is_hidden(operation: Any) -> bool:
    return getattr(operation, "function", None) is get_mask


def _calls(operation: Any, own: set[int]) -> list[Any]:
    """Return the calls of an operation that belong to the model, whose ids are ``own``."""
    return [node for node in operation._inbound_nodes if id(node) in own]


def _has_branches(model: Any) -> bool:
    """Return whether a graph is more than one operation after the other."""
    if not hasattr(model, "operations"):
        return False
    nodes = [n for n in model._layer_graph.nodes if not _is_hidden(n.operation)]
    depths = list(node_depths(nodes).values())
    return (
        len(set(depths)) < len(depths)
        or any(len(n.inputs) > 1 for n in nodes)
        or len({id(n.operation) for n in nodes}) < len(nodes)
    )


def _rows(
    operations: Sequence[Any], calls: set[int], sizes: _Sizes, expand_nested: bool, depth: int
) -> Iterator[tuple[str, ...]]:
    for operation in operations:
        prefix = "   " * depth + "└ " if depth else ""
        weights = getattr(operation, "weights", [])
        kind = operation.kind if isinstance(operation, _Torch) else operation_class(operation)
        yield (
            f"{prefix}{operation.name} ({kind})",
            _output_shape(operation),
            f"{sizes.of(weights)[0]:,}" if getattr(operation, "built", True) else "0 (unbuilt)",
            "-" if depth else _connections(operation, calls),
            "-" if not weights else "Y" if operation.trainable else "N",
        )
        if expand_nested and hasattr(operation, "layers"):
            yield from _rows(operation.layers, set(), sizes, expand_nested, depth + 1)


def _connections(operation: Any, calls: set[int]) -> str:
    found = []
    for node in _calls(operation, calls) if calls else ():
        for t in node.inputs:
            if not _is_hidden(t.node.operation):
                source, call, place = t._keras_history
                found.append(f"{source.name}[{call}][{place}]")
    return ", ".join(found) or "-"


def _output_shape(operation: Any) -> str:
    if operation._inbound_nodes:
        return _shapes(operation._inbound_nodes[0].outputs)
    built_for = operation.get_build_config() if isinstance(operation, Layer) and operation.built else None
    says_shape = is_own(type(operation)) or type(operation).compute_output_shape is not Layer.compute_output_shape
    if not built_for or not says_shape:
        return "?"  # as in Keras's tables
    try:
        return str(operation.compute_output_shape(*built_for.get("shapes_dict", built_for).values()))
    except (NotImplementedError, TypeError, ValueError, RuntimeError):
        return "?"  # only a table: a `call` that needs more than shapes says nothing here


def _shapes(outputs: Any) -> str:
    if isinstance(outputs, (list, tuple)):
        return f"[{', '.join(map(_shapes, outputs))}]"
    if isinstance(outputs, dict):
        return f"{{{', '.join(f'{k!r}: {_shapes(v)}' for k, v in outputs.items())}}}"
    return str(getattr(outputs, "shape", "?"))


def _between(operations: list[Any], layer_range: Any) -> list[Any]:
    if not isinstance(layer_range, (list, tuple)) or len(layer_range) != 2:
        raise ValueError(f"layer_range must be a list or tuple of length 2. Received: layer_range={layer_range!r}")
    names = [o.name for o in operations]
    found = []
    for wanted in layer_range:
        matches = [i for i, n in enumerate(names) if re.match(wanted, n) or fnmatch.fnmatch(n, wanted)]
        if not matches:
            raise ValueError(
                f"Passed layer names do not match the layer names in the model: {wanted!r}. Received: {layer_range}."
                f" The names are {names}."
            )
        found.append(matches)
    return operations[min(found[0]) : max(found[1]) + 1]
