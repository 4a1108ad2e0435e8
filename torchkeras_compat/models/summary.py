"""The table that `model.summary()` prints."""

from __future__ import annotations

import fnmatch
import math
import re
import shutil
from collections.abc import Callable
from typing import Any

from torchkeras_compat.dtypes.names import to_torch_dtype


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


def count(variables: list[Any]) -> int:
    """Return the number of values in variables, each once."""
    return sum(math.prod(v.shape) for v in {id(v): v for v in variables}.values())


def memory(variables: list[Any]) -> int:
    """Return the bytes of variables, each once."""
    return sum(math.prod(v.shape) * to_torch_dtype(v.dtype).itemsize for v in {id(v): v for v in variables}.values())


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    print_fn: Callable[[str], None] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print the table of a model; see `Model.summary`."""
    width = line_length or min(shutil.get_terminal_size((80, 24)).columns, 80)
    header = ["Layer (type)", "Output Shape", "Param #", *(["Trainable"] if show_trainable else [])]
    rows = list(_rows(model.layers, show_trainable, expand_nested, 0))
    if layer_range is not None:
        rows = _between(rows, layer_range)
    shares = positions or ([0.42, 0.72, 0.88, 1.0] if show_trainable else [0.46, 0.8, 1.0])
    ends = [int(width * p) if p <= 1 else int(p) for p in shares[: len(header)]]
    widths = [end - start - 3 for start, end in zip([0, *ends], ends, strict=False)]
    lines = [f'Model: "{model.name}"', _rule("┏┳┓", "━", widths), _line(header, widths, "┃"), _rule("┡╇┩", "━", widths)]
    for i, row in enumerate(rows):
        lines.extend([_rule("├┼┤", "─", widths)] if i else [])
        lines.append(_line(row, widths, "│"))
    lines.append(_rule("└┴┘", "─", widths))
    trainable, frozen = model.trainable_weights, model.non_trainable_weights
    state = list(model.optimizer.variables) if getattr(model.optimizer, "built", False) else []
    everything = [*trainable, *frozen, *state]
    lines.append(f" Total params: {count(everything):,} ({format_size(memory(everything))})")
    lines.append(f" Trainable params: {count(trainable):,} ({format_size(memory(trainable))})")
    lines.append(f" Non-trainable params: {count(frozen):,} ({format_size(memory(frozen))})")
    if state:
        lines.append(f" Optimizer params: {count(state):,} ({format_size(memory(state))})")
    (print_fn or print)("\n".join(lines))


def _rows(layers: list[Any], show_trainable: bool, expand_nested: bool, depth: int) -> Any:
    for layer in layers:
        shape = _output_shape(layer)
        built = getattr(layer, "built", True)
        params = f"{count(layer.weights):,}" if built else "0 (unbuilt)"
        name = "   " * depth + f"{layer.name} ({type(layer).__name__})"
        trainable = ("Y" if layer.trainable else "N") if layer.weights else "-"
        yield [name, shape, params, *([trainable] if show_trainable else [])]
        if expand_nested and hasattr(layer, "_compile_spec"):
            yield from _rows(layer.layers, show_trainable, expand_nested, depth + 1)


def _output_shape(layer: Any) -> str:
    nodes = getattr(layer, "_inbound_nodes", None)
    if not nodes:
        return "?"
    shapes = [t.shape for t in nodes[0].output_tensors]
    return str(shapes[0]) if len(shapes) == 1 else ", ".join(map(str, shapes))


def _between(rows: list[list[str]], layer_range: Any) -> list[list[str]]:
    if not isinstance(layer_range, (list, tuple)) or len(layer_range) != 2:
        raise ValueError(
            f"`layer_range` must be a list or tuple of two layer names. Received: layer_range={layer_range}"
        )
    names = [row[0].strip().split(" (")[0] for row in rows]
    found = []
    for wanted in layer_range:
        matches = [i for i, n in enumerate(names) if re.fullmatch(wanted, n) or fnmatch.fnmatch(n, wanted)]
        if not matches:
            raise ValueError(f"`layer_range` names {wanted!r}, but the layers are: {names}.")
        found.append(matches)
    return rows[min(found[0]) : max(found[1]) + 1]


def _rule(corners: str, dash: str, widths: list[int]) -> str:
    return corners[0] + corners[1].join(dash * (w + 2) for w in widths) + corners[2]


def _line(cells: list[str], widths: list[int], bar: str) -> str:
    parts = [c[: w - 1] + "…" if len(c) > w else c.ljust(w) for c, w in zip(cells, widths, strict=True)]
    parts[2] = cells[2].rjust(widths[2]) if cells[2] != "Param #" else parts[2]
    return f"{bar} " + f" {bar} ".join(parts) + f" {bar}"
